// The parts of a store of Faiss come in; a folder goes out whose parts belong together, whenever the writer is stopped.
#pragma once

#include <glossa/core/atomic_file.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/file_reader.hpp>
#include <glossa/core/hash64.hpp>
#include <glossa/core/json.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <system_error>
#include <utility>

namespace glossa::detail {

/// store.json names the files of one state, with their sizes and hashes; it is replaced last, by a rename. Files that
/// it does not name are of saves that were not finished, or of the state before.
class FaissFiles {
 public:
  static constexpr std::array<const char*, 3> kParts = {"index", "records", "vectors"};

  explicit FaissFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  [[nodiscard]] std::filesystem::path manifest() const { return folder_ / "store.json"; }

  /// Names for the parts of a new state, which no other save has.
  [[nodiscard]] Json new_names() const {
    std::random_device random;
    const std::string tag = hex_text(std::uint64_t{random()} << 32 | random());
    return {{"index", "index-" + tag + ".faiss"},
            {"records", "records-" + tag + ".jsonl"},
            {"vectors", "vectors-" + tag + ".npy"}};
  }

  [[nodiscard]] std::filesystem::path path_of(const Json& names, const char* part) const {
    return folder_ / names.at(part).get<std::string>();
  }

  /// Puts the state in place whose files are written, and removes the files of the one before.
  void commit(Json names, Json about) const {
    const Json before = is_there(manifest()) ? old_names() : Json::object();
    for (const char* part : kParts) {
      const FileReader file(path_of(names, part));
      about["files"][part] = {{"name", names[part]}, {"bytes", file.size()}, {"hash", hex_text(hash_of(file))}};
    }
    AtomicFile out(manifest());
    out.write(about.dump(1) + "\n");
    out.commit();
    for (const auto& [part, name] : before.items()) discard(name.get<std::string>());
  }

  void discard(const std::string& name) const {
    std::error_code ignored;
    std::filesystem::remove(folder_ / name, ignored);
  }
  void discard_all(const Json& names) const {
    for (const auto& [part, name] : names.items()) discard(name.get<std::string>());
  }

  /// The manifest, its files all there and unchanged. Errors: `corrupt_file`, `not_found`.
  [[nodiscard]] Json checked() const {
    Json about = read_json(manifest());
    const std::string file = path_text(manifest());
    const JsonFields fields(about, file);
    if (fields.string("format") != "glossa-faiss" || fields.size("version", 1, 1) != 1)
      fields.wrong("format", "glossa-faiss", about.at("format"), "this is no store of Faiss");
    const auto files = fields.object("files");
    for (const char* part : kParts) {
      const auto one = files ? files->object(part) : std::nullopt;
      if (!one) throw Error(ErrorKind::corrupt_file, {.file = file, .field = "files", .problem = "incomplete"});
      const std::string name = one->string("name");
      if (name.empty() || name != std::filesystem::path(name).filename().string() || name.front() == '.')
        one->wrong("name", "a file's name", one->at("name"), "restore the folder");
      const FileReader reader(folder_ / name);
      if (hex_text(hash_of(reader)) != one->string("hash"))
        throw Error(ErrorKind::corrupt_file, {.file = path_text(folder_ / name),
                                              .problem = "the file changed after it was saved",
                                              .remedy = "restore the folder, or make the store anew"});
    }
    return about;
  }

 private:
  [[nodiscard]] Json old_names() const {
    Json out = Json::object();
    try {
      const Json about = read_json(manifest());
      for (const char* part : kParts) {
        const auto name = about.at("files").at(part).at("name").get<std::string>();
        if (name == std::filesystem::path(name).filename().string()) out[part] = name;
      }
    } catch (const std::exception&) {  // what it named is not known, and stays
    }
    return out;
  }

  std::filesystem::path folder_;
};

}  // namespace glossa::detail
