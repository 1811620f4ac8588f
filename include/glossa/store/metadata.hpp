// What is known of a document besides its text: named values of a few types.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace glossa {

/// A value of a document's metadata. Whole and other numbers compare with each other as numbers.
using MetadataValue = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;

/// Values by name. Names are UTF-8, not empty, and hold no control characters.
using Metadata = std::map<std::string, MetadataValue, std::less<>>;

}  // namespace glossa
