# Writes small_vocabularies.json: of two real tokenizers just what the texts of tokens.jsonl can meet, small enough to be kept.
#   pip install tokenizers==0.23.3
#   python make_small_vocabularies.py tokens.jsonl XLMR/tokenizer.json BERT_UNCASED/tokenizer.json small_vocabularies.json
# A text is segmented by the pieces that occur in it, and rewritten by the normalisation rules that start somewhere in it. So
# a tokenizer with only those gives the same pieces at the same places, which is checked here. Ids become positions; the real
# ones stand beside them, in "ids". XLM-R's vocabulary is Meta's (MIT), BERT's Google's (Apache 2.0).
import base64
import json
import re
import struct
import sys

from tokenizers import Tokenizer

from charsmap import charsmap

rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
xlmr, bert = (json.load(open(file, encoding="utf-8")) for file in sys.argv[2:4])
texts = [row["text"] for row in rows]


def words(document):
    """All words that the model sees, with "##" nowhere yet."""
    tokenizer = Tokenizer.from_str(json.dumps(document))
    added = "|".join(re.escape(token["content"]) for token in document["added_tokens"])
    for text in texts:
        for part in re.split(added, text):
            for piece in (part, part.strip()):
                yield from (word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(piece)))


def substrings(document, longest):
    return {word[a:b] for word in words(document) for a in range(len(word)) for b in range(a + 1, min(a + longest, len(word)) + 1)}


def rules(blob):
    """The rules that start somewhere in the texts; the units are darts-clone's."""
    size = struct.unpack("<I", blob[:4])[0]
    units, replacements = struct.unpack(f"<{size // 4}I", blob[4:4 + size]), blob[4 + size:]

    def children(unit):
        return (unit >> 10) << ((unit & 512) >> 6)

    found = {}
    for text in map(str.encode, texts):
        for start in range(len(text)):
            node = children(units[0])
            for end in range(start, len(text)):
                node ^= text[end]
                if text[end] == 0 or node >= len(units) or units[node] & 0x800000FF != text[end]:
                    break
                unit = units[node]
                node ^= children(unit)
                if unit >> 8 & 1:
                    value = units[node] & 0x7FFFFFFF
                    found[text[start:end + 1].decode()] = replacements[value:replacements.index(b"\0", value)].decode()
    return found


def trim(document, kept, rows_of_vocabulary):
    for token in document["added_tokens"]:
        token["id"] = kept.index(token["id"])
    for token in document["post_processor"]["special_tokens"].values():
        token["ids"] = [kept.index(i) for i in token["ids"]]
    document.update(truncation=None, padding=None, decoder=None)
    document["model"]["vocab"] = rows_of_vocabulary
    return {"ids": kept, "tokenizer": document}


model = xlmr["model"]
wanted = substrings(xlmr, 16)
least = min(range(len(model["vocab"])), key=lambda i: model["vocab"][i][1])  # decides what an unknown character costs
special = {token["id"] for token in xlmr["added_tokens"]}
kept = [i for i, (piece, _) in enumerate(model["vocab"]) if piece in wanted or i in special or i == least]
assert max(len(piece) for piece, _ in model["vocab"]) <= 16 and model["unk_id"] == kept.index(model["unk_id"])
step = xlmr["normalizer"]
assert step["type"] == "Precompiled"
step["precompiled_charsmap"] = base64.b64encode(charsmap(rules(base64.b64decode(step["precompiled_charsmap"])))).decode()
small_xlmr = trim(xlmr, kept, [model["vocab"][i] for i in kept])

model = bert["model"]
wanted = substrings(bert, 18)
special = {token["id"] for token in bert["added_tokens"]}
kept = sorted(i for piece, i in model["vocab"].items() if piece.removeprefix("##") in wanted or piece in wanted or i in special)
pieces = {i: piece for piece, i in model["vocab"].items()}
small_bert = trim(bert, kept, {pieces[i]: place for place, i in enumerate(kept)})

out = {"xlmr": small_xlmr, "bert_uncased": small_bert}
for name, entry in out.items():
    small = Tokenizer.from_str(json.dumps(entry["tokenizer"]))
    for row in rows:
        encoding, expected = small.encode(row["text"]), row[name]
        assert [entry["ids"][i] for i in encoding.ids] == expected["ids"] and encoding.tokens == expected["tokens"], row["text"]
with open(sys.argv[4], "w", encoding="utf-8") as file:
    file.write(json.dumps(out, ensure_ascii=False, separators=(",", ":")) + "\n")
print({name: len(entry["ids"]) for name, entry in out.items()})
