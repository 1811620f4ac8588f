// A line comes in; the command's parser of JSON lines refuses it, or gives its text and its fields as they stand.
#include "fuzz.hpp"

#include "json_line.hpp"

#include <glossa/text/utf8.hpp>

#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line = fuzz::text_of(data, size);
  const std::vector<std::string> replaced{"embedding", "n"};
  fuzz::accepts("input, line 7", size, [&] {
    const tool::JsonLine parsed = tool::parse_json_line(line, "input", 7, replaced);
    const glossa::detail::ValidText valid(line);
    tool::OrderedJson object = tool::OrderedJson::parse(valid.view());
    fuzz::require(object.at("text") == parsed.text, "the text is that of the line");
    for (const std::string& name : replaced) object.erase(name);
    const auto fields = tool::OrderedJson::parse(parsed.fields + "}", nullptr, false);
    fuzz::require(!fields.is_discarded(), "the fields are JSON");
    fuzz::require(fields == object, "the fields are those of the line");
  });
  return 0;
}
