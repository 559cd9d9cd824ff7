// The moments at which the real-time thread may wake: every stream's timers fall together on them.
//
// Streams of their own accord would wake it up to 500 times a second each, for pacing, feedback and arriving packets. On a
// common grid it is 500 in all. The audio tick of 20 ms is every tenth of them.
#pragma once

#include <cmath>

namespace cms::engine {

inline constexpr double kGridS = 0.002;

// The first one not before `time_s` (infinity stays); the margin absorbs the rounding of a grid time itself.
inline double grid_from(double time_s) { return std::ceil(time_s / kGridS - 1e-4) * kGridS; }

// The first one after `time_s`.
inline double grid_after(double time_s) { return std::floor(time_s / kGridS + 1e-4 + 1) * kGridS; }

}  // namespace cms::engine
