"""The bridge to python mteb against commands that answer, fail and end early. mteb itself is not needed: stand-ins for
what the bridge imports of it are.

    python3 mteb_bridge_test.py EXAMPLES
"""

import json
import sys
import tempfile
import types
import unittest
from pathlib import Path

examples = Path(sys.argv.pop(1))


class Vectors(list):
    """As much of a NumPy array as the bridge needs."""

    def __init__(self, values, dtype=None):
        super().__init__(values)


def stand_in(name, **members):
    module = types.ModuleType(name)
    for member, value in members.items():
        setattr(module, member, value)
    sys.modules[name] = module


class AnyMeta:
    @staticmethod
    def create_empty(overwrites):
        return overwrites


stand_in("numpy", array=Vectors, stack=list, zeros=lambda shape, dtype=None: [], float32=float)
stand_in("datasets", Dataset=object, DatasetDict=dict)
stand_in("mteb", evaluate=None, get_task=None)
stand_in("mteb.models", ModelMeta=AnyMeta)
stand_in("mteb.models.abs_encoder", AbsEncoder=object)
stand_in("mteb.models.model_meta", ScoringFunction=types.SimpleNamespace(COSINE="cosine"))
sys.path.insert(0, str(examples))
import mteb_bridge  # noqa: E402

ANSWERS = """
import json, sys
for line in sys.stdin:
    print(json.dumps({"embedding": [len(json.loads(line)["text"])]}), flush=True)
"""
CODES = """
import json, sys
for line in sys.stdin:
    print(json.dumps({"embedding": [ord(c) for c in json.loads(line)["text"]]}), flush=True)
"""


class BridgeTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def command(self, program):
        """A command that is this Python program, whatever its arguments."""
        path = Path(self.folder.name) / "glossa"
        path.write_text(f"#!{sys.executable}\n{program}", encoding="utf-8")
        path.chmod(0o755)
        return path

    def encoder(self, program):
        return mteb_bridge.GlossaEncoder("model", glossa=self.command(program), prompts={})

    def test_texts_get_their_vectors_in_order(self):
        with self.encoder(ANSWERS) as model:
            self.assertEqual(model.embed(["a", "bbb"], "Task"), [[1], [3]])
            self.assertEqual(model.embed([], "Task"), [])

    def test_a_command_that_fails_is_the_error_that_is_told(self):
        texts = ["word " * 1000] * 1000  # more than a pipe holds
        with self.assertRaisesRegex(RuntimeError, "status 3"):
            with self.encoder("import sys\nsys.exit(3)") as model:
                model.embed(texts, "Task")

    def test_lone_surrogates_become_replacement_characters(self):
        with self.encoder(CODES) as model:
            self.assertEqual(model.embed(["a\ud800b", "\ud83d\ude00"], "Task"), [[97, 0xFFFD, 98], [0x1F600]])

    def test_prompts_may_have_ends_of_lines(self):
        told = 'vectors        384\nquery prompt   "Find:\n\nQuery: "\npassage prompt none\nprompts from   config\n'
        glossa = self.command(f"import sys\nsys.stdout.write({json.dumps(told)})")
        self.assertEqual(mteb_bridge.own_prompts(glossa, "model"), {"query": "Find:\n\nQuery: ", "document": ""})

    def test_unknown_prompts_are_refused(self):
        told = "query prompt   unknown\npassage prompt unknown\nprompts from   nothing in the folder tells\n"
        glossa = self.command(f"import sys\nsys.stdout.write({json.dumps(told)})")
        with self.assertRaisesRegex(ValueError, "query prompt"):
            mteb_bridge.own_prompts(glossa, "model")


if __name__ == "__main__":
    unittest.main()
