#include "audio/tap.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace cms::audio {
namespace {

// Longer recordings must be read on the way; this keeps a mistaken setting from taking the memory.
constexpr double kMaxSeconds = 600.0;
constexpr double kTickSeconds = kTickMs / 1000.0;

std::uint64_t ticks_in(double seconds) {
    const double bounded = std::clamp(std::isnan(seconds) ? 0.0 : seconds, 2 * kTickSeconds, kMaxSeconds);
    return static_cast<std::uint64_t>(std::ceil(bounded / kTickSeconds - 1e-9));
}

}  // namespace

Tap::Tap(double seconds)
    : ticks_(ticks_in(seconds)), words_(std::make_unique<std::atomic<std::uint64_t>[]>(ticks_ * kWordsPerTick)) {}

void Tap::write(std::span<const std::int16_t, kTickSamples> block) {
    const std::uint64_t tick = started_.load(std::memory_order_relaxed);
    started_.store(tick + 1, std::memory_order_relaxed);
    std::array<std::uint64_t, kWordsPerTick> words;
    std::memcpy(words.data(), block.data(), sizeof(words));
    auto* to = &words_[tick % ticks_ * kWordsPerTick];
    // Release on every word: a reader that meets one of them also sees started_ and knows its tick is gone.
    for (const std::uint64_t word : words) (to++)->store(word, std::memory_order_release);
    finished_.store(tick + 1, std::memory_order_release);
}

bool Tap::copy_tick(std::uint64_t tick, std::int16_t* out) const {
    std::array<std::uint64_t, kWordsPerTick> words;
    const auto* from = &words_[tick % ticks_ * kWordsPerTick];
    for (auto& word : words) word = (from++)->load(std::memory_order_acquire);
    std::memcpy(out, words.data(), sizeof(words));
    return started_.load(std::memory_order_relaxed) <= tick + ticks_;
}

std::size_t Tap::read(std::span<std::int16_t> out) {
    std::size_t written = 0;
    while (out.size() - written >= kTickSamples) {
        const std::uint64_t finished = finished_.load(std::memory_order_acquire);
        if (read_ == finished) break;
        const std::uint64_t oldest = finished > ticks_ ? finished - ticks_ : 0;
        if (read_ < oldest) {
            lost_ticks_ += oldest - read_;
            read_ = oldest;
        }
        if (copy_tick(read_, out.data() + written))
            written += kTickSamples;
        else
            ++lost_ticks_;
        ++read_;
    }
    return written;
}

std::size_t Tap::available() const {
    const std::uint64_t ticks = finished_.load(std::memory_order_acquire) - read_;
    return static_cast<std::size_t>(std::min(ticks, ticks_)) * kTickSamples;
}

}  // namespace cms::audio
