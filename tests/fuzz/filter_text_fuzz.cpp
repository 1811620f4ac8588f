// A text comes in; it is refused with the place, or it is a filter that is written and read as the same.
#include "fuzz.hpp"

#include <glossa/store/filter_match.hpp>
#include <glossa/store/filter_text.hpp>

#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const glossa::Metadata metadata{{"lang", "de"},
                                  {"year", std::int64_t{2020}},
                                  {"tags", std::vector<std::string>{"x"}},
                                  {"draft", true},
                                  {"a", 0.5}};
  try {
    const glossa::Filter filter = glossa::parse_filter(fuzz::text_of(data, size));
    const glossa::Filter again = glossa::parse_filter(to_text(filter));
    fuzz::require(to_text(again) == to_text(filter), "a filter that is written is read again");
    fuzz::require(matches(filter, metadata) == matches(again, metadata), "and means the same");
  } catch (const glossa::Error& error) {
    fuzz::require(error.kind() == glossa::ErrorKind::invalid_argument, "the argument is wrong, nothing else");
    fuzz::require(error.field() == "filter", "the error names the filter");
  }
  return 0;
}
