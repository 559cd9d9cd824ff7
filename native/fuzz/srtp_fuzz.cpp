// SRTP and SRTCP: strangers' bytes never pass, our own packets always do, also when the payload is anything.
//
// Input: one byte that picks suite (low two bits) and kind (bit 2: RTCP), then the packet.
#include <algorithm>
#include <vector>

#include "fuzz/require.hpp"
#include "wire/srtp.hpp"

using namespace cms;

namespace {

std::unique_ptr<wire::SrtpContext> context(wire::SrtpSuite suite) {
    const std::vector<std::uint8_t> key(wire::srtp_key_and_salt_bytes(suite), 0x42);
    return wire::SrtpContext::create(suite, key);
}

struct Contexts {
    std::unique_ptr<wire::SrtpContext> sender;
    std::unique_ptr<wire::SrtpContext> receiver;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const auto suite = static_cast<wire::SrtpSuite>(data[0] & 3);
    const bool rtcp = (data[0] & 4) != 0;
    const Contexts contexts{context(suite), context(suite)};
    std::vector<std::uint8_t> plain(data + 1, data + size);

    auto stranger = plain;
    const auto refused = rtcp ? contexts.receiver->unprotect_rtcp(stranger) : contexts.receiver->unprotect(stranger);
    fuzz::require(!refused && refused.size == 0);

    auto packet = plain;
    packet.resize(plain.size() + wire::kSrtcpMaxGrowthBytes);
    const auto sealed = rtcp ? contexts.sender->protect_rtcp(packet, plain.size())
                             : contexts.sender->protect(packet, plain.size());
    if (!sealed) return 0;
    fuzz::require(sealed.size > plain.size() && sealed.size <= packet.size());
    packet.resize(sealed.size);
    const auto opened = rtcp ? contexts.receiver->unprotect_rtcp(packet) : contexts.receiver->unprotect(packet);
    fuzz::require(opened.status == wire::SrtpStatus::Ok && opened.size == plain.size());
    fuzz::require(std::equal(plain.begin(), plain.end(), packet.begin()));
    return 0;
}
