#include "audio/room_mixer.hpp"

namespace cms::audio {

void RoomMixer::begin() {
    for (Mixer& mixer : mixers_) mixer.begin();
    listened_.fill(false);
}

int RoomMixer::contributors() const {
    int count = 0;
    for (const Mixer& mixer : mixers_) count += mixer.contributors();
    return count;
}

void RoomMixer::join() {
    for (std::size_t rate = 0; rate < kRates; ++rate) {
        ringing_[rate] = sounding_[rate];
        sounding_[rate] = mixers_[rate].contributors() > 0;
    }
    const bool low = listened_[index(Rate::khz8)];
    const bool middle = listened_[index(Rate::khz16)];
    const bool wide = listened_[index(Rate::khz48)];
    const bool from_wide_sounds = sounds(Rate::khz48);
    // Each sum is made of the others' own sums, so a leg's sound is never in one twice.
    std::array<std::int32_t, kTickSamples> from_low{};
    std::array<std::int32_t, kTickSamples> from_middle{};
    const bool low_goes = sounds(Rate::khz8) && (middle || wide);
    const bool middle_goes = sounds(Rate::khz16) && (low || wide);
    low_goes ? to_wide(Rate::khz8, from_low) : up_[index(Rate::khz8)].reset();
    middle_goes ? to_wide(Rate::khz16, from_middle) : up_[index(Rate::khz16)].reset();
    const auto sum = mixer(Rate::khz48).sum();
    const auto lower = [&](Rate to, bool other_goes, const std::array<std::int32_t, kTickSamples>& other) {
        if (!other_goes && !from_wide_sounds) {
            down_[index(to)].reset();
            return;
        }
        std::array<std::int32_t, kTickSamples> both;
        for (std::size_t i = 0; i < both.size(); ++i) both[i] = sum[i] + other[i];
        from_wide(to, both);
    };
    if (low) lower(Rate::khz8, middle_goes, from_middle);
    if (middle) lower(Rate::khz16, low_goes, from_low);
    if (!wide || (!low_goes && !middle_goes)) return;
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += from_low[i] + from_middle[i];
    mixer(Rate::khz48).foreign();
}

void RoomMixer::to_wide(Rate from, std::span<std::int32_t> wide) {
    up_[index(from)].add(mixer(from).sum(), wide);
}

void RoomMixer::from_wide(Rate to, std::span<const std::int32_t> wide) {
    down_[index(to)].add(wide, mixer(to).sum());
    mixer(to).foreign();
}

}  // namespace cms::audio
