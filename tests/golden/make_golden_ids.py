# Writes include/glossa/text/golden_ids.hpp from token ids of Hugging Face's fast tokenizers (one JSON object a line:
# text, xlmr, bert_uncased):  python make_golden_ids.py tokens.jsonl ../../include/glossa/text/golden_ids.hpp
import json
import sys

wanted = ["", "query: how much protein should a female eat", "query: 南瓜的家常做法", "ﾊﾟﾋﾟﾌﾟ ｶﾞｷﾞ ﾊﾝｶｸ", "cafe\u0301",
          "नमस्ते क्षत्रिय ज़", "ก็ น้ำ ผู้", "العَرَبِيَّة", "각 ᄀ\u1161ᆨ 한글", "x<mask>y", "a</s>b", "[CLS] [SEP] [MASK]",
          "1,234.56 €", "zero\u200bwidth", "𠮷野家 𩸽", "supercalifragilisticexpialidocious"]
rows = {row["text"]: row for row in map(json.loads, open(sys.argv[1]))}


def literal(text):
    return '"' + "".join(c if 32 <= ord(c) < 127 and c not in '"\\' else
                         "".join(f"\\{byte:03o}" for byte in c.encode()) for c in text) + '"'


out = ["// Texts with their token ids by Hugging Face's fast tokenizers; written by tests/golden/make_golden_ids.py.",
       "#pragma once", "", "#include <glossa/text/piece_model.hpp>", "", "#include <string>", "#include <utility>",
       "#include <vector>", "", "namespace glossa::detail {", "",
       "struct GoldenText {", "  std::string text;", "  std::vector<TokenId> ids;", "};", "",
       "/// A well-known vocabulary, told by some of its pieces.", "struct GoldenVocabulary {", "  std::string name;",
       "  std::vector<std::pair<std::string, TokenId>> anchors;", "  std::vector<GoldenText> texts;", "};", "",
       "[[nodiscard]] inline std::vector<GoldenVocabulary> golden_vocabularies() {", "  // clang-format off", "  return {"]
for name, key, anchors in (
        ("XLM-RoBERTa", "xlmr", [("\u2581", 6), ("\u2581the", 70), ("\u2581protein", 21308), ("<mask>", 250001)]),
        ("uncased BERT", "bert_uncased", [("[CLS]", 101), ("the", 1996), ("##s", 2015), ("[MASK]", 103)])):
    out.append("    {" + literal(name) + ",")
    out.append("     {" + ", ".join("{" + literal(text) + f", {i}" + "}" for text, i in anchors) + "},")
    out.append("     {")
    for text in wanted:
        out.append("         {" + literal(text) + ",")
        out.append("          {" + ", ".join(map(str, rows[text][key])) + "}},")
    out.append("     }},")
out += ["  };", "  // clang-format on", "}", "", "}  // namespace glossa::detail"]
open(sys.argv[2], "w").write("\n".join(out) + "\n")
