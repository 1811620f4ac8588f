# Writes tokens.jsonl: ids, pieces and places of every hard probe and of some ordinary texts in many languages, by Hugging
# Face's fast tokenizers. Its input is a larger file of texts with their ids, whose probes and ids it takes over and checks.
#   pip install tokenizers==0.23.3
#   python make_tokens_subset.py LARGE.jsonl XLMR/tokenizer.json BERT_UNCASED/tokenizer.json tokens.jsonl
# LARGE.jsonl has one object a line: lang ("probe" for a hard one), text, xlmr (ids), bert_uncased (ids). The ordinary texts
# are from SIB-200 (CC BY-SA 4.0) and Tatoeba (CC BY 2.0).
#
# Hugging Face counts offsets in characters; here they are bytes of the text's UTF-8, [begin, end, begin, end, …]. Its own
# bookkeeping is off in two places, both in the normalizer Precompiled (XLM-R), and the offsets of such texts are left out:
# the reason stands in their place, and the true ones stand in tests/support/golden_tokens.hpp.
import json
import sys

from tokenizers import Tokenizer

REMOVED_FIRST = "characters that vanish at the start of a text shift what follows"
REMOVED_BEHIND = "a character that vanishes behind one that grew is counted to it"
LEFT_OUT = {"\x01\x02\x07 bell": REMOVED_FIRST, "\x01ab": REMOVED_FIRST, "\x01中 b": REMOVED_FIRST,
            "½\x01a b": REMOVED_BEHIND, "x ½\x01½ y": REMOVED_BEHIND, "ﷺ\x07x y": REMOVED_BEHIND}
MORE_PROBES = [*LEFT_OUT, "\u200b\u00adab", "中\u200b文 a", "\u0301中a", "é\u0301\u0323x", "ﬁ\u0301x y", "ﬃ\u0301x", "x\u00a0<mask>y",
               " <mask>", "<mask>", "＜/s＞ ＜mask＞", "[cls] [MASK]x", "a[SEP]b", "ẞ\u0301中", "#hash ##s", "▁a▁", "\u0301", "\u0301\u0301 \u0e33",
               "𓀀", "a 𓀀𒀀b 🜀", "don't can't", "x" * 101, "x" * 100, "é" * 100, "aaaaaaaaa", "ⅷ", "\x00", "a\x00\x00b c"]

large, xlmr_file, bert_file, out_file = sys.argv[1:]
rows = [json.loads(line) for line in open(large, encoding="utf-8")]
tokenizers = {}
for name, file in (("xlmr", xlmr_file), ("bert_uncased", bert_file)):
    tokenizers[name] = Tokenizer.from_file(file)
    tokenizers[name].no_truncation()
    tokenizers[name].no_padding()


def golden(lang, text, ids=None):
    starts = [0]
    for c in text:
        starts.append(starts[-1] + len(c.encode()))
    row = {"lang": lang, "text": text}
    for name, tokenizer in tokenizers.items():
        encoding = tokenizer.encode(text)
        assert ids is None or encoding.ids == ids[name], (name, text)
        entry = {"ids": encoding.ids, "tokens": encoding.tokens}
        if name == "xlmr" and text in LEFT_OUT:
            entry["no_offsets"] = LEFT_OUT[text]
        else:
            entry["offsets"] = [starts[i] for pair in encoding.offsets for i in pair]
        row[name] = entry
    return row


def ordinary(prefix, step):
    """The shortest text of every so many languages, and of every script."""
    texts, scripts = {}, set()
    for row in rows:
        lang = row["lang"]
        if lang.startswith("tatoeba-") == (prefix == "tatoeba-") and lang != "probe" and not lang.startswith("xquad-"):
            texts[lang] = min(texts.get(lang, row), row, key=lambda r: len(r["text"]))
    for i, lang in enumerate(sorted(texts)):
        script = lang.split("_")[-1] if "_" in lang else "Latn"
        if i % step == 0 or script not in scripts | {"Latn"}:
            scripts.add(script)
            yield texts[lang]


out = [golden("probe", row["text"], row) for row in rows if row["lang"] == "probe"]
known = {row["text"] for row in out}
out += [golden("probe", text) for text in MORE_PROBES if text not in known]
out += [golden(row["lang"], row["text"], row) for row in (*ordinary("", 25), *ordinary("tatoeba-", 6))]
with open(out_file, "w", encoding="utf-8") as file:
    for row in out:
        file.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")
probes = sum(row["lang"] == "probe" for row in out)
print(f"{len(out)} texts, {probes} of them probes, {len({row['lang'] for row in out}) - 1} languages")
