#include "catch.hpp"
#include "error_of.hpp"
#include "full_disk.hpp"
#include "paths.hpp"
#include "random_model.hpp"

#include <glossa/core/error.hpp>
#include <glossa/export/openvino.hpp>

#include <filesystem>
#include <set>
#include <string>

TEST_CASE("OpenVINO: what cannot be exported leaves nothing behind", "[export]") {
  test::TemporaryFolder folder;
  test::write_family(folder.path() / "model", test::family("multilingual-e5-small"));
  const auto entries = [&] {
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
      out.insert(entry.path().filename().string());
    return out;
  };
  const auto model = folder.path() / "model";
  const auto fails = [&](const std::filesystem::path& from, const std::filesystem::path& to,
                         const glossa::OpenvinoExportOptions& options = {}) {
    return test::error_of([&] { (void)glossa::export_openvino(from, to, options); });
  };
  SECTION("no such model") {
    CHECK(fails(folder.path() / "nothing", folder.path() / "graph").kind() == glossa::ErrorKind::not_found);
  }
  SECTION("an unknown architecture") {
    test::write_file(model / "config.json", R"({"model_type": "mamba"})");
    const auto error = fails(model, folder.path() / "graph");
    CHECK(error.kind() == glossa::ErrorKind::unsupported);
    CHECK(error.field() == "model_type");
  }
  SECTION("a folder that is not empty") {
    test::write_file(folder.path() / "graph/file", "x");
    CHECK(fails(model, folder.path() / "graph").kind() == glossa::ErrorKind::invalid_argument);
    CHECK(test::read_file(folder.path() / "graph/file") == "x");
    std::filesystem::remove_all(folder.path() / "graph");
  }
  SECTION("interrupted") {
    int calls = 0;
    glossa::OpenvinoExportOptions options;
    options.check = [&] {
      if (++calls > 20) throw glossa::Error(glossa::ErrorKind::cancelled, {});
    };
    CHECK(fails(model, folder.path() / "graph", options).kind() == glossa::ErrorKind::cancelled);
  }
  SECTION("a disk that is full") {
    const glossa::detail::ExportModel opened(model);
    std::filesystem::create_directory(folder.path() / "target");
    const auto error = test::error_of([&] {
      test::with_full_disk(50000, [&] {
        (void)glossa::detail::write_openvino(opened, folder.path() / "target/openvino_model.xml", {});
      });
    });
    CHECK(error.kind() == glossa::ErrorKind::io);
    CHECK(test::says(error, "disk full"));
    CHECK(std::filesystem::is_empty(folder.path() / "target"));
    std::filesystem::remove_all(folder.path() / "target");
  }
  CHECK(entries() == std::set<std::string>{"model"});
}
