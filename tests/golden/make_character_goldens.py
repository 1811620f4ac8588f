# Writes characters.json: checksums of what Hugging Face's tokenizers do to every code point, a block of 4,096 at a time.
#   pip install tokenizers==0.23.3;  python make_character_goldens.py characters.json
import json
import sys
import zlib

from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

from charsmap import charsmap

BLOCK = 4096


def bert(**options):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**off, **options}).normalize_str


def words(splitter):
    return lambda text: "|".join(word for word, _ in splitter.pre_tokenize_str(text))


def single_word():
    """Whether an added token that wants to be a word of its own is found in a text."""
    tokenizer = Tokenizer(models.WordLevel({"other": 0, "xx": 1}, unk_token="other"))
    tokenizer.add_tokens([AddedToken("xx", single_word=True, normalized=False)])
    return lambda text: "1" if 1 in tokenizer.encode(text).ids else "0"


# name: function of a text, and the text around the character
TABLES = {
    "NFC": (normalizers.NFC().normalize_str, "", ""),
    "NFD": (normalizers.NFD().normalize_str, "", ""),
    "NFKC": (normalizers.NFKC().normalize_str, "", ""),
    "NFKD": (normalizers.NFKD().normalize_str, "", ""),
    "NFC behind a letter": (normalizers.NFC().normalize_str, "a\u0323", "\u0301"),
    "NFC behind a vowel of jamo": (normalizers.NFC().normalize_str, "\u1100\u1161", ""),
    "Lowercase": (normalizers.Lowercase().normalize_str, "", ""),
    "StripAccents": (normalizers.StripAccents().normalize_str, "", ""),
    "clean_text": (bert(clean_text=True), "", ""),
    "handle_chinese_chars": (bert(handle_chinese_chars=True), "", ""),
    "strip_accents": (bert(strip_accents=True), "", ""),
    "WhitespaceSplit": (words(pre_tokenizers.WhitespaceSplit()), "a", "a"),
    "BertPreTokenizer": (words(pre_tokenizers.BertPreTokenizer()), "a", "a"),
    "single_word": (single_word(), "xx", ""),
    # What comes after the a is swallowed with it where both are one grapheme cluster.
    "cluster": (normalizers.Precompiled(charsmap({"a": "Z"})).normalize_str, "a", ""),
    "cluster of a prefix": (normalizers.Precompiled(charsmap({"\u0600": "Z"})).normalize_str, "\u0600", ""),
}

out = {}
for name, (function, before, after) in TABLES.items():
    sums = []
    for first in range(0, 0x110000, BLOCK):
        block = [c for c in range(first, first + BLOCK) if c and not 0xD800 <= c <= 0xDFFF]
        sums.append(zlib.crc32("\n".join(function(before + chr(c) + after) for c in block).encode()))
    out[name] = sums
    print(name, file=sys.stderr)
with open(sys.argv[1], "w") as file:
    json.dump({"note": "Checksums (CRC-32) of characters through tokenizers; written by make_character_goldens.py.",
               "block": BLOCK, "tables": out}, file, separators=(",", ":"))
    file.write("\n")
