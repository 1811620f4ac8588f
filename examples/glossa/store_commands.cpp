// glossa store: documents come in as JSON lines or files; a store goes out that holds them.
#include "commands.hpp"
#include "line_reader.hpp"
#include "store_arguments.hpp"
#include "store_files.hpp"

#include <glossa/embedder.hpp>
#include <glossa/store/document_store.hpp>
#include <glossa/store/folder_sync.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace tool {
namespace {

std::string documents(std::size_t count) { return std::to_string(count) + (count == 1 ? " document" : " documents"); }

/// Whether a folder holds a store; what an init left behind that was stopped or failed is none.
bool is_store(const std::string& folder) {
  if (!std::filesystem::exists(std::filesystem::path(folder) / "store.sqlite")) return false;
  try {
    (void)glossa::DocumentStore(folder, {.create = false, .read_only = true});
    return true;
  } catch (const glossa::Error& error) {  // of another program's database, the store's own opening tells
    if (error.kind() != glossa::ErrorKind::not_found && error.kind() != glossa::ErrorKind::corrupt_file) throw;
    return false;
  }
}

}  // namespace

int store_init(const StoreInitArguments& arguments) {
  if (is_store(arguments.store))
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.file = arguments.store,
                                                              .problem = "there is a store in this folder",
                                                              .remedy = "add to it, or name another folder"});
  const glossa::Embedder embedder =
      load_model(arguments.model, glossa::Role::passage, precision_from(arguments.model.precision), {});
  glossa::DocumentStoreOptions options;
  options.chunks = glossa::ChunkOptions{arguments.chunk_tokens, arguments.overlap};
  options.lexical = !arguments.no_lexical;
  const glossa::DocumentStore store(arguments.store, embedder, options);
  std::cerr << "done: " << arguments.store << ", empty, for " << store.model() << '\n';
  return 0;
}

int store_add(const StoreAddArguments& arguments) {
  catch_interrupts();
  LineReader reader(arguments.input);
  glossa::DocumentStore store = open_store(arguments.store, arguments.model, glossa::Role::passage, false);
  StoreProgress progress("documents");
  constexpr std::size_t kBatch = 256;
  constexpr std::size_t kBatchBytes = std::size_t{16} << 20;
  std::vector<glossa::Document> waiting;
  std::size_t bytes = 0;
  std::size_t done = 0;
  const auto flush = [&] {
    progress.begin(done);
    store.upsert(waiting, {.progress = progress.callback(), .stop = progress.token()});
    done += waiting.size();
    waiting.clear();
    bytes = 0;
    stop_if_interrupted();
  };
  for (std::string line; reader.next(line);) {
    if (is_blank(line)) continue;
    waiting.push_back(parse_stored_document(line, {reader.name(), reader.number()}));
    bytes += line.size();
    if (waiting.size() >= kBatch || bytes >= kBatchBytes) flush();
  }
  flush();
  progress.finish();
  std::cerr << "done: " << arguments.store << ", " << documents(done) << " stored\n";
  return 0;
}

int store_remove(const StoreRemoveArguments& arguments) {
  glossa::DocumentStore store(arguments.store);
  const std::size_t removed = store.remove(arguments.ids);
  std::cerr << "done: " << arguments.store << ", " << documents(removed) << " removed";
  if (removed < arguments.ids.size())
    std::cerr << "; " << arguments.ids.size() - removed << " of the ids were not there";
  std::cerr << '\n';
  return 0;
}

int store_sync(const StoreSyncArguments& arguments) {
  catch_interrupts();
  glossa::DocumentStore store = open_store(arguments.store, arguments.model, glossa::Role::passage, false);
  StoreProgress progress("files");
  glossa::SyncOptions options;
  options.source = arguments.source;
  options.prefix = arguments.prefix;
  options.progress = progress.callback();
  options.stop = progress.token();
  const glossa::SyncReport report = glossa::sync_folder(store, arguments.folder, options);
  progress.finish();
  for (const glossa::SyncProblem& problem : report.problems)
    std::cerr << "glossa: passed over: " << glossa::detail::printable(problem.path + ": " + problem.problem, 1000)
              << '\n';
  if (arguments.json) {
    OrderedJson out{{"files", report.files},     {"added", report.added},         {"changed", report.changed},
                    {"removed", report.removed}, {"unchanged", report.unchanged}, {"problems", OrderedJson::array()}};
    for (const glossa::SyncProblem& problem : report.problems)
      out["problems"].push_back({{"path", problem.path}, {"problem", problem.problem}});
    std::cout << out.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) << '\n';
  }
  std::cerr << "done: " << arguments.store << ", " << report.files << " files, " << report.added << " new, "
            << report.changed << " changed, " << report.removed << " removed\n";
  return report.problems.empty() ? 0 : 1;
}

int store_stats(const StoreStatsArguments& arguments) {
  const glossa::StoreStats stats = glossa::DocumentStore(arguments.store, {.create = false, .read_only = true}).stats();
  if (arguments.json) {
    std::cout << OrderedJson{{"documents", stats.documents},
                             {"chunks", stats.chunks},
                             {"indexed_chunks", stats.indexed_chunks},
                             {"index_problem", stats.index_problem},
                             {"dims", stats.dims},
                             {"model", stats.model},
                             {"lexical", stats.lexical},
                             {"chunk_tokens", stats.chunk_options.max_tokens},
                             {"overlap_tokens", stats.chunk_options.overlap_tokens},
                             {"database_bytes", stats.database_bytes},
                             {"index_bytes", stats.index_bytes},
                             {"memory_bytes", stats.memory_bytes},
                             {"transactions", stats.sequence}}
                     .dump(-1, ' ', false, OrderedJson::error_handler_t::replace)
              << '\n';
    return 0;
  }
  const auto megabytes = [](std::uint64_t bytes) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.1f MB", static_cast<double>(bytes) / 1e6);
    return std::string(text.data());
  };
  std::cout << "documents      " << stats.documents << "\nchunks         " << stats.chunks << ", "
            << stats.indexed_chunks << " of them in the index of vectors\nmodel          " << stats.model
            << "\ndimensions     " << stats.dims << "\nwords          " << (stats.lexical ? "yes" : "no")
            << "\ndatabase       " << megabytes(stats.database_bytes) << "\nindex          "
            << megabytes(stats.index_bytes) << '\n';
  return 0;
}

int store_vacuum(const StoreVacuumArguments& arguments) {
  glossa::DocumentStore store(arguments.store);
  const std::uint64_t before = store.stats().database_bytes;
  store.vacuum();
  const glossa::StoreStats stats = store.stats();
  std::cerr << "done: " << arguments.store << ", " << documents(stats.documents) << ", " << before << " bytes before, "
            << stats.database_bytes << " now\n";
  return 0;
}

}  // namespace tool
