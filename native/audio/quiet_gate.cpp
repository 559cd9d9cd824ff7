#include "audio/quiet_gate.hpp"

namespace cms::audio {
namespace {

// Quieter sound may be kept from the mix without anybody missing it.
constexpr float kLoudDbov = -50.0F;

}  // namespace

Worth QuietGate::judge(bool silence, bool said_quiet) {
    if (!silence && !(said_quiet && believes())) {
        run_ = 0;
        return Worth::decode;
    }
    ++run_;
    const bool decoded = run_ <= kDecodedPackets || (!silence && run_ % kVerifiedEvery == 0);
    if (!decoded) return Worth::skip;
    return silence ? Worth::decode : Worth::verify;
}

void QuietGate::heard(float dbov) {
    if (believes()) wrong_ = dbov > kLoudDbov ? wrong_ + 1 : 0;
}

}  // namespace cms::audio
