// glossa tokenize: JSON lines with texts come in; their ids, tokens and byte offsets go out, line by line.
#include "commands.hpp"
#include "interrupt.hpp"
#include "json_line.hpp"
#include "line_reader.hpp"
#include "output_file.hpp"

#include <glossa/text/tokenizer.hpp>
#include <glossa/text/utf8.hpp>

#if defined(GLOSSA_TOOL_HAS_SENTENCEPIECE)
#include <glossa/text/sentencepiece_engine.hpp>
#endif

#include <string>

namespace tool {
namespace {

glossa::Tokenizer load(const TokenizeArguments& arguments) {
  if (arguments.engine != "sentencepiece") return glossa::Tokenizer(arguments.model);
#if defined(GLOSSA_TOOL_HAS_SENTENCEPIECE)
  return glossa::sentencepiece_tokenizer(arguments.model);
#else
  throw glossa::Error(glossa::ErrorKind::unsupported,
                      {.field = "--engine sentencepiece",
                       .problem = "this command was built without the sentencepiece library",
                       .remedy = "install libsentencepiece-dev and build again"});
#endif
}

}  // namespace

int tokenize(const TokenizeArguments& arguments) {
  catch_interrupts();
  LineReader reader(arguments.input);
  OutputFile output(arguments.output);
  const glossa::Tokenizer tokenizer = load(arguments);
  std::string line;
  while (reader.next(line)) {
    if (is_blank(line)) continue;
    const JsonLine parsed = parse_json_line(line, reader.name(), reader.number());
    const glossa::Encoding encoding = tokenizer.encode(
        parsed.text, {.specials = specials_from(arguments.specials), .with_tokens = true, .with_offsets = true});
    OrderedJson offsets = OrderedJson::array();
    for (const glossa::ByteRange& range : encoding.offsets) offsets.push_back({range.begin, range.end});
    const OrderedJson result{{"ids", encoding.ids}, {"tokens", encoding.tokens}, {"offsets", std::move(offsets)}};
    output.write(result.dump() + "\n");
    if (!reader.has_line()) output.flush();  // whoever sent this line may wait for the answer before the next one
  }
  output.finish();
  return 0;
}

}  // namespace tool
