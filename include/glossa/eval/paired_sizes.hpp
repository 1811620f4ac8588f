// Two lists of one thing each come in; an error goes out where they are not equally long, or have what is no number.
#pragma once

#include <glossa/core/error.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>

namespace glossa::detail {

/// Errors: `invalid_argument` where `a` and `b`, how many of both there are, differ.
inline void require_equal_sizes(std::size_t a, std::size_t b, const char* field) {
  if (a != b)
    throw Error(ErrorKind::invalid_argument, {.field = field,
                                              .problem = "the two lists are not of the same things",
                                              .expected = "as many numbers in both",
                                              .found = std::to_string(a) + " and " + std::to_string(b)});
}

/// Errors: `invalid_argument` where there is none of them.
inline void require_some(std::size_t size, const char* field) {
  if (size == 0)
    throw Error(ErrorKind::invalid_argument,
                {.field = field, .problem = "there is nothing to score", .expected = "at least one", .found = "none"});
}

/// Errors: `invalid_argument` for NaN and infinity.
inline void require_finite_scores(std::span<const double> values, const char* field) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      throw Error(ErrorKind::invalid_argument, {.field = field,
                                                .problem = "value " + std::to_string(i) + " is not a number",
                                                .found = std::isnan(values[i]) ? "NaN" : "infinity",
                                                .remedy = "look at the vectors that it was made from"});
}

}  // namespace glossa::detail
