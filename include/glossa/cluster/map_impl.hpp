// Definitions of map_html and map_svg; see core/linkage.hpp.
#pragma once

#include <glossa/cluster/map.hpp>
#include <glossa/cluster/map_escape.hpp>
#include <glossa/cluster/map_page_controls.hpp>
#include <glossa/cluster/map_page_script.hpp>
#include <glossa/cluster/map_page_style.hpp>
#include <glossa/cluster/map_picture.hpp>
#include <glossa/cluster/map_scene.hpp>
#include <glossa/core/linkage.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace glossa {
namespace detail {

template <class Values>
void append_numbers(std::string& out, const char* name, const Values& values) {
  (out += "\"") += name;
  out += "\":[";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    out += std::to_string(values[i]);
  }
  out += "],\n";
}

/// The data of the page's script.
[[nodiscard]] inline std::string scene_json(const MapScene& scene, const MapContent& content) {
  std::string out = "{";
  append_numbers(out, "x", scene.x);
  append_numbers(out, "y", scene.y);
  append_numbers(out, "labels", content.labels);
  append_numbers(out, "marks", scene.marks);
  append_numbers(out, "order", scene.by_size);
  out += "\"noise\":" + std::to_string(scene.noise) + ",\n\"clusters\":[";
  for (std::size_t c = 0; c < scene.clusters.size(); ++c) {
    const SceneCluster& cluster = scene.clusters[c];
    out += c > 0 ? ",\n{\"name\":" : "{\"name\":";
    append_json_string(out, cluster.name);
    out += ",\"short\":";
    append_json_string(out, cluster.short_name);
    out += ",\"light\":\"" + cluster.color.light + "\",\"dark\":\"" + cluster.color.dark +
           "\",\"size\":" + std::to_string(cluster.size) + ",\"place\":" + std::to_string(cluster.place) + "}";
  }
  out += "],\n\"groups\":[";
  for (std::size_t g = 0; g < scene.groups.size(); ++g) {
    out += g > 0 ? ",{\"name\":" : "{\"name\":";
    append_json_string(out, scene.groups[g].name);
    out += ",\"size\":" + std::to_string(scene.groups[g].size) + "}";
  }
  out += "],\n\"texts\":[";
  for (std::size_t i = 0; i < content.texts.size(); ++i) {
    if (i > 0) out += ",\n";
    append_json_string(out, content.texts[i]);
  }
  return out += "]}";
}

}  // namespace detail

GLOSSA_INLINE std::string map_html(const MapContent& content) {
  const detail::MapScene scene = detail::scene_of(content);
  const std::string title = detail::markup_of(content.title);
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "script-src "
      "'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n<title>";
  page += title;
  page += "</title>\n<style>";
  page += detail::kMapStyle;
  page += "</style>\n</head>\n<body>\n<header><h1>";
  page += title;
  page +=
      "</h1><span id=\"count\" role=\"status\"></span>"
      "<input id=\"search\" type=\"search\" placeholder=\"Search the texts\" aria-label=\"Search the "
      "texts\"></header>\n"
      "<main><canvas id=\"map\" tabindex=\"0\" role=\"img\" aria-label=\"Map of the texts: arrow keys move it, plus "
      "and "
      "minus zoom\"></canvas><div class=\"tools\"><button id=\"in\" aria-label=\"Zoom in\">+</button><button "
      "id=\"out\" "
      "aria-label=\"Zoom out\">−</button><button id=\"home\">Whole map</button><button id=\"labels\" "
      "aria-pressed=\"true\">Labels</button><button id=\"theme\" aria-label=\"Light or dark\">◐</button></div>"
      "<div id=\"tip\" role=\"tooltip\" hidden></div></main>\n"
      "<aside><section id=\"group-part\"><h2>Marks</h2><ul id=\"groups\"></ul></section>"
      "<section><h2>Clusters</h2><ul id=\"clusters\"></ul></section>"
      "<p class=\"hint\">Click an entry to hide it, with Shift to see it alone. Click a point to keep its "
      "text.</p></aside>\n"
      "<script type=\"application/json\" id=\"data\">";
  page += detail::scene_json(scene, content);
  page += "</script>\n<script>\n";
  page += detail::kMapScript;
  page += detail::kMapControls;
  return page += "</script>\n</body>\n</html>\n";
}

GLOSSA_INLINE std::string map_svg(const MapContent& content) {
  return detail::picture_of(detail::scene_of(content), content);
}

}  // namespace glossa
