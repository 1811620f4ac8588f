#!/usr/bin/env python3
"""A model and pairs of texts come in; how long steps of training take with PyTorch and with glossa goes out.

    python3 bench/compare_training.py --model MODEL_DIR --data stsb-en.jsonl [--pairs 32] [--steps 6] [--threads 2]

Needs bench_training (GLOSSA_BUILD_BENCH) and pip install torch sentence-transformers. Both take the same batches of
{"sentence1", "sentence2"} behind "query: ", InfoNCE at a temperature of 0.01, AdamW at 2e-5 for all weights, without
dropout, one process after the other; the first step of each is left out of the median. Exit status 1 where losses part.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--program", default=str(ROOT / "build-native/bin/bench_training"),
                        help="bench_training (default: %(default)s)")
    parser.add_argument("--pairs", type=int, default=32)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--as-torch", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def train_by_torch(arguments):
    import resource
    import time

    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(arguments.threads)
    model = SentenceTransformer(arguments.model, device="cpu")
    encoder = model[0].auto_model.train()
    for module in encoder.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0
    with open(arguments.data, encoding="utf-8") as lines:
        rows = [(row["sentence1"], row["sentence2"]) for row in map(json.loads, lines)]
    optimizer = torch.optim.AdamW([p for p in encoder.parameters() if p.requires_grad], lr=2e-5)
    pairs = arguments.pairs

    def embed(texts):
        features = model.tokenize(["query: " + text for text in texts])
        return torch.nn.functional.normalize(model(features)["sentence_embedding"], dim=1)

    seconds, losses = [], []
    for step in range(arguments.steps):
        batch = [rows[(step * pairs + i) % len(rows)] for i in range(pairs)]
        start = time.monotonic()
        first, second = embed([row[0] for row in batch]), embed([row[1] for row in batch])
        loss = torch.nn.functional.cross_entropy(first @ second.T / 0.01, torch.arange(pairs))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
        seconds.append(time.monotonic() - start)
        losses.append(loss.item())
    middle = sorted(seconds[1:])[len(seconds[1:]) // 2]
    print(json.dumps({"losses": losses, "pairs_s": pairs / middle,
                      "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}))


def run(command):
    environment = dict(os.environ, HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with status {done.returncode}")
    return json.loads(done.stdout.decode().strip().splitlines()[-1])


def main():
    arguments = parse()
    if arguments.as_torch:
        return train_by_torch(arguments)
    common = ["--model", arguments.model, "--data", arguments.data, "--pairs", str(arguments.pairs), "--steps",
              str(arguments.steps), "--threads", str(arguments.threads)]
    print("| | pairs/s | peak MB | last loss |\n|---|---:|---:|---:|")
    ratios = []
    for _ in range(arguments.rounds):
        torch = run([sys.executable, __file__, "--as-torch", *common])
        own = run([arguments.program, *common])
        for name, result in (("PyTorch, sentence-transformers", torch), ("glossa", own)):
            print(f"| {name} | {result['pairs_s']:.1f} | {result['peak_mb']:,.0f} | {result['losses'][-1]:.5f} |")
        ratios.append(own["pairs_s"] / torch["pairs_s"])
        worst = max(abs(a - b) for a, b in zip(own["losses"], torch["losses"]))
        print(f"\n{ratios[-1]:.2f} times as fast; losses differ by {worst:.1e} at most\n")
        if worst > 1e-3:
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
