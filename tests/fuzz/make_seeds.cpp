// Writes a few small valid inputs for every target:  make_seeds DIR  makes DIR/<target>/<name>.
#include "config_files.hpp"
#include "fuzz_shards.hpp"
#include "random_values.hpp"
#include "small_files.hpp"
#include "token_rules.hpp"

#include <glossa/search/flat_index.hpp>
#include <glossa/search/hnsw_index.hpp>
#include <glossa/search/ivf_index.hpp>
#include <glossa/store/word_segment_builder.hpp>
#include <glossa/text/compiled_vocabulary.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <iostream>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Seeds = std::map<std::string, std::string>;
using test::Json;

Seeds safetensors() {
  std::string data;
  for (int i = 0; i < 75; ++i) data.push_back(static_cast<char>(i));
  return {
      {"empty", test::safetensors_file("{}", "")},
      {"one", test::safetensors_file(R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", data.substr(0, 8))},
      {"several", test::safetensors_file(
                      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},)"
                      R"("w":{"dtype":"F32","shape":[2,4],"data_offsets":[8,40]},"h":{"dtype":"F16","shape":[3,2],)"
                      R"("data_offsets":[40,52]},"none":{"dtype":"BF16","shape":[0,9],"data_offsets":[52,52]},)"
                      R"("ids":{"dtype":"I64","shape":[1,2],"data_offsets":[52,68]},"m":{"dtype":"BOOL","shape":[7],)"
                      R"("data_offsets":[68,75]}}  )",
                      data)}};
}

/// Every kind of normalizer and pre-tokenizer that a tokenizer.json can name, in sequences.
Seeds tokenizer_json() {
  Json steps = Json::array();
  for (const char* type : {"Nmt", "NFKC", "NFC", "NFD", "NFKD", "Lowercase", "StripAccents", "Strip", "BertNormalizer"})
    steps.push_back({{"type", type}});
  steps.push_back({{"type", "Prepend"}, {"prepend", "▁"}});
  steps.push_back({{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "▁"}});
  steps.push_back({{"type", "Replace"}, {"pattern", {{"Regex", " {2,}"}}}, {"content", " "}});
  Json many = test::word_piece_tokenizer();
  many["normalizer"] = {{"type", "Sequence"}, {"normalizers", steps}};
  many["pre_tokenizer"] = {{"type", "Sequence"},
                           {"pretokenizers",
                            {Json{{"type", "BertPreTokenizer"}}, Json{{"type", "WhitespaceSplit"}},
                             Json{{"type", "Metaspace"}, {"replacement", "_"}, {"prepend_scheme", "first"}}}}};
  Json roberta = test::unigram_tokenizer(30);
  roberta["post_processor"] = {
      {"type", "RobertaProcessing"}, {"cls", Json::array({"<s>", 0})}, {"sep", Json::array({"</s>", 2})}};
  roberta["model"]["byte_fallback"] = true;
  roberta["model"]["vocab"].push_back({"<0xC3>", -3.5});
  const std::string text = std::string(1, '\0') + "the cat  <mask> é 猫 [SEP]";
  return {{"unigram", test::unigram_tokenizer(30).dump() + text},
          {"spaced", test::unigram_tokenizer(30).dump(1)},
          {"roberta", roberta.dump() + text},
          {"word_piece", test::word_piece_tokenizer().dump()},
          {"many", many.dump() + text}};
}

/// A protocol-buffer field that holds bytes, of at most 127.
std::string field(unsigned number, std::string_view bytes) {
  return static_cast<char>(number << 3 | 2) + (static_cast<char>(bytes.size()) + std::string(bytes));
}

Seeds sentencepiece() {
  std::string model;
  for (const char* special : {"<unk>", "<s>", "</s>"})
    model += field(1, field(1, special) + (special == std::string_view("<unk>") ? "\x18\x02" : "\x18\x03"));
  for (const char* piece : {"▁", "a", "▁the", "é", "<mask>"}) {
    std::string entry = field(1, piece) + '\x15';
    test::put(entry, -2.5F);
    model += field(1, entry);
  }
  return {{"small", model + field(2, "\x18\x01")}, {"whole", test::sentencepiece_file()}};
}

/// Compiled from a SentencePiece model, and from a tokenizer.json.
Seeds compiled_vocabulary() {
  Seeds seeds;
  for (const auto& [name, bytes] : Seeds{{"sentencepiece.bpe.model", test::sentencepiece_file()},
                                         {"tokenizer.json", test::unigram_tokenizer(30).dump()}}) {
    const test::TemporaryFolder folder;
    test::write_file(folder.path() / name, bytes);
    glossa::detail::write_compiled_vocabulary(folder.path());
    seeds["from_" + name] = test::read_file(folder.path() / "vocabulary.glossa");
  }
  return seeds;
}

Seeds vocab_txt() {
  const std::string lines = test::family("e5-base-v2").at("files").at("vocab.txt");
  const std::string config = test::family("e5-base-v2").at("files").at("tokenizer_config.json").dump();
  return {{"lines", lines},
          {"with_config", lines + config},
          {"other_tokens", "<u>\r\n<p>\n<m>\n<c>\n<s>\na\n##b\nÀ\n" + Json{{"unk_token", "<u>"},
                                                                           {"pad_token", {{"content", "<p>"}}},
                                                                           {"mask_token", "<m>"},
                                                                           {"cls_token", "<c>"},
                                                                           {"sep_token", "<s>"},
                                                                           {"do_lower_case", false},
                                                                           {"strip_accents", true},
                                                                           {"tokenize_chinese_chars", false}}
                                                                          .dump()}};
}

Seeds model_config() {
  Seeds seeds;
  for (const char* name : {"multilingual-e5-small", "multilingual-e5-large", "all-MiniLM-L6-v2", "pooling-max"}) {
    const Json& files = test::family(name).at("files");
    std::string& seed = seeds[name];
    for (const char* file : fuzz::kConfigFiles) {
      if (files.contains(file)) seed += files.at(file).dump();
      seed.push_back('\0');
    }
    seed += "---\nmodel-index:\n- name: intfloat/e5-base\n---\n# Title\n";
  }
  return seeds;
}

/// Pieces of a text that has something of everything, between spaces and of about 100 bytes: short inputs run faster.
Seeds pieces_of_nasty_text(const std::string& before) {
  const std::string text = test::nasty_text();
  Seeds seeds;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', std::min(at + 100, text.size())), text.size());
    seeds["nasty" + std::to_string(seeds.size())] = before + text.substr(at, end - at);
    at = end;
  }
  return seeds;
}

/// Texts, with two bytes before them that choose windows.
Seeds texts() {
  Seeds seeds = pieces_of_nasty_text("\x08\x03");
  seeds["special"] = "\x03\x01<s></s> <mask> <pad>[CLS][SEP]<unk>[MASK]";
  seeds["plain"] = "\x04\x01the cat sleeps, query: how much protein";
  seeds["marks"] = "\x08\x02 e\u0301\u0323 \uFF76\uFF9E \uFB01 \u1100\u1161\u11A8 \u0915\u094D\u0937";
  return seeds;
}

Seeds utf8() {
  Seeds seeds = pieces_of_nasty_text("");
  seeds["hangul"] = "각 \u1100\u1161\u11A8\u1160 \uAC00\u11A8";
  seeds["marks"] = "a\u0315\u0300\u05AE\u0062 \u1E9B\u0323 \uFDFA";
  seeds["base64"] = "YWJjZA==";
  return seeds;
}

Seeds filter_text() {
  return {{"all", R"(lang = "de" and (year >= 2020 or tags has "x") and not draft = true)"},
          {"list", R"(`a b` in (1, -2.5e3, 'it\'s') or tags = ["x", "y"] or lang exists)"},
          {"nothing", "nothing in ()"}};
}

Seeds chunker() {
  return {{"plain", "AThe cat. It sleeps! 3.14 e.g. so? \xE4\xBB\x8A\xE6\x97\xA5\xE3\x80\x82\n\nthe female protein"},
          {"markdown", "@# One\n\ntext\n\n## Two\n```\n# code\n```\n\nThree\n===\n\nthe end"},
          {"long", "\x02" + std::string(500, 'x') + " " + std::string(100, '.')}};
}

Seeds json_line() {
  return {{"plain", R"({"text":"the cat"})"},
          {"fields", R"( { "id" : 1e400, "n":[{"text":"]}"},-0.10], "text" : "a\u00e9\"\\", "embedding":[1,2] } )"},
          {"twice", R"({"text":1,"n":null,"text":"b","\u006e":{},"e":"\ud83d\ude00"})"}};
}

/// A few vectors of four numbers, one of them removed.
template <class Index>
std::string index_file(Index index, std::size_t count) {
  const test::TemporaryFolder folder;
  glossa::Embeddings rows(count, 4);
  std::ranges::copy(test::random_values<float>(4 * count, 1), rows.values().begin());
  std::vector<std::uint64_t> ids(count);
  std::iota(ids.begin(), ids.end(), std::uint64_t{1});
  index.add(ids, rows);
  (void)index.remove(std::span(ids).subspan(1, 1));
  index.save(folder.path() / "index");
  return test::read_file(folder.path() / "index");
}

Seeds index_files() {
  using glossa::Metric;
  using glossa::VectorForm;
  Seeds seeds;
  for (const auto& [name, options] : std::map<std::string, glossa::IndexOptions>{
           {"f32", {.model = "e5"}},
           {"bf16", {.metric = Metric::euclidean, .vectors = VectorForm::bf16}},
           {"int8", {.metric = Metric::euclidean, .vectors = VectorForm::int8, .rescore = VectorForm::f16}},
           {"binary", {.metric = Metric::dot, .vectors = VectorForm::binary, .rescore = VectorForm::int8}}}) {
    seeds["flat_" + name] = index_file(glossa::FlatIndex(options), 6);
    seeds["hnsw_" + name] = index_file(glossa::HnswIndex(options, {.connections = 2}), 12);
    seeds["ivf_" + name] = index_file(glossa::IvfIndex(options, {.lists = 1}), 40);
  }
  return seeds;
}

/// The category, the format (the letter's number modulo 3), and files parted by NUL bytes.
Seeds task_data() {
  const std::string pair = R"({"sentence1":"a","sentence2":"b","score":2.5,"label":1})";
  const std::string labelled = "{\"text\":\"a\",\"label\":\"x\"}\n{\"text\":\"b\",\"label\":10}\n";
  const std::string nul(1, '\0');
  return {{"sts", "s0" + pair},  // '0' is 48: JSON lines
          {"sts_tsv", "s1sentence1\tsentence2\tscore\na\tb\t1e1\n"},
          {"sts_csv", "s2sentence1,sentence2,score\n\"a,\"\"\nb\",c,0.5\n"},
          {"pairs", "p0" + pair},
          {"pair_lists", R"(p0{"sentence1":["a"],"sentence2":["b"],"label":[true]})"},
          {"classes", "c0" + labelled + nul + labelled},
          {"clusters", "u0" + labelled},
          {"levels", R"(u0{"sentences":"a","labels":["x",1]})"},
          {"sets", R"(u0{"sentences":["a","b"],"labels":[1,2]})"},
          {"reranking", R"(r0{"query":"q","positive":["a"],"negative":[]})"},
          {"summaries", R"(m0{"human_summaries":["h"],"machine_summaries":["m"],"relevance":[1]})"},
          {"retrieval", R"(t0{"_id":"d","title":"t","text":" x "})" + nul + R"({"_id":1,"text":"q"})" + nul +
                            R"({"query-id":1,"corpus-id":"d","score":1})"},
          {"retrieval_tsv",
           "t1id\ttext\nd\tx\n" + nul + "_id\ttext\nq\ty\n" + nul + "query-id\tcorpus-id\tscore\nq\td\t-1\n"}};
}

/// The format (the letter's number modulo 3), options as bits of the next letter, and the file.
Seeds training_data() {
  const std::string pair = R"({"anchor":"a","positive":"p","negatives":["n"],"label":1,"lang":"de","id":[1,2.50]})";
  return {{"pairs", "0P" + pair + "\n" + pair},  // '0' is 48: JSON lines
          {"names", R"(0X{"query":"a","pos":["p","o"],"neg":["n","m"],"score":0.5,"group":7,"source":"s"})"},
          {"numbered", R"(0Q{"text1":"a","text2":"p","negative_2":"m","negative_1":"n","language":"en","label":true})"},
          {"skipped", "0\x18oops\n" + pair + "\n{}\n"},
          {"tsv", "1@sentence1\tsentence2\tscore\tnegative_1\na\tp\t.5\t\nb\tq\t1e1\tn\n"},
          {"csv",
           "2\x18"
           "anchor,positive,label,group\n\"a,\"\"\nb\",p,1,\nx,,,\ny,z,,g\n"}};
}

/// A few chunks; and more than a block of them, with gaps and frequencies of every width.
Seeds word_segments() {
  Seeds seeds;
  for (const int chunks : {3, 140}) {
    glossa::detail::WordSegmentBuilder builder;
    for (int i = 1; i <= chunks; ++i) {
      builder.begin(i + i / 50 * 90);
      for (int piece = 0; piece < 4; ++piece)
        if (i % (piece + 1) == 0) builder.add(static_cast<glossa::TokenId>(piece * piece));
      if (i == 3) std::ranges::for_each(std::string(300, ' '), [&](char) { builder.add(4); });
    }
    const test::TemporaryFolder folder;
    glossa::detail::IndexWriter writer(folder.path() / "words", glossa::detail::kWordIndexKind);
    builder.finish().save(writer);
    const std::vector<std::int64_t> stamp{7, 391, 1};  // as the target's database has it
    glossa::detail::save_attachments(
        writer, {{"store", std::as_bytes(std::span("a store", 7))}, {"stamp", std::as_bytes(std::span(stamp))}});
    writer.commit();
    seeds["words" + std::to_string(chunks)] = test::read_file(folder.path() / "words");
  }
  return seeds;
}

void write(const std::filesystem::path& folder, const std::string& target, const Seeds& seeds) {
  for (const auto& [name, bytes] : seeds) test::write_file(folder / target / name, bytes);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) return std::cerr << "usage: make_seeds DIR\n", 2;
  const std::filesystem::path folder = argv[1];
  write(folder, "safetensors", safetensors());
  write(folder, "weights_index", {{"index", fuzz::shards_index()}});
  write(folder, "tokenizer_json", tokenizer_json());
  write(folder, "sentencepiece", sentencepiece());
  write(folder, "vocab_txt", vocab_txt());
  write(folder, "compiled_vocabulary", compiled_vocabulary());
  write(folder, "model_config", model_config());
  write(folder, "e5s1_blob", {{"blob", test::e5s1_blob()}});
  write(folder, "xlm_roberta_text", texts());
  write(folder, "bert_text", texts());
  write(folder, "utf8", utf8());
  write(folder, "json_line", json_line());
  write(folder, "filter_text", filter_text());
  write(folder, "chunker", chunker());
  write(folder, "index_file", index_files());
  write(folder, "word_segment", word_segments());
  write(folder, "task_data", task_data());
  write(folder, "training_data", training_data());
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
