// A format comes in; what cannot be exported in it is refused, and nothing is left behind.
#pragma once

#include "catch.hpp"
#include "error_of.hpp"
#include "full_disk.hpp"
#include "paths.hpp"
#include "random_model.hpp"

#include <glossa/core/error.hpp>
#include <glossa/export/model.hpp>

#include <filesystem>
#include <set>
#include <string>

namespace test {

/// For a test case of its own, which it divides into sections. Format has Options, save(model folder, target, options)
/// and write(ExportModel, path of the graph), and kGraph, the graph's name.
template <class Format>
void check_export_faults() {
  TemporaryFolder folder;
  write_family(folder.path() / "model", family("multilingual-e5-small"));
  const auto entries = [&] {
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      out.insert(entry.path().filename().string());
    return out;
  };
  const auto model = folder.path() / "model";
  const auto fails = [&](const std::filesystem::path& from, const std::filesystem::path& to,
                         const typename Format::Options& options = {}) {
    return error_of([&] { Format::save(from, to, options); });
  };
  SECTION("no such model") {
    CHECK(fails(folder.path() / "nothing", folder.path() / "graph").kind() == glossa::ErrorKind::not_found);
  }
  SECTION("an unknown architecture") {
    write_file(model / "config.json", R"({"model_type": "mamba"})");
    const auto error = fails(model, folder.path() / "graph");
    CHECK(error.kind() == glossa::ErrorKind::unsupported);
    CHECK(error.field() == "model_type");
  }
  SECTION("a folder that is not empty") {
    write_file(folder.path() / "graph/file", "x");
    CHECK(fails(model, folder.path() / "graph").kind() == glossa::ErrorKind::invalid_argument);
    CHECK(read_file(folder.path() / "graph/file") == "x");
    std::filesystem::remove_all(folder.path() / "graph");
  }
  SECTION("interrupted") {
    int calls = 0;
    typename Format::Options options;
    options.check = [&] {
      if (++calls > 20) throw glossa::Error(glossa::ErrorKind::cancelled, {});
    };
    CHECK(fails(model, folder.path() / "graph", options).kind() == glossa::ErrorKind::cancelled);
  }
  SECTION("a disk that is full") {
    const glossa::detail::ExportModel opened(model);
    std::filesystem::create_directory(folder.path() / "target");
    const auto error = error_of(
        [&] { with_full_disk(50000, [&] { Format::write(opened, folder.path() / "target" / Format::kGraph); }); });
    CHECK(error.kind() == glossa::ErrorKind::io);
    CHECK(says(error, "disk full"));
    CHECK(std::filesystem::is_empty(folder.path() / "target"));
    std::filesystem::remove_all(folder.path() / "target");
  }
  CHECK(entries() == std::set<std::string>{"model"});
}

}  // namespace test
