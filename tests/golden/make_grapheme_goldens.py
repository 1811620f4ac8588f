# Writes graphemes.json: whether Hugging Face's tokenizers hold a character for a part of the grapheme cluster before it.
#   pip install tokenizers==0.23.3;  python make_grapheme_goldens.py graphemes.json
import json
import sys

from tokenizers import normalizers

from charsmap import charsmap

# One or more of every class of UAX #29, and of the scripts and versions in which implementations differ.
CHARACTERS = ("a\u00e9\u00ad\u0300\u0327\u0345\u0378\u0600\u06dd\u070f\u0890\u093c\u094d\u0903\u0915\u0924\u0937\u0995\u09cd\u0a15\u0a4d\u0b15\u0b3e\u0b4d"
              "\u0c15\u0c4d\u0c58\u0d15\u0d4d\u0d4e\u0e01\u0e33\u0eb3\u1100\u1161\u11a7\u11a8\u1112\u115f\u17d2\u1780\u180b\u1b13\u1b44\u200c\u200d\u203c\u2065\u20e3"
              "\u2122\u2764\u3030\u3042\u3099\u302e\ua8e0\ua953\ua960\ua97c\uac00\uac01\ud7b0\ud7cb\ufe0f\uff9e\uff9f\uffa0\ufff0\u0897\ua9c0\ua995\uaaf6\u11a3")
CONTEXTS = ["\r", "\n", "\x01", "\u200b", "\u2028", "\U0001f1e9", "\U0001f1e9\U0001f1ea", "a\U0001f1e9", "\U0001f600", "\U0001f600\u200d", "\u2764\ufe0f\u200d", "a\u200d",
            "\U0001f3fb", "\U0001f600\U0001f3fb\u200d", "\u0915\u094d", "\u0915\u094d\u200d", "\u0915\u200d\u094d", "\u0915\u200d", "\u0915\u093c\u094d",
            "\u0915\u094d\u093c", "\u0915\u094d\u0903", "a\u094d", "\u0915\u094d\u0924\u094d", "\u0995\u09cd", "\u0b15\u0b4d", "\u0c15\u0c4d", "\u0d15\u0d4d", "\u0a15\u0a4d",
            "\u1b13\u1b44", "\u1780\u17d2", "\ua995\ua9c0", "\u0915\u09cd", "\u1100\u1161", "\u1100\u1161\u11a8", "\uac00\u11a8", "\uac00\u200d", "\u1100\u0300",
            "\u0600\u0300", "\u0600\u0600", "\U000110bd", "\U000113d1", "\U00011a3a", "\U00011a84", "\U0001193f", "\U000e0020", "\U000e0001", "\U000e0fff",
            "\U00011133\U00011107", "\U00011410"] + list(CHARACTERS)


def with_rule(character):
    return normalizers.Precompiled(charsmap({character: "Z"})).normalize_str


rows = {}
for character in CHARACTERS:
    rewrite = with_rule(character)
    # The rule swallows a cluster below 6 bytes that starts with the character, acute accent and all, but leaves the
    # accent alone where the cluster started earlier. Controls take no accent and are no use here.
    if rewrite(character + "\u0301") == "Z":
        rows[character] = "".join("01"[rewrite(context + character + "\u0301").endswith("\u0301")] for context in CONTEXTS)
with open(sys.argv[1], "w") as file:
    file.write('{"note":"For each character and context, whether they join; written by make_grapheme_goldens.py.",\n')
    file.write('"contexts":' + json.dumps(CONTEXTS) + ',\n"joins":{\n')
    file.write(",\n".join(f"{json.dumps(c)}:{json.dumps(bits)}" for c, bits in rows.items()) + "\n}}\n")
