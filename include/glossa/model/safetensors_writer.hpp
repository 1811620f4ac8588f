// Tensors come in one after another; a safetensors file appears when the last one is written.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/model/safetensors_plan.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {

/// Writes a safetensors file as a stream: the plan fixes names, types and shapes, then the data follow in the plan's
/// order. The target is replaced only in finish(), and is left alone when that is not reached.
class SafetensorsWriter {
 public:
  /// Errors: `invalid_argument` for a name that stands twice, is reserved or not UTF-8, and for sizes that overflow;
  /// `io`.
  SafetensorsWriter(const std::filesystem::path& path, const std::vector<TensorPlan>& plan,
                    const std::map<std::string, std::string>& metadata = {{"format", "pt"}})
      : file_(path), name_(detail::path_text(path)) {
    const detail::PlannedHeader header = detail::planned_header(plan, metadata, name_);
    file_.write(header.bytes);
    end_ = file_.written() + header.data_size;
  }

  /// The next bytes of data; tensors may be written in several pieces.
  void write(std::span<const std::byte> data) {
    if (data.size() > end_ - file_.written())
      throw Error(ErrorKind::invalid_argument, {.file = name_,
                                                .problem = "more data than the plan has room for",
                                                .remedy = "write what the plan says, no more"});
    file_.write(data.data(), data.size());
  }

  /// Puts the file in place, once; every planned byte must have been written.
  void finish() {
    if (finished_) detail::refuse_plan(name_, "", "the file is finished already");
    if (file_.written() != end_)
      throw Error(ErrorKind::invalid_argument, {.file = name_,
                                                .problem = "less data than planned",
                                                .expected = std::to_string(end_) + " bytes",
                                                .found = std::to_string(file_.written()),
                                                .remedy = "write every tensor of the plan before finish()"});
    finished_ = true;
    file_.commit();
  }

 private:
  detail::AtomicFile file_;
  std::string name_;
  std::uint64_t end_ = 0;
  bool finished_ = false;
};

}  // namespace glossa
