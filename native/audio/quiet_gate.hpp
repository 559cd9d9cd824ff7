// Which packets of a stream need not be decoded, since they hold nothing that anybody would hear.
//
// What the packet shows by itself (a silence flag) is certain. What the sender says about it (RFC 6464) is believed as long as
// it is true of the packets that are decoded all the same: the first of a pause, and one now and then.
#pragma once

#include <cstdint>

namespace cms::audio {

enum class Worth : std::uint8_t {
    decode,
    verify,  // decode, and tell QuietGate::heard how loud it was
    skip,
};

class QuietGate {
public:
    // What went before rings off, and the decoder's state becomes that of the pause.
    static constexpr int kDecodedPackets = 15;
    static constexpr int kVerifiedEvery = 50;
    // So many in a row that were loud, and the sender is not believed again: a codec's delay accounts for one or two.
    static constexpr int kWrongPackets = 5;

    // The next packet, in order: `silence` by its own bits, `said_quiet` by its sender.
    Worth judge(bool silence, bool said_quiet);

    void heard(float dbov);

    bool believes() const { return wrong_ < kWrongPackets; }

private:
    int run_ = 0;  // quiet packets since the last other one
    int wrong_ = 0;
};

}  // namespace cms::audio
