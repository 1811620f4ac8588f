// Records come in; columns of Milvus go out, and the reverse.
#pragma once

#include <glossa/core/error.hpp>
#include <glossa/store/connectors/metadata_json.hpp>
#include <glossa/store/connectors/metadata_tags.hpp>
#include <glossa/store/connectors/milvus_filter.hpp>
#include <glossa/store/connectors/milvus_options.hpp>
#include <glossa/store/vector_store.hpp>

#include <milvus_wire.pb.h>

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace glossa::detail {

namespace wire = glossa::milvus_wire;

/// Milvus's DataType and PlaceholderType.
enum MilvusType : int {
  kMilvusInt64 = 5,
  kMilvusVarChar = 21,
  kMilvusArray = 22,
  kMilvusJson = 23,
  kMilvusVector = 101
};

/// One of the primary keys of a collection: an id in its name space, in plain ASCII.
[[nodiscard]] inline std::string milvus_key(const std::string& name_space, const std::string& id) {
  return (name_space.empty() ? "" : name_space + "/") + percent_encoded(id);
}

[[nodiscard]] inline std::string milvus_schema(const MilvusOptions& options) {
  wire::CollectionSchema schema;
  schema.set_name(options.connection.collection);
  schema.set_description("glossa");
  const auto add = [&](const char* name, int type, const char* parameter, std::size_t value) -> wire::FieldSchema& {
    wire::FieldSchema& field = *schema.add_fields();
    field.set_name(name);
    field.set_data_type(type);
    if (parameter != nullptr) {
      wire::KeyValuePair& pair = *field.add_type_params();
      pair.set_key(parameter);
      pair.set_value(std::to_string(value));
    }
    return field;
  };
  add("pk", kMilvusVarChar, "max_length", 2048).set_is_primary_key(true);
  add("id", kMilvusVarChar, "max_length", 512);
  add("name_space", kMilvusVarChar, "max_length", 256).set_is_partition_key(true);
  add("embedding", kMilvusVector, "dim", options.connection.dims);
  add("body", kMilvusVarChar, "max_length", kLongestMilvusText);
  add("metadata", kMilvusJson, nullptr, 0);
  add("odd", kMilvusJson, nullptr, 0);
  wire::FieldSchema& tags = add("tags", kMilvusArray, "max_length", 256);
  tags.set_element_type(kMilvusVarChar);
  wire::KeyValuePair& most = *tags.add_type_params();
  most.set_key("max_capacity");
  most.set_value(std::to_string(kMostMilvusTags));
  return schema.SerializeAsString();
}

/// Errors: `invalid_argument` for more than Milvus keeps of a record.
inline void require_for_milvus(const VectorRecord& record) {
  const auto refuse = [&](const char* what, std::size_t most, std::size_t found) {
    throw Error(
        ErrorKind::invalid_argument,
        {.field = what + record.id, .expected = "at most " + std::to_string(most), .found = std::to_string(found)});
  };
  if (record.text.size() > kLongestMilvusText) refuse("bytes of the text of ", kLongestMilvusText, record.text.size());
  const std::size_t json = json_text_of(record.metadata).size();
  if (json > kLongestMilvusJson) refuse("bytes, as JSON, of the metadata of ", kLongestMilvusJson, json);
  std::size_t tags = 2 * record.metadata.size();
  for (const auto& [name, value] : record.metadata)
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) tags += list->size();
  if (tags > kMostMilvusTags) refuse("values, with those of lists, in the metadata of ", kMostMilvusTags, tags);
}

inline void put_milvus_rows(wire::UpsertRequest& request, std::span<const VectorRecord* const> records,
                            const std::string& name_space, std::size_t dims) {
  const auto column = [&](const char* name, int type) {
    wire::FieldData* field = request.add_fields_data();
    field->set_field_name(name);
    field->set_type(type);
    return field;
  };
  auto* keys = column("pk", kMilvusVarChar)->mutable_scalars()->mutable_string_data();
  auto* ids = column("id", kMilvusVarChar)->mutable_scalars()->mutable_string_data();
  auto* spaces = column("name_space", kMilvusVarChar)->mutable_scalars()->mutable_string_data();
  auto* vectors = column("embedding", kMilvusVector)->mutable_vectors();
  vectors->set_dim(static_cast<std::int64_t>(dims));
  auto* texts = column("body", kMilvusVarChar)->mutable_scalars()->mutable_string_data();
  auto* metadata = column("metadata", kMilvusJson)->mutable_scalars()->mutable_json_data();
  auto* odd = column("odd", kMilvusJson)->mutable_scalars()->mutable_json_data();
  auto* tags = column("tags", kMilvusArray)->mutable_scalars()->mutable_array_data();
  tags->set_element_type(kMilvusVarChar);
  for (const VectorRecord* record : records) {
    keys->add_data(milvus_key(name_space, record->id));
    ids->add_data(record->id);
    spaces->add_data(name_space);
    for (const float x : record->vector) vectors->mutable_float_vector()->add_data(x);
    texts->add_data(record->text);
    metadata->add_data(json_text_of(record->metadata));
    Metadata odd_fields;
    for (const auto& [name, value] : record->metadata)
      if (!is_path_name(name) && (type_letter(value) == 'n' || type_letter(value) == 's'))
        odd_fields[odd_key(name)] = value;
    odd->add_data(json_text_of(odd_fields));
    auto* words = tags->add_data()->mutable_string_data();
    for (const std::string& tag : tags_of(record->metadata)) words->add_data(tag);
  }
  request.set_num_rows(static_cast<std::uint32_t>(records.size()));
}

/// Columns of an answer by name.
class MilvusColumns {
 public:
  using Fields = google::protobuf::RepeatedPtrField<wire::FieldData>;
  MilvusColumns(const Fields& fields, const std::string& address) : fields_(&fields), address_(&address) {}

  [[nodiscard]] std::size_t rows() const {
    return fields_->empty() ? 0 : static_cast<std::size_t>(column("id").scalars().string_data().data_size());
  }
  [[nodiscard]] const std::string& text(const char* name, std::size_t row) const {
    const auto& data = column(name).scalars().string_data().data();
    return data[checked(row, data.size())];
  }
  [[nodiscard]] Metadata metadata(std::size_t row) const {
    const auto& data = column("metadata").scalars().json_data().data();
    return stored_metadata(parse_json(data[checked(row, data.size())], *address_), *address_);
  }
  [[nodiscard]] std::vector<float> vector(std::size_t row, std::size_t dims) const {
    const auto& data = column("embedding").vectors().float_vector().data();
    const auto size = static_cast<int>(dims);
    const int first = checked(row, dims == 0 ? 0 : data.size() / size) * size;
    return {data.begin() + first, data.begin() + first + size};
  }
  [[nodiscard]] std::int64_t number(const char* name) const {
    const auto& data = column(name).scalars().long_data().data();
    return data[checked(0, data.size())];
  }

 private:
  [[nodiscard]] const wire::FieldData& column(const char* name) const {
    for (const wire::FieldData& field : *fields_)
      if (field.field_name() == name) return field;
    throw Error(ErrorKind::io, {.file = *address_, .field = name, .problem = "the answer lacks a column"});
  }
  [[nodiscard]] int checked(std::size_t row, int size) const {
    if (row >= static_cast<std::size_t>(size))
      throw Error(ErrorKind::io, {.file = *address_, .problem = "the answer's columns have different lengths"});
    return static_cast<int>(row);
  }

  const Fields* fields_;
  const std::string* address_;
};

/// A query of Search: its numbers as they lie in memory, little-endian.
[[nodiscard]] inline std::string milvus_query(std::span<const float> query) {
  wire::PlaceholderGroup group;
  wire::PlaceholderValue& value = *group.add_placeholders();
  value.set_tag("$0");
  value.set_type(kMilvusVector);
  std::string bytes(query.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), query.data(), bytes.size());
  value.add_values(bytes);
  return group.SerializeAsString();
}

}  // namespace glossa::detail
