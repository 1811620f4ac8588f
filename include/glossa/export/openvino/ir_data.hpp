// Constants come in; the file of their bytes that lies beside an OpenVINO graph goes out, made piece by piece.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/export/graph.hpp>
#include <glossa/export/openvino/ir_type.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa::detail {

/// Where a tensor lies in the file.
struct IrPiece {
  std::string name;
  IrType type;
  Shape shape;
  std::function<void(const GraphSink&)> write;
  std::uint64_t offset = 0;

  [[nodiscard]] std::uint64_t bytes() const { return ir_bytes(type, shape); }
};

/// The pieces in the order of the file.
class IrData {
 public:
  /// Tensors begin at multiples of it, so that a runtime can use them where the file is mapped.
  static constexpr std::uint64_t kAlignment = 64;

  /// Puts a piece behind the others. Names are used once.
  const IrPiece& add(IrPiece piece) {
    piece.offset = (end_ + kAlignment - 1) / kAlignment * kAlignment;
    end_ = piece.offset + piece.bytes();
    known_.emplace(piece.name, pieces_.size());
    pieces_.push_back(std::move(piece));
    return pieces_.back();
  }

  /// The piece of this name, or nullptr.
  [[nodiscard]] const IrPiece* find(const std::string& name) const {
    const auto found = known_.find(name);
    return found == known_.end() ? nullptr : &pieces_[found->second];
  }
  [[nodiscard]] const IrPiece& at(const std::string& name) const { return pieces_[known_.at(name)]; }

  /// Writes the file, and calls check() before each piece; its size. Errors: `io`.
  std::uint64_t write(const std::filesystem::path& path, const std::function<void()>& check) const {
    AtomicFile file(path);
    for (const IrPiece& piece : pieces_) {
      if (check) check();
      const std::string padding(static_cast<std::size_t>(piece.offset - file.written()), '\0');
      file.write(padding);
      piece.write([&](std::span<const std::byte> bytes) { file.write(bytes.data(), bytes.size()); });
      if (file.written() != piece.offset + piece.bytes())
        throw Error(ErrorKind::invalid_argument, {.field = piece.name,
                                                  .problem = "a constant has not the size that its shape tells",
                                                  .expected = std::to_string(piece.bytes()) + " bytes",
                                                  .found = std::to_string(file.written() - piece.offset)});
    }
    file.commit();
    return file.written();
  }

 private:
  std::vector<IrPiece> pieces_;
  std::map<std::string, std::size_t> known_;
  std::uint64_t end_ = 0;
};

}  // namespace glossa::detail
