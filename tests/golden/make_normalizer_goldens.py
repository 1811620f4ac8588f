# Writes normalizers.json: what Hugging Face's normalizers make of many short texts, and where their characters come from.
#   pip install tokenizers==0.23.3;  python make_normalizer_goldens.py normalizers.json
import base64
import json
import random
import sys

from tokenizers import PreTokenizedString, Tokenizer

from charsmap import charsmap

random.seed(9)
RULES = {"ﬁ": "fi", "ﬂ": "fl", "Ａ": "A", "ａ": "a", "　": " ", "①": "1", "½": "1⁄2", "㎏": "kg", "\u00a0": " ", "\u200b": "",
         "\u00ad": "", "ｶ": "カ", "ｶﾞ": "ガ", "ﾊ": "ハ", "ﾊﾟ": "パ", "e\u0301": "é", "o\u0308": "ö", "o": "0", "가": "KA",
         "\u1100\u1161": "가", "ﷺ": "صلى الله عليه وسلم", "<": "‹", "</": "‹/", "😀": ":-)", "\u0301": "", "क": "ka", "x\u0323\u0302": "ẍ"}
PRECOMPILED = {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap(RULES)).decode()}
SPACES = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}


def bert(clean_text, handle_chinese_chars, strip_accents, lowercase):
    return {"type": "BertNormalizer", "clean_text": clean_text, "handle_chinese_chars": handle_chinese_chars,
            "strip_accents": strip_accents, "lowercase": lowercase}


def replace(old, new):
    return {"type": "Replace", "pattern": {"String": old}, "content": new}


def sequence(*steps):
    return {"type": "Sequence", "normalizers": list(steps)}


NORMALIZERS = {
    "NFC": {"type": "NFC"}, "NFD": {"type": "NFD"}, "NFKC": {"type": "NFKC"}, "NFKD": {"type": "NFKD"},
    "Lowercase": {"type": "Lowercase"}, "StripAccents": {"type": "StripAccents"},
    "NFD, StripAccents, Lowercase": sequence({"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}),
    "uncased BERT": bert(True, True, None, True), "cased BERT": bert(True, True, None, False),
    "BERT, accents kept": bert(True, True, False, True), "BERT, accents only": bert(False, False, True, False),
    "BERT, nothing": bert(False, False, False, False),
    "Replace a": replace("a", ""), "Replace by more": replace("é", "<e>"), "Replace two": replace("``", '"'),
    "Replace by space": replace(" ", "▁"), "Replace spaces": SPACES,
    "Prepend": {"type": "Prepend", "prepend": "▁"}, "Prepend two": {"type": "Prepend", "prepend": "é>"},
    "Precompiled": PRECOMPILED, "Precompiled, spaces": sequence(PRECOMPILED, SPACES),
    "Replace, Prepend, Lowercase": sequence(replace(" ", "▁"), {"type": "Prepend", "prepend": "▁"}, {"type": "Lowercase"}),
}

TEXTS = ["", "a", " ", "  a   b  ", "plain text", "ÀÉÎ õü", "cafe\u0301", "e\u0323\u0302 \u1ec7 e\u0302\u0323", "Å Å A\u030a", "ﬁ ﬂ ﬁ\u0301",
         "①½㎏", "Ａａ　x", "ｶﾞﾊﾟｶ", "각 \u1100\u1161\u11a8 \u1100\u1161\u11a7 가", "क्षत्रिय क\u093c \u0958", "ﷺ", "שָׁלוֹם", "ﬡ שׁ", "İstanbul ıI ẞ", "ǅ ŉ ΑΣ",
         "a\x00b\x01c", "tab\tline\r\nend\x85\u2028", "soft\u00adhyphen\u200b\ufeff", "\ufffd \ue000 \U000e0001", "中文 mixed漢字", "𠮷野家 \U0002b740 \U0002b820",
         "``quoted``` `", "aaa", "banana", "é é", "👨‍👩‍👧 👍🏽 🇩🇪", "ᾳ ΐ ﬓ", "\u0344 \u2126 \u212b", "か\u3099 ワ\u3099 ゛", "\u0301leading", "a\u0315\u0300\u05ae\u0300b",
         "a\u0334\u0338\u0323", "1\u0338 <\u0338", "\u0cc6\u0cc2\u0cd5 \u0dd9\u0dcf\u0dca", "\u0f71\u0f72\u0f74", "\u1e9b\u0323", "ⅣⅫ ª²", "x\u0323\u0302 x\u0302\u0323",
         "</s> <b>", "o\u0308 ö oo", "😀😀", "\U0001d15e \U0001d1bb\U0001d16f", "㋿ \U0001f16c ꭩ", "\u0e33 \u0eb3", "ﾞ ﾟ", "½½ ½\u0301", "한글 ᄒ\u1161ᆫ"]
LETTERS = "abxeoAEOs iÀéΣσКйأابनकक्षกあカ한中€①ﬁ½<>/` ｶﾊ１" + "\u1100\u1161\u11a8\u1112" + "\u0915\u0924\u1b13\u0600\u0d4e"
MARKS = "\u0300\u0301\u0302\u0308\u0323\u0327\u0328\u0338\u0345\u05b0\u05b8\u064b\u0651\u093c\u094d\u200d\u200c\u3099\u309a\ufe0f\U0001f3fb\u0e33\uff9e\uff9f\u0e49\u0b3e\u1b44"
WIDE = [(0x20, 0x7F), (0xA0, 0x250), (0x250, 0x370), (0x370, 0x530), (0x590, 0x700), (0x900, 0xE80), (0xF00, 0x1100), (0x1100, 0x1200),
        (0x1AB0, 0x1B80), (0x1D00, 0x2100), (0x2460, 0x2500), (0x3000, 0x3400), (0xA640, 0xAA00), (0xAC00, 0xAC80), (0xF900, 0xFFFE),
        (0x11000, 0x11A00), (0x1D100, 0x1D300), (0x1F100, 0x1FA00)]


def random_character():
    kind = random.random()
    if kind < 0.4:
        return random.choice(LETTERS)
    if kind < 0.75:
        return random.choice(MARKS)
    return chr(random.randrange(*random.choice(WIDE)))


TEXTS += ["".join(random_character() for _ in range(random.randint(2, 12))) for _ in range(230)]
# Nothing vanishes at their start or behind an expansion: there the reference's own offsets are off (see tokens_test.cpp).
ALIGNED = ["", "aé b", "E\u0301a\u0323\u0302o", "x ﬁn", "A½", "kﷺ", "各 각 x", "a\u0315\u0300b\u0301\u0323", "İx", "中x文", "ab  c   d", "banana", "b``c", "né",
           "oＡｶﾞ", "1o\u0308", "x\u0344y", "d\u0958", "x\tyÀ", "aͅb́c"]


def tokenizer_with(normalizer):
    model = {"type": "WordPiece", "unk_token": "u", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": {"u": 0}}
    return Tokenizer.from_str(json.dumps({"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": normalizer,
                                          "pre_tokenizer": None, "post_processor": None, "decoder": None, "model": model}))


def origins(normalizer, text):
    """The range of bytes in `text` behind every character of the normalised text, one after another."""
    whole = PreTokenizedString(text)
    whole.normalize(lambda part: normalizer.normalize(part))
    whole.split(lambda _, part: [part[i:i + 1] for i in range(len(part.normalized))])
    starts = [len(text[:i].encode()) for i in range(len(text) + 1)]
    return [starts[at] for _, offsets, _ in whole.get_splits("original", "char") for at in offsets]


rows = []
for name, config in NORMALIZERS.items():
    normalizer = tokenizer_with(config).normalizer
    results = [normalizer.normalize_str(text) for text in TEXTS]
    rows.append({"name": name, "config": config, "texts": [None if a == b else a for a, b in zip(results, TEXTS)],
                 "aligned": [[normalizer.normalize_str(text), origins(normalizer, text)] for text in ALIGNED]})
out = {"note": "Texts through Hugging Face's normalizers, null where nothing changes; written by make_normalizer_goldens.py.",
       "texts": TEXTS, "aligned": ALIGNED}
with open(sys.argv[1], "w") as file:
    file.write(json.dumps(out, ensure_ascii=False, separators=(",", ":"))[:-1] + ',"normalizers":[\n')
    file.write(",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows) + "\n]}\n")
