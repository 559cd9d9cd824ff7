// DTMF: telephone-event payloads in any order; a key press is told only with a key of the table.
//
// Input: records of two bytes of timestamp step, one of payload length, then the payload.
#include <algorithm>

#include "fuzz/require.hpp"
#include "payload/dtmf.hpp"

using namespace cms;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    payload::DtmfReceiver receiver;
    wire::Bytes input(data, size);
    std::uint32_t timestamp = 0;
    while (input.size() >= 3) {
        timestamp += static_cast<std::uint32_t>(static_cast<std::int16_t>(wire::load_u16(input.data())));
        const std::size_t bytes = std::min<std::size_t>(input[2], input.size() - 3);
        const wire::Bytes event = input.subspan(3, bytes);
        input = input.subspan(3 + bytes);
        const payload::DtmfReceived received = receiver.receive(event, timestamp);
        fuzz::require((received.outcome == payload::DtmfOutcome::Malformed) == (bytes < 4));
        if (received.outcome != payload::DtmfOutcome::Pressed) continue;
        fuzz::require(payload::dtmf_event(received.digit) == event[0]);
        const payload::DtmfReceived again = receiver.receive(event, timestamp);
        fuzz::require(again.outcome == payload::DtmfOutcome::Known);
    }
    return 0;
}
