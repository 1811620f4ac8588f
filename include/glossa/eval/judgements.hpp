// Which documents answer a query, and how well, as people judged it.
#pragma once

#include <functional>
#include <map>
#include <string>

namespace glossa {

/// The relevance of each document that was judged for one query, by the document's id: above 0 relevant, the more the
/// better; 0 or below, not. Found by std::string_view without a copy.
using Judgements = std::map<std::string, int, std::less<>>;

}  // namespace glossa
