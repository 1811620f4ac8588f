// The folder of a teacher comes in; what glossa train needs of it goes out.
#pragma once

#include "role_encoders.hpp"
#include "train_arguments.hpp"

#include <glossa/core/error.hpp>
#include <glossa/core/thread_pool.hpp>
#include <glossa/embedder.hpp>
#include <glossa/train/trainer.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace tool {

/// Adds the teacher of --loss distillation to the options, on the same threads, and tells how long its vectors are; 0
/// without. Errors: `invalid_argument` where none is named; the Embedder's.
[[nodiscard]] inline std::size_t add_teacher(const TrainArguments& arguments, glossa::TrainerOptions& options) {
  if (!needs_teacher(options.loss)) return 0;
  if (arguments.teacher.empty())
    throw glossa::Error(glossa::ErrorKind::invalid_argument, {.field = "--teacher",
                                                              .problem = "--loss distillation learns from a model",
                                                              .expected = "its folder",
                                                              .found = "none",
                                                              .remedy = "add --teacher DIR"});
  options.executor = std::make_shared<glossa::ThreadPool>(arguments.threads);
  const glossa::Embedder teacher(arguments.teacher, {.executor = options.executor});
  require_role(teacher, "--anchor-role", arguments.anchor_role);
  options.teacher = glossa::training_teacher(teacher);
  return teacher.dims();
}

/// Errors: `invalid_argument` where the teacher's vectors have another length than the model's.
inline void require_dims(const TrainArguments& arguments, std::size_t of_teacher, const glossa::Trainer& trainer) {
  if (of_teacher == 0) return;
  const std::size_t dims = trainer.embed({}).dims();
  if (of_teacher == dims) return;
  throw glossa::Error(glossa::ErrorKind::invalid_argument,
                      {.file = arguments.teacher,
                       .field = "--teacher",
                       .problem = "its vectors have another length than those of " + arguments.model,
                       .expected = std::to_string(dims) + " dimensions",
                       .found = std::to_string(of_teacher),
                       .remedy = "take a teacher whose vectors are as long as the model's"});
}

}  // namespace tool
