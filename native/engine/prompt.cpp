#include "engine/prompt.hpp"

#include <utility>

namespace cms::engine {

void Prompt::play(Samples samples, bool loop, float gain) {
    player_.play(*samples, loop, gain);
    samples_ = std::move(samples);
}

void Prompt::stop() {
    player_.stop();
    samples_.reset();
}

const std::int16_t* Prompt::tick(audio::Rate rate) {
    const bool plays = player_.tick(wide_);
    if (!plays && !rings_) return nullptr;
    if (!plays) wide_.fill(0);
    rings_ = plays;
    if (player_.finished()) samples_.reset();
    return converter_.convert(audio::Rate::khz48, rate, wide_);
}

}  // namespace cms::engine
