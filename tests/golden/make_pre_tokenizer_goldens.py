# Writes pre_tokenizers.json: the words that Hugging Face's pre-tokenizers make of short texts, and where they lie.
#   pip install tokenizers==0.23.3;  python make_pre_tokenizer_goldens.py pre_tokenizers.json
import json
import sys

from tokenizers import Tokenizer


def metaspace(**options):
    return {"type": "Metaspace", "replacement": "▁", **options}


def sequence(*steps):
    return {"type": "Sequence", "pretokenizers": list(steps)}


WHITESPACE, BERT = {"type": "WhitespaceSplit"}, {"type": "BertPreTokenizer"}
CONFIGS = {
    "WhitespaceSplit": WHITESPACE, "BertPreTokenizer": BERT, "both": sequence(BERT, WHITESPACE), "none": sequence(),
    "Metaspace": metaspace(), "Metaspace of old": metaspace(add_prefix_space=True, str_rep="▁"),
    "Metaspace of old without prefix": metaspace(add_prefix_space=False, prepend_scheme="never"),
    **{f"Metaspace {scheme}{'' if split else ' in one'}": metaspace(prepend_scheme=scheme, split=split)
       for scheme in ("always", "first", "never") for split in (True, False)},
    "Metaspace of underscores": metaspace(replacement="_"), "Metaspace of two bytes": metaspace(replacement="é", prepend_scheme="first"),
    "XLM-R": sequence(WHITESPACE, metaspace(prepend_scheme="always")), "words, first": sequence(WHITESPACE, metaspace(prepend_scheme="first")),
    "words in one": sequence(WHITESPACE, metaspace(split=False)), "Metaspace twice": sequence(metaspace(), metaspace(prepend_scheme="always")),
    "Metaspace, words": sequence(metaspace(prepend_scheme="always"), BERT),
}
TEXTS = ["a", " ", "  ", "hello world", " leading", "trailing ", "  two  spaces  ", "▁", "▁▁ a", " ▁", "a▁b", "▁a", "a ▁ b", "tab\tline\nend", "\n",
         "\u00a0nbsp\u00a0x", "\u3000全角　スペース", "don't stop!", "a,b;c", "...", "-–—…", "中文，标点。", "x=1+2", "$5 €6 №7", "é è", "e\u0301 x", "_a_ _", "_",
         "é", "éa é", "\u2028x\u2029", "\u200bzero\u200b", "😀 👍🏽!", "¿qué?", "a\u0085b", "\u1680x\u205fy", "\x1fa\x1c b", "«quote»", "a﹏b", "٪٫", "।", "^`~|<>"]


def splitter(config):
    model = {"type": "WordPiece", "unk_token": "u", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": {"u": 0}}
    return Tokenizer.from_str(json.dumps({"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
                                          "pre_tokenizer": config, "post_processor": None, "decoder": None, "model": model})).pre_tokenizer


def words(split, text):
    starts = [len(text[:i].encode()) for i in range(len(text) + 1)]
    return [[word, starts[a], starts[b]] for word, (a, b) in split.pre_tokenize_str(text)]


rows = []
for name, config in CONFIGS.items():
    split = splitter(config)
    rows.append({"name": name, "config": config, "words": [words(split, text) for text in TEXTS]})
out = {"note": "Texts through Hugging Face's pre-tokenizers; written by make_pre_tokenizer_goldens.py.", "texts": TEXTS}
with open(sys.argv[1], "w") as file:
    file.write(json.dumps(out, ensure_ascii=False, separators=(",", ":"))[:-1] + ',"pre_tokenizers":[\n')
    file.write(",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows) + "\n]}\n")
