#include "small_vocabularies.hpp"

#include <glossa/text/base64.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace test {

const Json& small_vocabulary(const std::string& name) {
  static const Json document = parse_json(read_file(golden() / "small_vocabularies.json"));
  return document.at(name);
}

std::vector<glossa::TokenId> real_ids(const std::string& name) { return small_vocabulary(name).at("ids"); }

void put_message(std::string& out, unsigned field, std::string_view bytes) {
  out.push_back(static_cast<char>(field << 3 | 2));
  std::size_t size = bytes.size();
  for (; size >= 128; size >>= 7) out.push_back(static_cast<char>(size % 128 + 128));
  out.push_back(static_cast<char>(size));
  out += bytes;
}

std::string sentencepiece_from(const Json& document) {
  enum Type { normal = 1, unknown = 2, control = 3 };
  std::string out;
  const auto add = [&out](std::string_view piece, double score, Type type) {
    std::string message;
    put_message(message, 1, piece);
    message.push_back(2 << 3 | 5);
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(score));
    for (int shift = 0; shift < 32; shift += 8) message.push_back(static_cast<char>(bits >> shift & 0xFF));
    message.push_back(3 << 3);
    message.push_back(static_cast<char>(type));
    put_message(out, 1, message);
  };
  add("<unk>", 0, unknown);
  add("<s>", 0, control);
  add("</s>", 0, control);
  const Json& vocab = document.at("model").at("vocab");
  for (std::size_t id = 4; id + 1 < vocab.size(); ++id)
    add(vocab[id][0].get_ref<const std::string&>(), vocab[id][1].get<double>(), normal);
  std::string rules;
  put_message(rules, 2,
              *glossa::detail::base64_decode(document.at("normalizer").at("precompiled_charsmap").get<std::string>()));
  put_message(out, 3, rules);
  return out;
}

std::string vocabulary_lines(const Json& document) {
  std::vector<std::string> pieces;
  for (const auto& [piece, id] : document.at("model").at("vocab").items()) {
    if (id >= pieces.size()) pieces.resize(id.get<std::size_t>() + 1);
    pieces[id.get<std::size_t>()] = piece;
  }
  std::string lines;
  for (std::size_t id = 0; id < pieces.size(); ++id)
    lines += (pieces[id].empty() ? "[unused" + std::to_string(id) + "]" : pieces[id]) + '\n';
  return lines;
}

}  // namespace test
