# Writes mteb_result.json: a result file as python mteb writes it, with scores that are no numbers. Then loads with mteb
# what glossa wrote, glossa_result.json and glossa_model_meta.json (result_files_test.cpp compares its output to them).
#   pip install mteb==2.26.24;  python make_result_goldens.py FOLDER
import json
import math
import shutil
import sys
import tempfile
from pathlib import Path

from mteb.cache import ResultCache
from mteb.models import ModelMeta
from mteb.results import TaskResult

folder = Path(sys.argv[1])
scores = {"test": [{"hf_subset": "en", "languages": ["eng-Latn"], "main_score": 0.8391004999, "cosine_spearman": 0.8391004999,
                    "cosine_pearson": math.nan, "note \"NaN\"": "NaN, -Infinity"},
                   {"hf_subset": "de", "languages": ["deu-Latn"], "main_score": 0.25, "cosine_spearman": 0.25,
                    "euclidean_pearson": -math.inf}],
          "dev": [{"hf_subset": "en", "languages": ["eng-Latn"], "main_score": 0.5, "cosine_spearman": 0.5,
                   "scores_per_experiment": [{"accuracy": 0.5, "f1": 0.25}, {"accuracy": 1.0, "f1": 0.75}],
                   "v_measures": {"Level 0": [0.125, 0.5]}}]}
TaskResult(dataset_revision="29afa2569dcedaaa2fe6a3dcfebab33d28b82e8c", task_name="STSBenchmarkMultilingualSTS",
           mteb_version="2.26.0", scores=scores, evaluation_time=12.5).to_disk(folder / "mteb_result.json")

ours = folder / "glossa_result.json"
if ours.exists():
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary) / "results" / "intfloat__multilingual-e5-small" / "abc-int8"
        place.mkdir(parents=True)
        shutil.copy(ours, place / "SIB200Classification.json")
        shutil.copy(folder / "glossa_model_meta.json", place / "model_meta.json")
        result = TaskResult.from_disk(place / "SIB200Classification.json", load_historic_data=False)
        raw = json.loads(ours.read_text())
        assert result.task_name == "SIB200Classification" and sorted(result.hf_subsets) == ["nld_Latn", "tha_Thai"]
        assert result.get_score() == sum(s["main_score"] for s in raw["scores"]["test"]) / 2
        assert result.get_score(languages=["tha"]) == raw["scores"]["test"][1]["main_score"]
        assert result.task_type == "Classification" and result.evaluation_time == 3.5
        cache = ResultCache(cache_path=temporary)
        meta = ModelMeta.model_validate_json_resolved((place / "model_meta.json").read_text())
        assert meta.embed_dim == 384 and meta.revision == "abc-int8"
        loaded = cache.load_results(tasks=["SIB200Classification"], require_model_meta=True)
        model = loaded.model_results[0]
        assert (model.model_name, model.model_revision) == ("intfloat/multilingual-e5-small", "abc-int8"), model
        assert model.task_results[0].get_score() == result.get_score()
        print("mteb loads glossa's files:", result, repr(meta))
