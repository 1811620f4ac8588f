#include "catch.hpp"
#include "export_faults.hpp"

#include <glossa/export/model.hpp>
#include <glossa/export/openvino.hpp>

#include <filesystem>

namespace {

struct Openvino {
  using Options = glossa::OpenvinoExportOptions;
  static constexpr const char* kGraph = "openvino_model.xml";
  static void save(const std::filesystem::path& from, const std::filesystem::path& to, const Options& options) {
    (void)glossa::export_openvino(from, to, options);
  }
  static void write(const glossa::detail::ExportModel& model, const std::filesystem::path& path) {
    (void)glossa::detail::write_openvino(model, path, {});
  }
};

}  // namespace

TEST_CASE("OpenVINO: what cannot be exported leaves nothing behind", "[export]") {
  test::check_export_faults<Openvino>();
}
