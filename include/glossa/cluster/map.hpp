// Places in a plane, texts and clusters come in; a page that shows them goes out, in one file.
#pragma once

#include <glossa/cluster/map_content.hpp>
#include <glossa/core/linkage.hpp>

#include <string>

namespace glossa {

/// A map as an HTML page: points coloured by cluster, with a legend, their texts on hovering, a search box, pan and
/// zoom; light or dark as the system is. It needs nothing beside itself: the browser is told to load nothing. Made for
/// up to some 100,000 points. Bytes that are not UTF-8 count as U+FFFD, and coordinates are rounded to 1/65535 of the
/// map. Errors: `invalid_argument` where the numbers of things differ, for labels that summarize_clusters() would not
/// take, and for NaN.
[[nodiscard]] std::string map_html(const MapContent& content);

/// The same as a picture, an SVG file of its own, with a legend, and texts on hovering where a browser shows it. Its
/// size grows with the points: made for up to some 10,000 of them. Errors: as map_html().
[[nodiscard]] std::string map_svg(const MapContent& content);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/cluster/map_impl.hpp>
#endif
