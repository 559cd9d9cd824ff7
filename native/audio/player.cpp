#include "audio/player.hpp"

#include <algorithm>

namespace cms::audio {
namespace {

std::int16_t clip(float value) { return static_cast<std::int16_t>(std::clamp(value, -32768.0F, 32767.0F)); }

}  // namespace

void Player::play(std::span<const std::int16_t> samples, bool loop, float gain) {
    stop();
    samples_ = samples;
    position_ = 0;
    loop_ = loop;
    gain_ = gain;
    faded_in_ = 0;
}

void Player::stop() {
    if (samples_.empty()) return;
    copy_next(tail_);
    for (int i = 0; i < kFadeSamples; ++i) {
        const float fade = static_cast<float>(kFadeSamples - i) / static_cast<float>(kFadeSamples);
        auto& sample = tail_[static_cast<std::size_t>(i)];
        sample = static_cast<std::int16_t>(static_cast<float>(sample) * fade);
    }
    has_tail_ = true;
    samples_ = {};
}

bool Player::tick(Block& block) {
    if (!plays()) return false;
    copy_next(block);
    if (has_tail_)
        for (std::size_t i = 0; i < tail_.size(); ++i)
            block[i] = clip(static_cast<float>(block[i]) + static_cast<float>(tail_[i]));
    has_tail_ = false;
    return true;
}

void Player::copy_next(std::span<std::int16_t> out) {
    for (auto& sample : out) {
        if (position_ == samples_.size()) {
            if (!loop_) samples_ = {};
            position_ = 0;
        }
        if (samples_.empty()) {
            sample = 0;
            continue;
        }
        const float fade = static_cast<float>(faded_in_) / static_cast<float>(kFadeSamples);
        sample = clip(static_cast<float>(samples_[position_++]) * gain_ * fade);
        faded_in_ = std::min(faded_in_ + 1, kFadeSamples);
    }
}

}  // namespace cms::audio
