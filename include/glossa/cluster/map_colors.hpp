// The number of a cluster comes in; its colour on a light and on a dark map goes out.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>

namespace glossa::detail {

/// "#rrggbb".
struct MapColor {
  std::string light;
  std::string dark;
};

/// The colour of a lightness, chroma and hue in turns (OKLCH; Ottosson 2020), as near as sRGB comes to it.
[[nodiscard]] inline std::string oklch_color(double lightness, double chroma, double hue) {
  const double a = chroma * std::cos(hue * 6.283185307179586);
  const double b = chroma * std::sin(hue * 6.283185307179586);
  const auto cube = [](double value) { return value * value * value; };
  const double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
  const double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
  const double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
  const double linear[3] = {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
                            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
                            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
  std::string out = "#";
  for (const double value : linear) {
    const double bounded = std::clamp(value, 0.0, 1.0);
    const double encoded = bounded <= 0.0031308 ? 12.92 * bounded : 1.055 * std::pow(bounded, 1 / 2.4) - 0.055;
    const auto byte = static_cast<unsigned>(std::lround(encoded * 255));
    out += "0123456789abcdef"[byte >> 4];
    out += "0123456789abcdef"[byte & 15];
  }
  return out;
}

/// The first eight are those of Okabe & Ito (2008), which people with any kind of colour blindness tell apart, black
/// and yellow replaced by a violet and by a yellow as dark or light as the ground asks for. No larger set of colours
/// does that; those behind turn by the golden angle, in four steps of lightness.
[[nodiscard]] inline MapColor map_color(std::size_t number) {
  static constexpr std::array<std::array<const char*, 2>, 8> kColors{{{"#0072b2", "#4aa3df"},
                                                                      {"#d55e00", "#f0793a"},
                                                                      {"#009e73", "#2bc49a"},
                                                                      {"#cc79a7", "#e79ac6"},
                                                                      {"#e69f00", "#f2b544"},
                                                                      {"#56b4e9", "#9fd8f7"},
                                                                      {"#5b3a8c", "#a98be0"},
                                                                      {"#8c7a00", "#f0e442"}}};
  if (number < kColors.size()) return {kColors[number][0], kColors[number][1]};
  const double hue = 0.6180339887498949 * static_cast<double>(number);
  const double step = 0.09 * static_cast<double>(number % 4);
  return {oklch_color(0.40 + step, 0.14, hue), oklch_color(0.58 + step, 0.13, hue)};
}

}  // namespace glossa::detail
