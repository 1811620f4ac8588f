// The steps of a run come in; a picture of how the loss fell goes out, as SVG.
#pragma once

#include <glossa/core/linkage.hpp>
#include <glossa/train/trainer.hpp>

#include <span>
#include <string>

namespace glossa {

/// The loss of each step, its running mean (an exponential one over about a twentieth of the run) and, on an axis of
/// its own, the scores of evaluations: a picture that needs nothing beside itself, 720 by 360. Steps whose loss is no
/// number are left out.
[[nodiscard]] std::string training_curve_svg(std::span<const TrainingStep> steps);

}  // namespace glossa

#if GLOSSA_WITH_DEFINITIONS
#include <glossa/train/training_curve_impl.hpp>
#endif
