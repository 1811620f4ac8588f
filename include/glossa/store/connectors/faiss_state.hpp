// A store of Faiss comes in; a folder of files goes out, and comes back as the store.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/json.hpp>
#include <glossa/store/connectors/faiss_files.hpp>
#include <glossa/store/connectors/faiss_index.hpp>
#include <glossa/store/connectors/faiss_options.hpp>
#include <glossa/store/connectors/faiss_rows.hpp>
#include <glossa/store/connectors/metadata_json.hpp>
#include <glossa/store/connectors/npy_rows.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace glossa::detail {

struct FaissState {
  FaissOptions options{};
  FaissIndex index{};
  FaissRows rows{};
};

inline void write_state(const std::filesystem::path& folder, const FaissOptions& options, const FaissIndex& index,
                        const FaissRows& rows) {
  if (folder.empty())
    throw Error(ErrorKind::invalid_argument,
                {.field = "FaissStore::save", .problem = "the store has no folder", .remedy = "make it with one"});
  if (index.size() != rows.size())  // a change before failed in the middle
    throw Error(ErrorKind::io, {.file = path_text(folder),
                                .problem = "what is in memory is not whole, since a change before failed",
                                .expected = std::to_string(rows.size()) + " vectors",
                                .found = std::to_string(index.size()),
                                .remedy = "load the store as it was saved last, and change it again"});
  std::error_code code;
  std::filesystem::create_directories(folder, code);  // what is wrong is said when files are written
  const FaissFiles files(folder);
  const Json names = files.new_names();
  try {
    index.write(files.path_of(names, "index"));
    AtomicFile lines(files.path_of(names, "records"));
    std::size_t kept = 0;
    for (const auto& [label, row] : rows) {
      kept += row.record.vector.empty() ? 0 : 1;
      const Json head = {{"label", label}, {"id", row.record.id}, {"text", row.record.text}, {"length", row.length}};
      std::string line = json_text(head);
      line.back() = ',';
      lines.write(line + "\"metadata\":" + json_text_of(row.record.metadata) + "}\n");
    }
    lines.commit();
    AtomicFile vectors(files.path_of(names, "vectors"));
    vectors.write(npy_header(kept, options.dims));
    for (const auto& [label, row] : rows)
      vectors.write(row.record.vector.data(), row.record.vector.size() * sizeof(float));
    vectors.commit();
    files.commit(names, {{"format", "glossa-faiss"},
                         {"version", 1},
                         {"records", rows.size()},
                         {"kept", kept},
                         {"dims", options.dims},
                         {"metric", to_string(options.metric)},
                         {"kind", options.kind == FaissKind::flat ? "flat" : "ivf_pq"},
                         {"lists", options.lists},
                         {"pq_parts", options.pq_parts},
                         {"pq_bits", options.pq_bits},
                         {"train_rows", options.train_rows},
                         {"keep_vectors", options.keep_vectors},
                         {"seed", options.seed}});
  } catch (...) {
    files.discard_all(names);
    throw;
  }
}

[[nodiscard]] inline FaissOptions read_options(const Json& about, const std::string& file) {
  const JsonFields fields(about, file);
  FaissOptions out;
  out.dims = fields.size("dims", 1, 65'536);
  const std::string metric = fields.string("metric");
  out.metric = Metric::manhattan;
  for (const Metric one : {Metric::cosine, Metric::dot, Metric::euclidean})
    if (metric == to_string(one)) out.metric = one;
  if (metric != to_string(out.metric)) fields.wrong("metric", "a metric", about.at("metric"), "restore the folder");
  out.kind = fields.string("kind") == "ivf_pq" ? FaissKind::ivf_pq : FaissKind::flat;
  out.lists = fields.size("lists", 1, 1u << 20);
  out.pq_parts = fields.size("pq_parts", 0, 65'536);
  out.pq_bits = fields.size("pq_bits", 4, 12);
  out.train_rows = fields.size("train_rows", 0, std::size_t{1} << 40);
  out.keep_vectors = fields.boolean_or("keep_vectors", true);
  out.seed = static_cast<std::uint32_t>(fields.size("seed", 0, UINT32_MAX));
  return out;
}

[[nodiscard]] inline FaissState read_state(const std::filesystem::path& folder, std::size_t probes,
                                           std::size_t rescored) {
  const FaissFiles files(folder);
  const Json about = files.checked();
  const std::string manifest = path_text(files.manifest());
  FaissState state;
  state.options = read_options(about, manifest);
  state.options.probes = probes;
  state.options.rescored = rescored;
  check_options(state.options);
  Json names;
  for (const char* part : FaissFiles::kParts) names[part] = about["files"][part]["name"];
  const JsonFields fields(about, manifest);
  const std::size_t count = fields.size("records", 0, std::size_t{1} << 40);
  const std::size_t kept = fields.size("kept", 0, count);
  state.index = FaissIndex::read(path_text(files.path_of(names, "index")), state.options);
  const std::vector<float> vectors = read_npy_rows(files.path_of(names, "vectors"), kept, state.options.dims);
  const std::string lines_name = path_text(files.path_of(names, "records"));
  const auto bytes = read_bytes(files.path_of(names, "records"), UINT64_MAX);
  std::string_view rest = view(bytes);
  for (std::size_t line = 0; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    const Json row = parse_json(rest.substr(0, end), lines_name);
    const JsonFields of(row, lines_name, "line " + std::to_string(line + 1));
    VectorRecord record{of.string("id"), {}, of.string("text"), stored_metadata(of.at("metadata"), lines_name)};
    if (kept == count) {
      const auto first = vectors.begin() + static_cast<std::ptrdiff_t>(line * state.options.dims);
      if (line < kept) record.vector.assign(first, first + static_cast<std::ptrdiff_t>(state.options.dims));
    }
    const auto label = static_cast<std::int64_t>(of.size("label", 0, INT64_MAX));
    state.rows.put(label, std::move(record), static_cast<float>(of.number_or("length", 1)));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  if (state.rows.size() != count || state.index.size() != count)
    throw Error(ErrorKind::corrupt_file, {.file = lines_name,
                                          .expected = std::to_string(count) + " records",
                                          .found = std::to_string(state.rows.size())});
  return state;
}

/// Removes store.json first: without it the others are no store.
inline void remove_state(const std::filesystem::path& folder) {
  if (folder.empty()) return;
  const FaissFiles files(folder);
  if (!is_there(files.manifest())) return;
  const Json about = read_json(files.manifest());
  std::error_code ignored;
  std::filesystem::remove(files.manifest(), ignored);
  for (const char* part : FaissFiles::kParts) {
    const std::string name = about.value(nlohmann::json::json_pointer(std::string("/files/") + part + "/name"), "");
    if (!name.empty() && name == std::filesystem::path(name).filename().string()) files.discard(name);
  }
}

}  // namespace glossa::detail
