// Which table of inner loops this processor runs: chosen once, at the first call.
#pragma once

#include "video/rows.hpp"

namespace cms::video {

enum class Level {
    Plain,   // what the compiler makes of C++ for the oldest processor, or for another kind than x86
    Avx2,    // Haswell (2013), Zen
    Avx512,  // with VBMI: Ice Lake, Zen 4. Older ones clock down and lack the byte permutation that pays
};

Level best_level();
Level level();

// For tests and benchmarks. Throws std::invalid_argument when this processor lacks it.
void use_level(Level wanted);

const Rows& rows();

}  // namespace cms::video
