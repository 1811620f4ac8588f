# Writes include/glossa/text/unicode_tables.hpp: what Hugging Face's tokenizers hold each character for. Its crates
# hold tables of different Unicode versions, so the tables are read off the package itself, a code point at a time:
#   pip install tokenizers==0.23.3;  python make_unicode_tables.py ../../include/glossa/text/unicode_tables.hpp
# Some tables only list what Unicode 15 (utf8proc 2.8) lacks, which is why this also needs libutf8proc2.
import ctypes
import struct
import sys
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

points = [c for c in range(1, 0x110000) if not 0xD800 <= c <= 0xDFFF]
clean = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False)
strip = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
split = pre_tokenizers.BertPreTokenizer()
utf8proc = ctypes.CDLL("libutf8proc.so.2")
utf8proc.utf8proc_grapheme_break.restype = ctypes.c_bool


def vanishes(normalizer):
    return [0] * (normalizer.normalize_str("\0") == "") + [c for c in points if normalizer.normalize_str(chr(c)) == ""]


def one_rule(character):
    """A Precompiled normalizer whose only rule turns `character` into Z."""
    key = character.encode()
    units = [0x80000000] * (256 * (len(key) + 3))
    units[0] = 256 << 10
    node = 256
    for depth, byte in enumerate(key):
        place, child = node ^ byte, 256 * (depth + 2)
        units[place] = byte | (place ^ child) << 10 | (depth == len(key) - 1) << 8
        node = child
    units[node] = 0x80000000
    return normalizers.Precompiled(struct.pack(f"<{len(units) + 1}I", 4 * len(units), *units) + b"Z\0")


def joins(before, character):
    """Whether `character` belongs to the grapheme cluster of `before`. The rule swallows a cluster below 6 bytes
    that starts with `character`, acute accent and all, but leaves the accent alone inside a longer cluster."""
    return one_rule(character).normalize_str(before + character + "\u0301").endswith("\u0301")


def touches_word(character):
    """Whether it keeps an added token before it from being a word of its own."""
    return 1 not in words.encode("xx" + character).ids


words = Tokenizer(models.WordLevel({"other": 0, "xx": 1}, unk_token="other"))
words.add_tokens([AddedToken("xx", single_word=True, normalized=False)])
WORD_CATEGORIES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)  # Lu Ll Lt Lm Lo Mn Mc Me Nd Nl Pc
rule_a = one_rule("a")
KA, VIRAMA = "\u0915", "\u094d"
tables = [
    ("kBertControls", "Removed by BertNormalizer's clean_text (U+0000 and U+FFFD among them).", vanishes(clean)),
    ("kNonspacingMarks", "General category Mn as BertNormalizer's strip_accents sees it.", vanishes(strip)),
    ("kCombiningMarks", "General category M as the StripAccents normalizer sees it; others have combining class 0.",
     vanishes(normalizers.StripAccents())),
    ("kBertPunctuation", "Isolated by BertPreTokenizer.",
     [c for c in points if len(split.pre_tokenize_str("a" + chr(c) + "a")) == 3]),
    ("kOtherWordCharacters", "In the regular expression class \\w, though not of a category that Unicode 15 counts for it.",
     [c for c in points if touches_word(chr(c)) and utf8proc.utf8proc_category(c) not in WORD_CATEGORIES]),
    ("kYoungExtenders", "Continue a grapheme cluster, but are unassigned in Unicode 15.",
     [c for c in points if rule_a.normalize_str("a" + chr(c)) == "Z" and utf8proc.utf8proc_grapheme_break(97, c)]),
    ("kConjunctConsonants", "Join the cluster of a consonant before them across a linker (UAX #29, GB9c).",
     [c for c in points if 0x900 <= c < 0x10000 and joins(KA + VIRAMA, chr(c)) and not joins(KA, chr(c))]),
    ("kConjunctLinkers", "Such linkers, the viramas.",
     [c for c in points if 0x900 <= c < 0x12000 and joins(KA + chr(c), KA) and not joins(chr(c), KA)]),
]

out = ["// Character classes of Hugging Face's tokenizers 0.23 as sorted ranges; written by tests/golden/make_unicode_tables.py.",
       "#pragma once", "", "namespace glossa::detail {", "",
       "struct CodePointRange {", "  char32_t first;", "  char32_t last;", "};", "", "// clang-format off"]
for name, comment, members in tables:
    ranges = []
    for c in members:
        if ranges and ranges[-1][1] == c - 1:
            ranges[-1][1] = c
        else:
            ranges.append([c, c])
    out += ["", f"/// {comment}", f"inline constexpr CodePointRange {name}[] = {{"]
    line = "   "
    for a, b in ranges:
        item = f" {{0x{a:X}, 0x{b:X}}},"
        if len(line) + len(item) > 116:
            out.append(line)
            line = "   "
        line += item
    out += [line, "};"]
out += ["", "// clang-format on", "", "}  // namespace glossa::detail"]
open(sys.argv[1], "w").write("\n".join(out) + "\n")
