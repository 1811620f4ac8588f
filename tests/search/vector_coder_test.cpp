// Every form of stored vectors against double precision, within the error that the form's rounding can make.
#include "catch.hpp"
#include "coded_rows.hpp"

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

using glossa::CpuLevel;
using glossa::Metric;
using glossa::VectorForm;
using test::VectorCoder;
using test::Wide;

namespace {

constexpr std::size_t kDims[] = {1, 3, 7, 64, 100, 384, 1000};

/// Vectors that share a direction, of lengths that differ where the metric minds them.
glossa::Embeddings rows_for(Metric metric, std::size_t rows, std::size_t dims, unsigned seed) {
  auto result = test::cone_rows(rows, dims, seed);
  for (std::size_t r = 0; r < rows; ++r)
    for (float& value : result[r])
      value *= metric == Metric::cosine ? std::pow(10.0F, static_cast<float>(r % 5) - 2)
                                        : 0.5F + static_cast<float>(r % 7) / 4;
  return result;
}

VectorCoder coder_for(VectorForm form, Metric metric, const glossa::Embeddings& rows) {
  VectorCoder coder(form, metric, rows.dims());
  if (coder.has_mean()) coder.set_mean_of(rows.values().data(), rows.rows());
  return coder;
}

/// A vector as the form keeps it: at unit length for cosines, less the mean where there is one.
struct Prepared {
  Wide whole;
  Wide rest;
};
Prepared prepared(const VectorCoder& coder, Metric metric, std::span<const float> vector) {
  Prepared out{Wide(vector), {}};
  if (metric == Metric::cosine) out.whole = out.whole.at_unit_length();
  out.rest = coder.has_mean() ? out.whole.minus(Wide(coder.mean())) : out.whole;
  return out;
}

/// What a number is off by at most when it is rounded to a form, for each unit of its size.
double relative_error(VectorForm form) {
  if (form == VectorForm::bf16) return std::ldexp(1.0, -8);
  return form == VectorForm::f16 ? std::ldexp(1.0, -11) : 0;
}
/// The same for int8, whatever the size: half a step of 127 to the largest.
double step_error(VectorForm form, const Wide& rest) {
  return form == VectorForm::int8 ? rest.most() / 254 * 1.001 : 0;
}

/// What floats may be off by: their sums, and the unit length that is left where it is right to 5e-7.
double float_error(const Prepared& a, const Prepared& b, std::size_t dims) {
  const double sizes = a.whole.length() + b.whole.length() + a.rest.length() + b.rest.length();
  return (static_cast<double>(dims) + 40) * std::ldexp(1.0, -23) * sizes * sizes + 2e-6 * sizes;
}

/// What a similarity may be off by. For a product, Σ |q|·|error of x| and so on; for minus a squared distance with the
/// vector d between the two and errors e of both together, 2·d·e + e².
double most_error(VectorForm form, Metric metric, const Prepared& q, const Prepared& x, std::size_t dims) {
  const double u = relative_error(form);
  const double step_q = step_error(form, q.rest);
  const double step_x = step_error(form, x.rest);
  const double subnormal = form == VectorForm::f16 ? std::ldexp(1.0, -25) : 0;  // half a step near zero
  const double floats = float_error(q, x, dims);
  const auto n = static_cast<double>(dims);
  if (metric == Metric::euclidean) {
    const double e = u * x.whole.length() + (step_q + step_x + subnormal) * std::sqrt(n);
    return 2 * q.rest.minus(x.rest).length() * e + e * e + floats;
  }
  return u * q.whole.length() * x.whole.length() + (step_x + subnormal) * q.rest.sum() + step_q * x.rest.sum() +
         n * step_q * step_x + floats;
}

double exact(Metric metric, std::span<const float> q, std::span<const float> x) {
  const double similarity = test::naive_similarity(q, x, metric);
  return metric == Metric::euclidean ? -similarity * similarity : similarity;
}

/// Calls check(form, metric, dims, coder, rows) for every combination.
template <class Check>
void for_each_coder(Check&& check) {
  unsigned seed = 0;
  for (const std::size_t dims : kDims)
    for (const Metric metric : test::kIndexMetrics)
      for (const VectorForm form : test::kForms) {
        INFO(to_string(form) << ", " << to_string(metric) << ", " << dims << " dims");
        const auto rows = rows_for(metric, 20, dims, ++seed);
        check(form, metric, dims, coder_for(form, metric, rows), rows);
      }
}

}  // namespace

TEST_CASE("a coded query and a coded row are as alike as in double precision, within the error of their form") {
  for_each_coder([](VectorForm form, Metric metric, std::size_t dims, const VectorCoder& coder, const auto& rows) {
    if (form == VectorForm::binary) return;
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      const auto row = test::stored(coder, rows[r]);
      const auto x = prepared(coder, metric, rows[r]);
      for (std::size_t q = r % 4; q < rows.rows(); q += 4) {  // now and then the same vector
        const auto query = coder.query(rows[q]);
        const double error = most_error(form, metric, prepared(coder, metric, rows[q]), x, dims);
        for (const CpuLevel level : test::levels_apart()) {
          const double similarity = test::coded_similarity(coder, query, row, level);
          INFO("query " << q << ", row " << r << ": " << similarity << " for " << exact(metric, rows[q], rows[r])
                        << ", may be off by " << error);
          REQUIRE(std::abs(similarity - exact(metric, rows[q], rows[r])) <= error);
        }
      }
    }
  });
}

TEST_CASE("a row of bits tells the product of what is left without the mean to within its statistics") {
  for (const std::size_t dims : {64u, 100u, 384u, 1000u})
    for (const Metric metric : test::kIndexMetrics) {
      // Numbers without a direction: the share of bits that agree then is normal, with a deviation of 1/sqrt(dims).
      const auto rows = test::embeddings_of(60, dims, test::random_values<float>(60 * dims, 3));
      const VectorCoder coder = coder_for(VectorForm::binary, metric, rows);
      double squares = 0;
      int count = 0;
      for (std::size_t r = 0; r < rows.rows(); ++r) {
        const auto row = test::stored(coder, rows[r]);
        const auto x = prepared(coder, metric, rows[r]);
        for (std::size_t q = 0; q < rows.rows(); ++q) {
          const auto p = prepared(coder, metric, rows[q]);
          const double factor = metric == Metric::euclidean ? 2 : 1;
          const double off = (test::coded_similarity(coder, coder.query(rows[q]), row, test::levels_apart().back()) -
                              exact(metric, rows[q], rows[r])) /
                             (factor * x.rest.length() * p.rest.length());
          INFO(dims << " dims, " << to_string(metric) << ", query " << q << ", row " << r);
          REQUIRE(std::abs(off) <= 0.5708 + 5.5 / std::sqrt(static_cast<double>(dims)));
          if (q == r) continue;
          squares += off * off;
          ++count;
        }
      }
      CHECK(std::sqrt(squares / count) <= 1.6 / std::sqrt(static_cast<double>(dims)));
    }
}

TEST_CASE("a decoded row is the vector, within the error of its form") {
  for_each_coder([](VectorForm form, Metric metric, std::size_t dims, const VectorCoder& coder, const auto& rows) {
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      const auto x = prepared(coder, metric, rows[r]);
      const Wide back(test::decoded(coder, test::stored(coder, rows[r])));
      if (form == VectorForm::binary) {
        const Wide rest = back.minus(Wide(coder.mean()));
        CHECK(rest.length() == Approx(x.rest.length()).epsilon(1e-4).margin(1e-6));
        for (std::size_t i = 0; i < dims; ++i)
          if (std::abs(x.rest[i]) > 1e-6) REQUIRE((rest[i] > 0) == (x.rest[i] > 0));
        continue;
      }
      for (std::size_t i = 0; i < dims; ++i) {
        const double most = (relative_error(form) + 1e-6) * std::abs(x.whole[i]) + step_error(form, x.rest) +
                            std::ldexp(1.0, -25) + (coder.has_mean() ? 1e-6 * x.whole.most() : 0);
        INFO("row " << r << ", number " << i << ": " << back[i] << " for " << x.whole[i]);
        REQUIRE(std::abs(back[i] - x.whole[i]) <= most);
      }
    }
  });
}

TEST_CASE("floats come back bit by bit, at unit length for cosines and as they are for others") {
  const auto rows = test::any_rows(20, 33, 1);
  for (const Metric metric : test::kIndexMetrics)
    for (const bool keeps_length : {false, true}) {
      const VectorCoder coder(VectorForm::f32, metric, 33, keeps_length);
      for (std::size_t r = 0; r < 20; ++r) {
        const auto back = test::decoded(coder, test::stored(coder, rows[r]));
        if (metric == Metric::cosine && !keeps_length) {
          CHECK(Wide(back).length() == Approx(1).epsilon(1e-6));
          CHECK(test::naive_similarity(back, rows[r], Metric::cosine) == Approx(1).epsilon(1e-9));
        } else {
          CHECK(std::equal(back.begin(), back.end(), rows[r].begin()));
        }
      }
    }
}

TEST_CASE("a stored row is a query as its decoded vector is one") {
  for_each_coder([](VectorForm form, Metric metric, std::size_t dims, const VectorCoder& coder, const auto& rows) {
    // Bits change their signs, and steps their size, where the decoded vector is brought to unit length again.
    if (metric == Metric::cosine && coder.has_mean()) return;
    for (std::size_t q = 0; q < rows.rows(); q += 4) {
      const auto own = test::stored(coder, rows[q]);
      const auto of_row = test::query_of(coder, own);
      const auto back = test::decoded(coder, own);
      const auto of_vector = coder.query(back);
      for (std::size_t r = 0; r < rows.rows(); ++r) {
        const auto row = test::stored(coder, rows[r]);
        const auto x = prepared(coder, metric, rows[r]);
        const auto p = prepared(coder, metric, back);
        double off = float_error(p, x, dims);
        if (metric == Metric::cosine) off += relative_error(form) * 2;  // the decoded vector's length
        if (form == VectorForm::binary) off += 1e-4 * p.rest.length() * x.rest.length();
        if (coder.has_mean() && metric == Metric::dot)  // its product with the mean is kept as it was before rounding
          off += std::abs(Wide(coder.mean()).dot(Wide(back).minus(Wide(rows[q])))) * 1.001;
        for (const CpuLevel level : test::levels_apart()) {
          INFO("query " << q << ", row " << r << ", off by at most " << off);
          REQUIRE(std::abs(test::coded_similarity(coder, of_row, row, level) -
                           test::coded_similarity(coder, of_vector, row, level)) <= off);
        }
      }
    }
  });
}

TEST_CASE("a stored row as a query is as like another as the other to it") {
  for_each_coder([](VectorForm, Metric metric, std::size_t dims, const VectorCoder& coder, const auto& rows) {
    for (std::size_t r = 1; r < rows.rows(); ++r) {
      const auto one = test::stored(coder, rows[r]);
      const auto other = test::stored(coder, rows[r - 1]);
      const double there =
          test::coded_similarity(coder, test::query_of(coder, one), other, test::levels_apart().back());
      const double back = test::coded_similarity(coder, test::query_of(coder, other), one, test::levels_apart().back());
      const double off = float_error(prepared(coder, metric, rows[r]), prepared(coder, metric, rows[r - 1]), dims);
      // Products with the mean are kept of the vectors as they were, before rounding.
      REQUIRE(std::abs(there - back) <= off);
    }
  });
}

TEST_CASE("zero vectors are like nothing, in every form") {
  const auto levels = glossa::supported_levels();
  for (const Metric metric : test::kIndexMetrics)
    for (const VectorForm form : test::kForms) {
      const auto rows = test::embeddings_of(2, 10, std::vector<float>(20));
      const VectorCoder coder = coder_for(form, metric, rows);
      const auto row = test::stored(coder, rows[0]);
      for (const CpuLevel level : levels) {
        INFO(to_string(form) << ", " << to_string(metric) << ", " << to_string(level));
        CHECK(test::coded_similarity(coder, coder.query(rows[1]), row, level) == 0);
        CHECK(test::coded_similarity(coder, test::query_of(coder, row), row, level) == 0);
        const auto other = test::any_rows(1, 10, 1);
        const double similarity = test::coded_similarity(coder, coder.query(other[0]), row, level);
        CHECK(similarity == Approx(exact(metric, other[0], rows[0])).epsilon(0.01));
      }
    }
}

TEST_CASE("huge, tiny and denormal numbers make no NaN, in every form") {
  const auto levels = glossa::supported_levels();
  const float sizes[] = {1e-45F, 1e-40F, 1e-38F, 1e-30F, 1e-10F, 1, 65504, 7e4F, 1e10F, 1e18F, 1e30F, 3e38F};
  for (const Metric metric : test::kIndexMetrics)
    for (const VectorForm form : test::kForms)
      for (const bool has_small_mean : {true, false}) {
        if (form == VectorForm::f32 && metric != Metric::cosine) continue;  // as floats have it: inf - inf
        glossa::Embeddings rows = test::any_rows(2 * std::size(sizes), 9, 7);
        for (std::size_t r = 0; r < rows.rows(); ++r)
          for (float& value : rows[r]) value = std::copysign(sizes[r / 2], value) * (r % 2 == 0 ? 1.0F : 0.7F);
        VectorCoder coder(form, metric, 9);
        if (coder.has_mean()) coder.set_mean_of(rows.values().data(), has_small_mean ? 2 : rows.rows());
        for (std::size_t r = 0; r < rows.rows(); ++r) {
          const auto row = test::stored(coder, rows[r]);
          for (const float value : test::decoded(coder, row)) REQUIRE(std::isfinite(value));
          for (std::size_t q = 0; q < rows.rows(); ++q)
            for (const CpuLevel level : levels) {
              INFO(to_string(form) << ", " << to_string(metric) << ", " << to_string(level) << ", query of "
                                   << rows[q][0] << ", row of " << rows[r][0]);
              REQUIRE_FALSE(std::isnan(test::coded_similarity(coder, coder.query(rows[q]), row, level)));
              const auto other = test::query_of(coder, test::stored(coder, rows[q]));
              REQUIRE_FALSE(std::isnan(test::coded_similarity(coder, other, row, level)));
            }
        }
      }
}

TEST_CASE("cosines do not depend on a vector's length, however small or large, in every form") {
  const auto row = test::cone_rows(1, 50, 1);
  const auto query = test::cone_rows(1, 50, 2);
  for (const VectorForm form : test::kForms) {
    const auto rows = test::cone_rows(20, 50, 3);
    const VectorCoder coder = coder_for(form, Metric::cosine, rows);
    const double expected =
        test::coded_similarity(coder, coder.query(query[0]), test::stored(coder, row[0]), test::levels_apart().back());
    for (const float length : {1e-36F, 1e-20F, 1e-3F, 100.0F, 1e20F, 1e38F}) {
      auto other = row;
      for (float& value : other[0]) value *= length;
      INFO(to_string(form) << ", times " << length);
      CHECK(test::coded_similarity(coder, coder.query(query[0]), test::stored(coder, other[0]),
                                   test::levels_apart().back()) ==
            Approx(expected).margin(form == VectorForm::int8 ? 2e-3 : 1e-4));
    }
  }
}
