// Definition of training_curve_svg; see core/linkage.hpp.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/train/training_curve.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace glossa {
namespace detail {

/// Points of steps and values, and the picture's frame that they are drawn in.
class CurvePicture {
 public:
  using Points = std::vector<std::pair<double, double>>;

  explicit CurvePicture(double last_step) : last_step_(std::max(last_step, 1.0)) {}

  /// A line through points, from the least to the greatest value of the axis.
  [[nodiscard]] std::string line(const Points& points, double least, double most, const char* style) const {
    if (points.empty()) return {};
    std::string out = "<polyline fill=\"none\" " + std::string(style) + " points=\"";
    for (const auto& [step, value] : points) out += text(x_of(step)) + "," + text(y_of(value, least, most)) + " ";
    out.back() = '"';
    return out + "/>\n";
  }

  /// The axis of values with its labels, at the left or the right.
  [[nodiscard]] static std::string axis(double least, double most, bool is_right, const char* name, const char* color) {
    std::string out;
    const std::string x = is_right ? "672" : "52";
    const std::string anchor = is_right ? "start" : "end";
    for (int i = 0; i <= 4; ++i) {
      const double value = least + (most - least) * i / 4;
      const std::string y = text(y_of(value, least, most));
      if (!is_right) out += "<line x1=\"60\" y1=\"" + y + "\" x2=\"664\" y2=\"" + y + "\" stroke=\"#ddd\"/>\n";
      out += "<text x=\"" + x + "\" y=\"" + y + "\" dy=\"4\" text-anchor=\"" + anchor + "\" fill=\"" + color + "\">" +
             text(value) + "</text>\n";
    }
    return out + "<text x=\"" + (is_right ? "664" : "60") + "\" y=\"18\" text-anchor=\"" +
           (is_right ? "end" : "start") + "\" fill=\"" + color + "\">" + name + "</text>\n";
  }

  [[nodiscard]] std::string steps_axis() const {
    std::string out;
    for (int i = 0; i <= 4; ++i)
      out += "<text x=\"" + text(x_of(last_step_ * i / 4)) + "\" y=\"342\" text-anchor=\"middle\" fill=\"#555\">" +
             text(std::round(last_step_ * i / 4)) + "</text>\n";
    return out + "<text x=\"362\" y=\"357\" text-anchor=\"middle\" fill=\"#555\">step</text>\n";
  }

  /// At most four digits that tell something, whatever the locale.
  [[nodiscard]] static std::string text(double value) {
    std::array<char, 32> out{};
    return {out.data(), std::to_chars(out.data(), out.data() + out.size(), value, std::chars_format::general, 4).ptr};
  }

 private:
  [[nodiscard]] double x_of(double step) const { return 60 + 604 * step / last_step_; }
  [[nodiscard]] static double y_of(double value, double least, double most) {
    return most > least ? 324 - 294 * (value - least) / (most - least) : 177;
  }

  double last_step_;
};

/// The values of a curve, and more where they are all the same.
struct CurveRange {
  double least = 0;
  double most = 1;
};

[[nodiscard]] inline CurveRange range_of(const CurvePicture::Points& points) {
  if (points.empty()) return {};
  const auto less = [](const auto& one, const auto& other) { return one.second < other.second; };
  const auto [least, most] = std::minmax_element(points.begin(), points.end(), less);
  return {least->second, most->second > least->second ? most->second : least->second + 1};
}

}  // namespace detail

GLOSSA_INLINE std::string training_curve_svg(std::span<const TrainingStep> steps) {
  detail::CurvePicture::Points losses;
  detail::CurvePicture::Points means;
  detail::CurvePicture::Points scores;
  const double share = 1 / std::max(1.0, static_cast<double>(steps.size()) / 20);
  for (const TrainingStep& step : steps) {
    const auto number = static_cast<double>(step.step);
    if (step.score && std::isfinite(*step.score)) scores.emplace_back(number, *step.score);
    if (!std::isfinite(step.loss)) continue;
    losses.emplace_back(number, step.loss);
    means.emplace_back(number,
                       means.empty() ? step.loss : means.back().second + share * (step.loss - means.back().second));
  }
  const detail::CurvePicture picture(steps.empty() ? 1 : static_cast<double>(steps.back().step));
  const auto [least, most] = detail::range_of(losses);
  std::string out =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"360\" viewBox=\"0 0 720 360\" "
      "font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"720\" height=\"360\" fill=\"#fff\"/>\n";
  out += detail::CurvePicture::axis(least, most, false, "loss", "#1f5fa8") + picture.steps_axis();
  out += picture.line(losses, least, most, "stroke=\"#9fc1e6\" stroke-width=\"1\"");
  out += picture.line(means, least, most, "stroke=\"#1f5fa8\" stroke-width=\"2\"");
  if (!scores.empty()) {
    const auto [lowest, highest] = detail::range_of(scores);
    out += detail::CurvePicture::axis(lowest, highest, true, "score", "#b3541e");
    out += picture.line(scores, lowest, highest, "stroke=\"#b3541e\" stroke-width=\"2\"");
  }
  return out + "</svg>\n";
}

}  // namespace glossa
