#include "audio/level.hpp"

#include <algorithm>
#include <cmath>

namespace cms::audio {
namespace {

constexpr float kFullScalePower = 32768.0F * 32768.0F;
constexpr float kSmoothing = 1.0F - 0.904837F;  // 1 - exp(-20 ms / 200 ms)

// The floor follows pauses within a few ticks and rises so slowly that a long sentence does not lift it.
constexpr float kFloorFall = 0.1F;
constexpr float kFloorRiseDbPerTick = 0.006F;
constexpr float kLowestFloorDbov = -70.0F;
constexpr float kHighestFloorDbov = -35.0F;

constexpr float kSpeechAboveFloorDb = 10.0F;
constexpr float kQuietestSpeechDbov = -50.0F;
constexpr float kAudibleDbov = -60.0F;
constexpr int kHangoverTicks = 300 / kTickMs;

// Eight sums side by side: floating-point addition may not be reordered, so the compiler needs them spelt out.
float mean_square(std::span<const std::int16_t> samples) {
    constexpr std::size_t lanes = 8;
    std::array<float, lanes> sums{};
    std::size_t i = 0;
    for (; i + lanes <= samples.size(); i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const auto value = static_cast<float>(samples[i + lane]);
            sums[lane] += value * value;
        }
    for (; i < samples.size(); ++i) sums[0] += static_cast<float>(samples[i]) * static_cast<float>(samples[i]);
    float total = 0;
    for (const float sum : sums) total += sum;
    return samples.empty() ? 0.0F : total / static_cast<float>(samples.size());
}

float to_dbov(float power) {
    if (power <= 0.0F) return kSilenceDbov;
    return std::clamp(10.0F * std::log10(power / kFullScalePower), kSilenceDbov, 0.0F);
}

}  // namespace

float rms_dbov(std::span<const std::int16_t> samples) { return to_dbov(mean_square(samples)); }

void LevelMeter::update(std::span<const std::int16_t> sound) { advance(mean_square(sound)); }

void LevelMeter::update_silent() { advance(0.0F); }

void LevelMeter::advance(float power) {
    dbov_ = to_dbov(power);
    smoothed_power_ += kSmoothing * (power - smoothed_power_);
    smoothed_dbov_ = to_dbov(smoothed_power_);
    // It would linger in denormal numbers, which are slow.
    if (smoothed_dbov_ == kSilenceDbov) smoothed_power_ = 0;
    if (dbov_ < floor_dbov_)
        floor_dbov_ += kFloorFall * (dbov_ - floor_dbov_);
    else
        floor_dbov_ += kFloorRiseDbPerTick;
    floor_dbov_ = std::clamp(floor_dbov_, kLowestFloorDbov, kHighestFloorDbov);
    const bool loud = smoothed_dbov_ > std::max(floor_dbov_ + kSpeechAboveFloorDb, kQuietestSpeechDbov);
    hangover_ticks_ = loud ? kHangoverTicks : std::max(0, hangover_ticks_ - 1);
    audible_ticks_ = dbov_ > kAudibleDbov ? kHangoverTicks : std::max(0, audible_ticks_ - 1);
}

}  // namespace cms::audio
