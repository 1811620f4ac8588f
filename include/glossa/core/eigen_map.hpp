// Vectors come in; Eigen's view of the same memory goes out. Optional: the library's own interface has no Eigen types.
#pragma once

#include <glossa/core/embeddings.hpp>

#include <Eigen/Core>

namespace glossa {

/// N vectors of D floats, a row each.
using EigenRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// The rows of `embeddings` as a matrix [rows, dims] without a copy, valid as long as `embeddings`. The map makes no
/// assumption on alignment, which depends on compiler flags in Eigen.
[[nodiscard]] inline Eigen::Map<const EigenRows> as_eigen(const Embeddings& embeddings) {
  return {embeddings.values().data(), static_cast<Eigen::Index>(embeddings.rows()),
          static_cast<Eigen::Index>(embeddings.dims())};
}
[[nodiscard]] inline Eigen::Map<EigenRows> as_eigen(Embeddings& embeddings) {
  return {embeddings.values().data(), static_cast<Eigen::Index>(embeddings.rows()),
          static_cast<Eigen::Index>(embeddings.dims())};
}

/// One vector as a column [dims].
[[nodiscard]] inline Eigen::Map<const Eigen::VectorXf> as_eigen(const Embedding& embedding) {
  return {embedding.data(), static_cast<Eigen::Index>(embedding.size())};
}

}  // namespace glossa
