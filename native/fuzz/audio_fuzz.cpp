// Received audio: payloads of any codec at any time; every tick gives a block, memory stays bounded.
//
// Input: records of sequence step (signed), two bytes of timestamp step, flags (bits 0-2 payload type, 3-4 ticks after
// it, 5-7 times 4 ms of delay), payload length; then the payload.
#include <algorithm>
#include <array>

#include "audio/receiver.hpp"
#include "fuzz/require.hpp"
#include "wire/bytes.hpp"

using namespace cms;

namespace {

constexpr std::array<audio::ReceiveFormat, 4> kFormats{
    {{0, audio::Codec::pcmu}, {8, audio::Codec::pcma}, {9, audio::Codec::g722}, {111, audio::Codec::opus}}};
constexpr std::array<std::uint8_t, 8> kPayloadTypes{0, 8, 9, 111, 111, 13, 111, 77};

void tick(audio::AudioReceiver& receiver, double& now_s) {
    now_s += 0.02;
    const audio::Heard heard = receiver.tick(now_s);
    const bool silent = heard.kind == audio::BlockKind::silent;
    fuzz::require(heard.samples.size() == (silent ? 0 : static_cast<std::size_t>(audio::tick_samples(heard.rate))));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    audio::AudioReceiver receiver(kFormats);
    wire::Bytes input(data, size);
    audio::ReceivedPayload packet;
    double now_s = 100;
    while (input.size() >= 5) {
        packet.sequence += static_cast<std::int8_t>(input[0]);
        packet.rtp_timestamp += static_cast<std::uint32_t>(static_cast<std::int16_t>(wire::load_u16(&input[1])));
        packet.payload_type = kPayloadTypes[input[3] & 7];
        packet.arrival_s = now_s - (input[3] >> 5) * 0.004;
        const std::size_t bytes = std::min<std::size_t>(input[4], input.size() - 5);
        packet.payload = input.subspan(5, bytes);
        const int ticks = (input[3] >> 3) & 3;
        input = input.subspan(5 + bytes);
        receiver.receive(packet);
        for (int i = 0; i < ticks; ++i) tick(receiver, now_s);
    }
    for (int i = 0; i < 20; ++i) tick(receiver, now_s);
    const auto& stats = receiver.jitter();
    fuzz::require(stats.delay_ms < 60000);
    return 0;
}
