// Documents come in; two compact blocks of bytes for an index's file go out, from which each can be read in place.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/search/index.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tool {

/// What was indexed, as the user gave it. `id` is the user's; the index knows the document by a number, its key.
template <class String>
struct BasicDocument {
  String id;
  String title;
  String text;
};
using Document = BasicDocument<std::string>;
using DocumentView = BasicDocument<std::string_view>;

/// The layout: "docids" is this header and an entry a document, by ascending key; "docs" holds the bytes of id, title
/// and text, one after another, at each entry's offset. Numbers are little-endian, as everywhere in the file.
struct DocumentHeader {
  std::uint32_t version = 1;
  std::uint32_t entry_bytes = 32;
  std::uint64_t count = 0;
  std::uint64_t next_key = 0;  ///< keys are counted, and never used again
  std::uint64_t reserved = 0;
};
struct DocumentEntry {
  std::uint64_t key = 0;
  std::uint64_t offset = 0;
  std::uint32_t id_bytes = 0;
  std::uint32_t title_bytes = 0;
  std::uint64_t text_bytes = 0;
};
static_assert(sizeof(DocumentHeader) == 32 && sizeof(DocumentEntry) == 32);

inline constexpr const char* kDocumentTexts = "docs";
inline constexpr const char* kDocumentEntries = "docids";
inline constexpr std::uint64_t kMostDocumentKeys = std::uint64_t{1} << 62;

/// The documents in a mapped file, which must outlive this. Nothing is believed: what lies outside of the bytes is an
/// Error of kind corrupt_file.
class DocumentTable {
 public:
  /// `file` names the index in errors.
  template <class Index>
  DocumentTable(const Index& index, std::string file)
      : texts_(index.attachment(kDocumentTexts)), entries_(index.attachment(kDocumentEntries)), file_(std::move(file)) {
    if (entries_.empty()) return;
    if (entries_.size() < sizeof header_) damaged("their table is too short");
    std::memcpy(&header_, entries_.data(), sizeof header_);
    entries_ = entries_.subspan(sizeof header_);
    if (header_.version != 1 || header_.entry_bytes != sizeof(DocumentEntry))
      throw glossa::Error(glossa::ErrorKind::unsupported, {.file = file_,
                                                           .field = "documents",
                                                           .problem = "another version of this program wrote them",
                                                           .remedy = "build the index again"});
    if (entries_.size() % sizeof(DocumentEntry) != 0 || entries_.size() / sizeof(DocumentEntry) != header_.count)
      damaged("their table has another size than their number");
    if (header_.next_key > kMostDocumentKeys) damaged("their keys are too large");
    has_documents_ = true;
  }

  /// Whether the file has documents, be it none; one of another program's may have vectors alone.
  [[nodiscard]] bool has_documents() const noexcept { return has_documents_; }
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(header_.count); }
  [[nodiscard]] std::uint64_t next_key() const noexcept { return header_.next_key; }
  [[nodiscard]] const std::string& file() const noexcept { return file_; }

  [[nodiscard]] DocumentEntry entry(std::size_t i) const noexcept {
    DocumentEntry out;
    std::memcpy(&out, entries_.data() + i * sizeof out, sizeof out);
    return out;
  }

  [[nodiscard]] DocumentView view(const DocumentEntry& entry) const {
    std::uint64_t left = texts_.size();
    for (const std::uint64_t bytes :
         {entry.offset, std::uint64_t{entry.id_bytes}, std::uint64_t{entry.title_bytes}, entry.text_bytes}) {
      if (bytes > left) damaged("one lies outside of their texts");
      left -= bytes;
    }
    const std::string_view all(reinterpret_cast<const char*>(texts_.data()), texts_.size());
    const std::string_view own = all.substr(static_cast<std::size_t>(entry.offset));
    const std::size_t text = std::size_t{entry.id_bytes} + entry.title_bytes;
    return {own.substr(0, entry.id_bytes), own.substr(entry.id_bytes, entry.title_bytes),
            own.substr(text, static_cast<std::size_t>(entry.text_bytes))};
  }

  /// The document of a key, which the index gave.
  [[nodiscard]] DocumentView at(std::uint64_t key) const {
    std::size_t first = 0;
    for (std::size_t count = size(); count > 0;) {
      const std::size_t half = count / 2;
      if (entry(first + half).key < key) {
        first += half + 1;
        count -= half + 1;
      } else {
        count = half;
      }
    }
    if (first == size() || entry(first).key != key) damaged("a vector belongs to none of them");
    return view(entry(first));
  }

  [[noreturn]] void damaged(const std::string& problem) const {
    throw glossa::Error(glossa::ErrorKind::corrupt_file,
                        {.file = file_, .field = "documents", .problem = problem, .remedy = "build the index again"});
  }

 private:
  std::span<const std::byte> texts_;
  std::span<const std::byte> entries_;
  std::string file_;
  DocumentHeader header_;
  bool has_documents_ = false;
};

/// Documents that come and go, by their ids.
class DocumentBook {
 public:
  DocumentBook() = default;
  /// Takes over what a file has. Errors: `corrupt_file`.
  explicit DocumentBook(const DocumentTable& table) : next_key_(table.next_key()) {
    for (std::size_t i = 0; i < table.size(); ++i) {
      const DocumentEntry entry = table.entry(i);
      const bool is_next = entry.key < next_key_ && (entries_.empty() || entry.key > entries_.back().key);
      if (!is_next) table.damaged("their keys are out of order");
      const DocumentView document = table.view(entry);
      if (!places_.emplace(document.id, entries_.size()).second) table.damaged("two have one id");
      entries_.push_back(written(entry.key, document));
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

  [[nodiscard]] std::optional<std::uint64_t> find(const std::string& id) const {
    const auto place = places_.find(id);
    return place == places_.end() ? std::nullopt : std::optional(entries_[place->second].key);
  }

  /// Adds a document, in place of the one with its id if there is one, and returns its key.
  std::uint64_t put(const Document& document) {
    const auto [place, is_new] = places_.try_emplace(document.id, entries_.size());
    if (is_new) entries_.push_back({.key = next_key_++});
    DocumentEntry& entry = entries_[place->second];
    unused_ += bytes_of(entry);
    entry = written(entry.key, {document.id, document.title, document.text});
    return entry.key;
  }

  /// Its key, where it was there.
  std::optional<std::uint64_t> remove(const std::string& id) {
    const auto place = places_.find(id);
    if (place == places_.end()) return std::nullopt;
    DocumentEntry& entry = entries_[place->second];
    const std::uint64_t key = std::exchange(entry.key, kGone);
    unused_ += bytes_of(entry);
    places_.erase(place);
    return key;
  }

  /// The two blocks, for AnyIndex::save(). They lie in this object, and hold until it is changed.
  [[nodiscard]] glossa::IndexAttachments attachments() {
    DocumentHeader header;
    header.next_key = next_key_;
    std::string texts;  // without what was removed, where something was
    table_.assign(sizeof header, std::byte{});
    for (DocumentEntry entry : entries_) {
      if (entry.key == kGone) continue;
      const auto bytes = static_cast<std::size_t>(bytes_of(entry));
      const auto from =
          static_cast<std::size_t>(std::exchange(entry.offset, unused_ > 0 ? texts.size() : entry.offset));
      if (unused_ > 0) texts.append(texts_, from, bytes);
      const auto row = std::as_bytes(std::span(&entry, 1));
      table_.insert(table_.end(), row.begin(), row.end());
      ++header.count;
    }
    std::memcpy(table_.data(), &header, sizeof header);
    if (unused_ > 0) compact_ = std::move(texts);
    const std::string& all = unused_ > 0 ? compact_ : texts_;
    return {{kDocumentTexts, std::as_bytes(std::span(all))}, {kDocumentEntries, table_}};
  }

 private:
  static constexpr std::uint64_t kGone = std::numeric_limits<std::uint64_t>::max();

  static std::uint64_t bytes_of(const DocumentEntry& entry) noexcept {
    return std::uint64_t{entry.id_bytes} + entry.title_bytes + entry.text_bytes;
  }

  DocumentEntry written(std::uint64_t key, const DocumentView& document) {
    constexpr std::size_t kMostBytes = std::numeric_limits<std::uint32_t>::max();
    if (document.id.size() > kMostBytes || document.title.size() > kMostBytes)
      throw glossa::Error(glossa::ErrorKind::invalid_argument,
                          {.field = "id or title", .expected = "at most " + std::to_string(kMostBytes) + " bytes"});
    const DocumentEntry entry{.key = key,
                              .offset = texts_.size(),
                              .id_bytes = static_cast<std::uint32_t>(document.id.size()),
                              .title_bytes = static_cast<std::uint32_t>(document.title.size()),
                              .text_bytes = document.text.size()};
    texts_.append(document.id).append(document.title).append(document.text);
    return entry;
  }

  std::uint64_t next_key_ = 0;
  std::uint64_t unused_ = 0;  // bytes of texts_ that belong to no document any more
  std::string texts_;
  std::vector<DocumentEntry> entries_;
  std::unordered_map<std::string, std::size_t> places_;  // in entries_, by id
  std::vector<std::byte> table_;
  std::string compact_;
};

}  // namespace tool
