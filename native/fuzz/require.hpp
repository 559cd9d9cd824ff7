// What a fuzz target states about every input: a broken statement ends the run and keeps the input.
#pragma once

#include <cstdlib>

namespace cms::fuzz {

inline void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace cms::fuzz
