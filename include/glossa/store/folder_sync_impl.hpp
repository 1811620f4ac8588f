// Definitions of folder_sync.hpp; see store_linkage.hpp.
#pragma once

#include <glossa/core/file_reader.hpp>
#include <glossa/core/hash64.hpp>
#include <glossa/store/document_store_impl.hpp>
#include <glossa/store/folder_sync.hpp>
#include <glossa/text/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace glossa {

namespace detail {

/// One sync.
class FolderSync {
 public:
  FolderSync(DocumentStore& store, std::filesystem::path folder, const SyncOptions& options)
      : store_(store), folder_(std::move(folder)), options_(options) {
    if (!options_.source.empty()) return;
    std::filesystem::path source = std::filesystem::absolute(folder_).lexically_normal();
    if (!source.has_filename() && source.has_relative_path()) source = source.parent_path();  // "notes/" is "notes"
    options_.source = path_text(source);
  }

  SyncReport run() {
    find_files();
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (options_.stop.stop_requested())
        throw Error(ErrorKind::cancelled, {.file = path_text(folder_),
                                           .problem = "the sync was stopped after " + std::to_string(i) + " of " +
                                                      std::to_string(files_.size()) + " files",
                                           .remedy = "sync again to go on from there"});
      look_at(files_[i]);
      looked_at_ = i + 1;
      if (waiting_.size() >= kBatch || waiting_bytes_ >= kBatchBytes) flush();
      if (options_.progress) options_.progress({i + 1, files_.size(), 0});
    }
    flush();
    remove_gone();
    return std::move(report_);
  }

 private:
  static constexpr std::size_t kBatch = 32;
  static constexpr std::size_t kBatchBytes = std::size_t{8} << 20;

  struct File {
    std::string id;
    std::filesystem::path path;
  };

  /// In order of their ids. Folders that cannot be read are named, and count as all of their documents.
  void find_files() {
    std::error_code code;
    if (!std::filesystem::is_directory(folder_, code))
      throw Error(ErrorKind::not_found,
                  {.file = path_text(folder_), .problem = "there is no such folder", .remedy = "check the path"});
    std::vector<std::filesystem::path> folders{folder_};
    while (!folders.empty()) {
      const std::filesystem::path folder = std::move(folders.back());
      folders.pop_back();
      std::filesystem::directory_iterator it(folder, code);
      for (; !code && it != std::filesystem::directory_iterator(); it.increment(code)) {
        std::error_code own;
        const std::filesystem::path& path = it->path();
        const std::filesystem::file_type type = it->status(own).type();
        if (own && type != std::filesystem::file_type::not_found && own != std::errc::too_many_symbolic_link_levels)
          pass_over(path, own.message());  // it is there, and may be a file or a folder
        else if (type == std::filesystem::file_type::directory && !it->is_symlink(own))
          folders.push_back(path);
        else if (type == std::filesystem::file_type::regular && is_wanted(path))
          files_.push_back({id_of(path), path});
      }
      if (!code) continue;
      if (folder == folder_)
        throw Error(ErrorKind::io, {.file = path_text(folder_),
                                    .problem = "cannot read the folder: " + code.message(),
                                    .remedy = "check that it may be read"});
      pass_over(folder, code.message());
    }
    std::sort(files_.begin(), files_.end(), [](const File& a, const File& b) { return a.id < b.id; });
    report_.files = files_.size();
  }

  /// Documents of what cannot be read stay as they are.
  void pass_over(const std::filesystem::path& path, std::string problem) {
    report_.problems.push_back({path_text(path), std::move(problem)});
    kept_.insert(id_of(path));
    unreadable_.push_back(id_of(path) + "/");
  }

  [[nodiscard]] std::string id_of(const std::filesystem::path& path) const {
    const std::u8string relative = path.lexically_relative(folder_).generic_u8string();
    return options_.prefix + std::string(relative.begin(), relative.end());
  }
  [[nodiscard]] static std::string extension_of(const std::filesystem::path& path) {
    const std::u8string raw = path.extension().u8string();
    std::string out(raw.begin(), raw.end());
    for (char& c : out)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return out;
  }
  [[nodiscard]] bool is_wanted(const std::filesystem::path& path) const {
    return std::find(options_.extensions.begin(), options_.extensions.end(), extension_of(path)) !=
           options_.extensions.end();
  }

  void look_at(const File& file) {
    Document document;
    document.id = file.id;
    try {
      require_id(file.id);
      const FileReader reader(file.path);
      if (reader.size() > options_.most_bytes)
        throw Error(ErrorKind::io,
                    {.file = path_text(file.path),
                     .problem = "the file is larger than " + std::to_string(options_.most_bytes) + " bytes"});
      document.text.resize(static_cast<std::size_t>(reader.size()));
      reader.read(0, document.text.data(), document.text.size());
      require_text(file.path, document.text);
    } catch (const Error& error) {
      report_.problems.push_back({path_text(file.path), error.what()});
      kept_.insert(file.id);
      return;
    }
    kept_.insert(file.id);
    if (document.text.starts_with(kByteOrderMark)) document.text.replace(0, kByteOrderMark.size(), 3, ' ');
    Hash64 hash;
    hash.add(document.text.data(), document.text.size());
    DocumentSource source{options_.source, hex_text(hash.value()) + metadata_hash()};
    const auto [known, owner] = known_hash(file.id);
    if (!known.empty() && owner == options_.source && known == source.hash) {
      ++report_.unchanged;
      return;
    }
    if (owner != options_.source && is_there_) {
      report_.problems.push_back({path_text(file.path), "the store has a document " + file.id +
                                                            " that did not come from this folder (sync it with a "
                                                            "prefix, or into another store)"});
      return;
    }
    ++(is_there_ ? report_.changed : report_.added);
    const std::string extension = extension_of(file.path);
    if (extension == ".md" || extension == ".markdown") {
      document.format = TextFormat::markdown;
      document.title = first_heading(document.text);
    }
    if (document.title.empty()) {
      const std::u8string stem = file.path.stem().u8string();
      document.title.assign(stem.begin(), stem.end());
    }
    document.metadata = options_.metadata;
    document.metadata.insert_or_assign("path", file.id);
    waiting_bytes_ += document.text.size();
    waiting_.push_back(std::move(document));
    sources_.push_back(std::move(source));
  }

  static constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

  /// Other encodings, and what is no text, would be stored as signs that nothing finds. Errors: `invalid_argument`.
  static void require_text(const std::filesystem::path& path, std::string_view text) {
    const bool is_utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
    std::size_t at = 0;
    while (at < text.size() && text[at] != '\0') {
      const Utf8Step step = utf8_step(text, at);
      if (!step.valid) break;
      at += step.length;
    }
    if (at == text.size()) return;
    throw Error(ErrorKind::invalid_argument,
                {.file = path_text(path),
                 .problem = is_utf16 ? "the file is UTF-16" : "the file is not text in UTF-8",
                 .expected = "UTF-8",
                 .found = "byte " + std::to_string(static_cast<unsigned char>(text[at])) + " at " + std::to_string(at),
                 .remedy = "convert it to UTF-8"});
  }

  /// Of the metadata that all documents are given: others are a change, too.
  [[nodiscard]] std::string metadata_hash() const {
    if (options_.metadata.empty()) return {};
    const std::string text = metadata_json(options_.metadata);
    Hash64 hash;
    hash.add(text.data(), text.size());
    return hex_text(hash.value());
  }

  static std::string first_heading(std::string_view text) {
    for (const TextSection& section : markdown_sections(text))
      if (!section.body_context.empty()) {
        const std::string& path = section.body_context;
        std::string title = path.substr(0, path.find(" > "));
        if (title.find('\0') == std::string::npos && is_valid_utf8(title)) return title;
      }
    return {};
  }

  /// Hash and source of a document; sets is_there_.
  std::pair<std::string, std::string> known_hash(const std::string& id) {
    StoreCore& core = store_.parts().core();
    return core.read([&]() -> std::pair<std::string, std::string> {
      SqliteRows row = core.database().statements().source_hash.rows(id);
      is_there_ = row.next();
      if (!is_there_) return {};
      return {std::string(row.text(0)), std::string(row.text(1))};
    });
  }

  void flush() {
    if (waiting_.empty()) return;
    ProgressCallback progress;
    if (options_.progress)
      progress = [&](const Progress& own) { options_.progress({looked_at_, files_.size(), own.tokens}); };
    store_.parts().writer().put(waiting_, sources_, {.progress = progress, .stop = options_.stop});
    waiting_.clear();
    sources_.clear();
    waiting_bytes_ = 0;
  }

  void remove_gone() {
    StoreCore& core = store_.parts().core();
    std::vector<std::string> gone;
    core.read([&] {
      for (SqliteRows row = core.database().statements().of_source.rows(options_.source); row.next();) {
        std::string id(row.text(0));
        const bool unknown = std::any_of(unreadable_.begin(), unreadable_.end(),
                                         [&](const std::string& folder) { return id.starts_with(folder); });
        if (!unknown && !kept_.contains(id)) gone.push_back(std::move(id));
      }
    });
    if (!gone.empty()) report_.removed = store_.remove(gone);
  }

  DocumentStore& store_;
  std::filesystem::path folder_;
  SyncOptions options_;
  SyncReport report_;
  std::vector<File> files_;
  std::set<std::string> kept_;
  std::vector<std::string> unreadable_;  ///< folders, with a '/' at the end
  std::vector<Document> waiting_;
  std::vector<DocumentSource> sources_;
  std::size_t waiting_bytes_ = 0;
  std::size_t looked_at_ = 0;
  bool is_there_ = false;
};

}  // namespace detail

GLOSSA_STORE_INLINE SyncReport sync_folder(DocumentStore& store, const std::filesystem::path& folder,
                                           const SyncOptions& options) {
  return detail::FolderSync(store, folder, options).run();
}

}  // namespace glossa
