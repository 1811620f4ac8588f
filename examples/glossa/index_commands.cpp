// glossa index: documents come in as JSON lines; an index file goes out, in which glossa search finds them.
#include "commands.hpp"
#include "document_table.hpp"
#include "index_feeder.hpp"
#include "index_model.hpp"
#include "index_stamp.hpp"
#include "interrupt.hpp"
#include "json_line.hpp"
#include "line_reader.hpp"

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/embedder.hpp>
#include <glossa/search/any_index.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace tool {
namespace {

/// Fails now, and not after an hour's work, where the file cannot be written.
void check_writable(const std::string& path) { const glossa::detail::AtomicFile trial{std::filesystem::path(path)}; }

glossa::VectorForm form_from(const std::string& name) {
  using enum glossa::VectorForm;
  for (const auto form : {bf16, f16, int8, binary})
    if (name == to_string(form)) return form;
  return f32;
}

glossa::Metric metric_from(const std::string& name) {
  using enum glossa::Metric;
  return name == to_string(dot) ? dot : name == to_string(euclidean) ? euclidean : cosine;
}

glossa::IndexKind kind_from(const std::string& name) {
  using enum glossa::IndexKind;
  return name == to_string(hnsw) ? hnsw : name == to_string(ivf) ? ivf : flat;
}

glossa::AnyIndex new_index(const IndexBuildArguments& arguments, const glossa::IndexOptions& options) {
  switch (kind_from(arguments.kind)) {
    case glossa::IndexKind::hnsw:
      return glossa::HnswIndex(options,
                               {.connections = arguments.connections, .build_candidates = arguments.build_candidates});
    case glossa::IndexKind::ivf: return glossa::IvfIndex(options, {.lists = arguments.lists});
    default: return glossa::FlatIndex(options);
  }
}

/// The documents of an index that is to be changed.
DocumentBook book_of(const glossa::AnyIndex& index, const std::string& file) {
  const DocumentTable table(index, file);
  if (!table.has_documents())
    throw glossa::Error(glossa::ErrorKind::invalid_argument,
                        {.file = file,
                         .problem = "the index has vectors alone, without documents",
                         .remedy = "change it by the program that wrote it, or build one with glossa index build"});
  if (table.size() != index.size()) table.damaged("there are " + std::to_string(index.size()) + " vectors");
  return DocumentBook(table);
}

std::string count_of(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// The ids that the user gave, or the lines of a file.
std::vector<std::string> ids_of(const IndexRemoveArguments& arguments) {
  std::vector<std::string> ids = arguments.ids;
  if (arguments.file.empty()) return ids;
  LineReader reader(arguments.file);
  for (std::string line; reader.next(line);)
    if (!line.empty()) ids.push_back(line);
  return ids;
}

}  // namespace

int index_build(const IndexBuildArguments& arguments) {
  catch_interrupts();
  LineReader reader(arguments.input);
  check_writable(arguments.output);
  glossa::IndexOptions options;
  options.metric = metric_from(arguments.metric);
  options.vectors = form_from(arguments.vectors);
  if (!arguments.rescore.empty()) options.rescore = form_from(arguments.rescore);
  options.executor = std::make_shared<glossa::ThreadPool>(arguments.model.threads);
  const glossa::Embedder embedder =
      load_model(arguments.model, glossa::Role::passage, precision_from(arguments.model.precision), options.executor);
  check_dims(arguments.dims, embedder);
  options.model = embedder.fingerprint(arguments.dims);
  glossa::AnyIndex index = new_index(arguments, options);
  DocumentBook book;
  (void)feed(reader, embedder, arguments.dims, KnownIds::refuse, index, book);
  index.save(arguments.output, book.attachments());
  std::cerr << "done: " << arguments.output << ", " << count_of(book.size(), "document") << '\n';
  return 0;
}

int index_add(const IndexAddArguments& arguments) {
  catch_interrupts();
  LineReader reader(arguments.input);
  check_writable(arguments.index);
  const auto executor = std::make_shared<glossa::ThreadPool>(arguments.model.threads);
  const IndexStamp stamp(arguments.index);
  glossa::AnyIndex index = glossa::AnyIndex::load(arguments.index, {.executor = executor});
  DocumentBook book = book_of(index, arguments.index);
  const glossa::Embedder embedder =
      load_model_of(index.options(), arguments.index, arguments.model, glossa::Role::passage);
  const std::size_t before = book.size();
  const std::size_t dims = index.dims() != 0 ? index.dims() : traits_of(index.options().model).dims;
  const std::size_t replaced = feed(reader, embedder, dims, KnownIds::replace, index, book);
  stamp.require_same();
  index.save(arguments.index, book.attachments());
  std::cerr << "done: " << arguments.index << ", " << count_of(book.size(), "document") << ", " << book.size() - before
            << " of them new, " << replaced << " replaced\n";
  return 0;
}

int index_remove(const IndexRemoveArguments& arguments) {
  catch_interrupts();
  const std::vector<std::string> ids = ids_of(arguments);
  check_writable(arguments.index);
  const IndexStamp stamp(arguments.index);
  glossa::AnyIndex index = glossa::AnyIndex::load(arguments.index);
  DocumentBook book = book_of(index, arguments.index);
  std::vector<std::uint64_t> keys;
  std::string first_unknown;
  for (const std::string& id : ids) {
    if (const auto key = book.remove(id)) {
      keys.push_back(*key);
    } else if (first_unknown.empty()) {
      first_unknown = id;
    }
  }
  index.remove(keys);
  stamp.require_same();
  if (!keys.empty()) index.save(arguments.index, book.attachments());
  std::cerr << "done: " << arguments.index << ", " << count_of(book.size(), "document") << ", " << keys.size()
            << " removed";
  if (keys.size() < ids.size())
    std::cerr << "; " << ids.size() - keys.size() << " of the ids were not there, the first of them "
              << glossa::detail::printable(first_unknown, 100);
  std::cerr << '\n';
  return 0;
}

int index_info(const IndexInfoArguments& arguments) {
  const glossa::AnyIndex index = glossa::AnyIndex::load(arguments.index);
  const DocumentTable documents(index, arguments.index);
  const glossa::IndexOptions& options = index.options();
  const auto file_bytes = static_cast<std::uint64_t>(std::filesystem::file_size(arguments.index));
  const std::string rescore = options.rescore ? to_string(*options.rescore) : "";
  if (arguments.json) {
    OrderedJson out{{"kind", to_string(index.kind())},
                    {"metric", to_string(options.metric)},
                    {"dims", index.dims()},
                    {"rows", index.size()},
                    {"documents", nullptr},
                    {"vectors", to_string(options.vectors)},
                    {"rescore", nullptr},
                    {"model", nullptr},
                    {"file_bytes", file_bytes},
                    {"memory_bytes", index.memory_bytes()}};
    if (documents.has_documents()) out["documents"] = documents.size();
    if (options.rescore) out["rescore"] = rescore;
    if (!options.model.empty()) out["model"] = options.model;
    std::cout << out.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) << '\n';
    return 0;
  }
  std::cout << "kind       " << to_string(index.kind()) << "\nmetric     " << to_string(options.metric)
            << "\nrows       " << index.size() << "\ndocuments  "
            << (documents.has_documents() ? std::to_string(documents.size()) : "none: vectors alone") << "\nvectors    "
            << index.dims() << " dimensions, " << to_string(options.vectors)
            << (rescore.empty() ? "" : ", scored again from " + rescore) << "\nmodel      "
            << (options.model.empty() ? "not known" : glossa::detail::printable(options.model, 300)) << "\non disk    "
            << file_bytes << " bytes\nin memory  " << index.memory_bytes() << " bytes\n";
  return 0;
}

}  // namespace tool
