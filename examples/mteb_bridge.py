"""python mteb runs a glossa model: the official harness computes the scores, `glossa embed` the vectors.

    python examples/mteb_bridge.py --model models/multilingual-e5-small --data DATA --compare

    import mteb
    from mteb_bridge import GlossaEncoder
    with GlossaEncoder("models/multilingual-e5-small", glossa="build/bin/glossa") as model:
        mteb.evaluate(model, mteb.get_task("STSBenchmarkMultilingualSTS"))

DATA has a folder for each category, as `glossa eval --data` takes it: sts/stsb-en.jsonl, bitext/tatoeba-deu-eng.jsonl,
retrieval/scifact/. The tasks here are mteb's own classes, but for where they read their data: nothing is downloaded.
Needs mteb 2.26 and the glossa command.
"""

import argparse
import contextlib
import json
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy
from datasets import Dataset, DatasetDict
from mteb import evaluate, get_task
from mteb.models import ModelMeta
from mteb.models.abs_encoder import AbsEncoder
from mteb.models.model_meta import ScoringFunction


class GlossaEncoder(AbsEncoder):
    """mteb's encoder protocol over one `glossa embed` for each task."""

    def __init__(self, model, revision=None, *, device=None, glossa="glossa", precision="automatic", threads=0,
                 prompts=None, name=None, **kwargs):
        """prompts: what stands before texts, by mteb's names for kinds of them ("query", "document", a type of task, a
        task); None: the model's own, which mteb asks for in retrieval and reranking. revision: of the results."""
        self.model = None  # mteb asks models of its own here
        self.command = [str(glossa), "embed", "--model", str(model), "--precision", precision, "--threads", str(threads),
                        "--input", "-", "--format", "jsonl", "--output", "-", "--output-format", "jsonl"]
        self.model_prompts = prompts if prompts is not None else own_prompts(glossa, model)
        self.mteb_model_meta = ModelMeta.create_empty(overwrites={
            "name": name or f"glossa/{Path(model).resolve().name}", "revision": revision or precision,
            "similarity_fn_name": ScoringFunction.COSINE, "modalities": ["text"]})
        self.task = None
        self.process = None

    def encode(self, inputs, *, task_metadata, hf_split, hf_subset, prompt_type=None, **kwargs):
        kind = self.get_prompt_name(task_metadata, prompt_type)
        prompt = self.model_prompts.get(kind, "") if kind else ""
        # sentence-transformers takes white space off the ends of what it encodes
        texts = [(prompt + text).strip() for batch in inputs for text in batch["text"]]
        return self.embed(texts, task_metadata.name)

    def embed(self, texts, task):
        """The vectors of texts, a float32 array [texts, dims]."""
        if self.process is None or self.task != task:
            self.close()
            self.task = task
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        # Read while it is written: pipes hold little.
        writer = threading.Thread(target=self._write, args=(self.process.stdin, texts), daemon=True)
        writer.start()
        rows = []
        for _ in texts:
            line = self.process.stdout.readline()
            if not line:
                status = self.process.wait()
                writer.join()  # whose pipe has no reader any more
                raise RuntimeError(f"glossa embed ended with status {status}; see its message above")
            rows.append(numpy.array(json.loads(line)["embedding"], dtype=numpy.float32))
        writer.join()
        return numpy.stack(rows) if rows else numpy.zeros((0, 0), dtype=numpy.float32)

    @staticmethod
    def _write(stdin, texts):
        with contextlib.suppress(BrokenPipeError):  # told by embed(), which reads
            for text in texts:
                stdin.write(json.dumps({"text": whole_text(text)}).encode() + b"\n")
            stdin.flush()

    def close(self):
        """Ends the process, if there is one."""
        if self.process is not None:
            process, self.process = self.process, None
            with contextlib.suppress(BrokenPipeError):  # of a process that has ended, whose error is told already
                process.stdin.close()
            process.stdout.close()
            process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()


def whole_text(text):
    """The text with pairs of surrogates as one character, and U+FFFD for lone ones, which no UTF-8 has."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def own_prompts(glossa, model):
    """The prompts that `glossa info` finds in the model's folder; they may have ends of lines in them."""
    info = subprocess.run([str(glossa), "info", str(model)], check=True, stdout=subprocess.PIPE).stdout.decode()
    found = re.search(r"^query prompt +(.*?)\npassage prompt +(.*?)\nprompts from", info, re.DOTALL | re.MULTILINE)
    if found is None:
        raise ValueError(f"{glossa} info {model} tells no prompts: is the command of this version?")
    prompts = {}
    for name, value in zip(("query", "document"), found.groups()):
        if value == "unknown":
            raise ValueError(f"{model} does not tell its {name} prompt: give GlossaEncoder prompts, or {{}} for none")
        prompts[name] = "" if value == "none" else value[1:-1]
    return prompts


def read_lines(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def read_pairs(folder, stem, columns):
    """A data set for each file <stem>-<subset>.jsonl."""
    subsets = {}
    for path in sorted(Path(folder).glob(f"{stem}-*.jsonl")):
        rows = read_lines(path)
        columns_of = {name: [row[name] for row in rows] for name in columns}
        subsets[path.stem[len(stem) + 1:]] = DatasetDict({"test": Dataset.from_dict(columns_of)})
    return subsets


def read_beir(folder):
    """Retrieval in BEIR's layout, as mteb holds it."""
    folder = Path(folder)
    corpus = [{"id": row["_id"], "title": row.get("title", ""), "text": row["text"]}
              for row in read_lines(folder / "corpus.jsonl")]
    judged = {}
    with open(folder / "qrels" / "test.tsv", encoding="utf-8") as lines:
        next(lines)  # the columns' names
        for line in lines:
            query, document, score = line.rstrip("\n").split("\t")
            judged.setdefault(query, {})[document] = int(score)
    queries = [{"id": row["_id"], "text": row["text"]} for row in read_lines(folder / "queries.jsonl")
               if row["_id"] in judged]
    return {"default": {"test": {"corpus": Dataset.from_list(corpus), "queries": Dataset.from_list(queries),
                                 "relevant_docs": judged, "top_ranked": None}}}


# mteb's cosines are 32-bit sums, by which a few pairs of thousands tie, or change places, that differ by less.
TOLERANCE = 5e-5

READERS = {
    "STSBenchmarkMultilingualSTS": lambda data: read_pairs(data / "sts", "stsb", ["sentence1", "sentence2", "score"]),
    "Tatoeba": lambda data: read_pairs(data / "bitext", "tatoeba", ["sentence1", "sentence2"]),
    "SciFact": lambda data: read_beir(data / "retrieval" / "scifact"),
}


def local_task(name, data):
    """mteb's task of this name, as a subclass that reads its data from a folder."""
    mteb_task = type(get_task(name))

    class LocalTask(mteb_task):
        def load_data(self, num_proc=None, *, timer=None, **kwargs):
            if not self.data_loaded:
                self.dataset = READERS[name](Path(data))
                self.data_loaded = True

    LocalTask.__name__ = mteb_task.__name__
    task = LocalTask()
    task.filter_eval_splits(["test"])
    task.load_data()
    if not task.dataset:
        raise FileNotFoundError(f"there is no data of {name} in {data}")
    if task.metadata.is_multilingual:
        task.hf_subsets = list(task.dataset)
    return task


def mteb_scores(model, name, data):
    """The main score of each subset, by python mteb."""
    result = evaluate(model, local_task(name, data), cache=None, co2_tracker=False, show_progress_bar=False)
    scores = result.task_results[0].scores["test"]
    return {score["hf_subset"]: score["main_score"] for score in scores}


def glossa_scores(arguments, name):
    """The same by `glossa eval`."""
    command = [arguments.glossa, "eval", "--model", arguments.model, "--precision", arguments.precision, "--threads",
               str(arguments.threads), "--task", name, "--data", arguments.data, "--json"]
    scores = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return {one["subset"]: one["main_score"] for one in scores.get("subsets", [{"subset": "default", **scores}])}


def main():
    parser = argparse.ArgumentParser(description="Score a glossa model by python mteb on local data.")
    parser.add_argument("--model", required=True, help="folder of the model")
    parser.add_argument("--data", required=True, help="folder with folders of data that are called after categories")
    parser.add_argument("--glossa", default="build/bin/glossa", help="the command (default: %(default)s)")
    parser.add_argument("--task", action="append", choices=READERS, help="may be given several times (default: all)")
    parser.add_argument("--precision", default="automatic")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--compare", action="store_true", help="score by glossa eval too; status 1 where they differ")
    arguments = parser.parse_args()
    differ = False
    with GlossaEncoder(arguments.model, glossa=arguments.glossa, precision=arguments.precision,
                       threads=arguments.threads) as model:
        for name in arguments.task or READERS:
            scores = mteb_scores(model, name, arguments.data)
            ours = glossa_scores(arguments, name) if arguments.compare else {}
            for subset, score in scores.items():
                line = f"{name:28} {subset:10} mteb {score:.6f}"
                if arguments.compare:
                    line += f"  glossa {ours[subset]:.6f}  difference {ours[subset] - score:+.1e}"
                    differ = differ or abs(ours[subset] - score) > TOLERANCE
                print(line, flush=True)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
