// The mix of one room whose legs have one to three sampling rates.
//
//   add at a leg's own rate -> join: sums, not legs, are brought from rate to rate -> listen at a leg's own rate
//
// A contribution is in the sum of its own rate as it is, so what a leg hears is exactly the others, whatever the filters do;
// and a room costs at most four resamplings a tick however many legs it has, none when all have the same rate.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "audio/mixer.hpp"
#include "audio/resampler.hpp"

namespace cms::audio {

class RoomMixer {
public:
    // A new tick.
    void begin();

    // `block` is heard by all others; at `rate` it can be taken out of the mix again.
    void add(Rate rate, const std::int16_t* block) { mixer(rate).add(block); }

    // Somebody will listen at that rate.
    void expect(Rate rate) { listened_[index(rate)] = true; }

    // After the last add, before the first listen.
    void join();

    // As Mixer::listen, at an expected rate.
    bool listen(Rate rate, const std::int16_t* own, const std::int16_t* player, Limiter& limiter,
                std::int16_t* out) const {
        return mixers_[index(rate)].listen(own, player, limiter, out);
    }

    // Everybody at 48 kHz, after join, when that rate was expected.
    std::span<const std::int32_t> wide_sum() const { return mixers_[index(Rate::khz48)].sum(); }

    int contributors() const;

private:
    static constexpr std::size_t index(Rate rate) { return static_cast<std::size_t>(rate); }
    Mixer& mixer(Rate rate) { return mixers_[index(rate)]; }
    bool sounds(Rate rate) const { return sounding_[index(rate)] || ringing_[index(rate)]; }
    void to_wide(Rate from, std::span<std::int32_t> wide);
    void from_wide(Rate to, std::span<const std::int32_t> wide);

    std::array<Mixer, kRates> mixers_{Mixer(Rate::khz8), Mixer(Rate::khz16), Mixer(Rate::khz48)};
    std::array<SumUpsampler, 2> up_{SumUpsampler(Rate::khz8), SumUpsampler(Rate::khz16)};
    std::array<SumDownsampler, 2> down_{SumDownsampler(Rate::khz8), SumDownsampler(Rate::khz16)};
    std::array<bool, kRates> listened_{};
    std::array<bool, kRates> sounding_{};  // somebody contributes at this rate
    std::array<bool, kRates> ringing_{};   // or did in the last tick: the filters are not empty yet
};

}  // namespace cms::audio
