#include "video/dispatch.hpp"

#include <atomic>
#include <stdexcept>

namespace cms::video {
namespace {

struct Chosen {
    Level level;
    const Rows* rows;
};

#if defined(__x86_64__)
constexpr Chosen kLevels[] = {{Level::Plain, &kPlainRows}, {Level::Avx2, &kAvx2Rows}, {Level::Avx512, &kAvx512Rows}};

Level detect() {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2")) return Level::Plain;
    const bool wide = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512vbmi");
    return wide ? Level::Avx512 : Level::Avx2;
}
#else
constexpr Chosen kLevels[] = {{Level::Plain, &kPlainRows}};

Level detect() { return Level::Plain; }
#endif

std::atomic<const Chosen*>& chosen() {
    static std::atomic<const Chosen*> current{&kLevels[static_cast<int>(best_level())]};
    return current;
}

}  // namespace

Level best_level() {
    static const Level best = detect();
    return best;
}

Level level() { return chosen().load(std::memory_order_relaxed)->level; }

void use_level(Level wanted) {
    if (wanted > best_level()) throw std::invalid_argument("this processor lacks the level");
    chosen().store(&kLevels[static_cast<int>(wanted)], std::memory_order_relaxed);
}

const Rows& rows() { return *chosen().load(std::memory_order_relaxed)->rows; }

}  // namespace cms::video
