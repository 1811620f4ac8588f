// Whoever tells the model in training where texts lie.
#pragma once

#include <glossa/embedder.hpp>
#include <glossa/train/role_encoder.hpp>

#include <string>
#include <utility>

namespace glossa {

/// Another model, or anything that has vectors of texts, for DistillationOptions.
struct TrainingTeacher {
  /// Called once a batch by the thread that trains, with the batch's anchors as the data has them, and
  /// TrainerOptions::anchor_role. Gives a vector for each, of as many finite numbers as the trained model's vectors
  /// have; their lengths do not count. What it throws ends the run, with the weights as they were before the step.
  RoleEncoder embed{};
  std::string identity{};  ///< a name that no other teacher has: a run goes on from checkpoints with the same alone
};

/// A teacher over an Embedder, with its own prompts for roles; known by what it computes, whatever its folder is
/// called. Errors: those of Embedder::fingerprint().
[[nodiscard]] inline TrainingTeacher training_teacher(const Embedder& embedder, EmbedOptions options = {}) {
  const std::string fingerprint = embedder.fingerprint();
  return {role_encoder(embedder, std::move(options)), fingerprint.substr(fingerprint.find(':') + 1)};
}

}  // namespace glossa
