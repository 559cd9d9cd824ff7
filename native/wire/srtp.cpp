// A packet's way: header → stream of its SSRC → index → replay window → SrtpCipher → window moves.
#include "wire/srtp.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "wire/replay_window.hpp"
#include "wire/rtp.hpp"
#include "wire/srtp_cipher.hpp"

namespace cms::wire {

namespace {

constexpr std::int64_t kRtpIndexLimit = std::int64_t{1} << 48;
constexpr std::uint32_t kRtcpIndexLimit = 0x80000000;
constexpr std::size_t kRtcpHeaderBytes = 8;

// One peer sends one to three SSRCs; new ones come with re-negotiation. Beyond this the longest unused is forgotten.
constexpr std::size_t kMaxStreams = 64;

struct Stream {
    std::uint32_t ssrc = 0;
    std::uint64_t last_use = 0;
    ReplayWindow rtp;
    ReplayWindow rtcp;
    std::uint32_t next_rtcp_index = 0;  // sending only

    // RFC 3711 §3.3.1: the roll-over counter that puts `sequence` closest to the newest; 0 for the first packet.
    std::int64_t index(std::uint16_t sequence) const {
        if (rtp.newest() < 0) return sequence;
        return rtp.newest() + static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(rtp.newest()));
    }
};

}  // namespace

std::optional<SrtpSuite> srtp_suite(std::string_view sdes_name) {
    if (sdes_name == "AES_CM_128_HMAC_SHA1_80") return SrtpSuite::AesCm128HmacSha1_80;
    if (sdes_name == "AES_CM_128_HMAC_SHA1_32") return SrtpSuite::AesCm128HmacSha1_32;
    if (sdes_name == "AEAD_AES_128_GCM") return SrtpSuite::AeadAes128Gcm;
    if (sdes_name == "AEAD_AES_256_GCM") return SrtpSuite::AeadAes256Gcm;
    return std::nullopt;
}

std::size_t srtp_key_and_salt_bytes(SrtpSuite suite) {
    return parameters(suite).key_bytes + parameters(suite).salt_bytes;
}

struct SrtpContext::State {
    std::unique_ptr<SrtpCipher> rtp;
    std::unique_ptr<SrtpCipher> rtcp;
    std::vector<Stream> streams;
    std::uint64_t uses = 0;

    Stream* find(std::uint32_t ssrc) {
        const auto has_ssrc = [ssrc](const Stream& stream) { return stream.ssrc == ssrc; };
        const auto found = std::find_if(streams.begin(), streams.end(), has_ssrc);
        if (found == streams.end()) return nullptr;
        found->last_use = ++uses;
        return &*found;
    }

    // Only for packets that proved authentic, or our own: nobody else can fill the table.
    Stream& add(std::uint32_t ssrc) {
        if (streams.size() == kMaxStreams) {
            const auto by_use = [](const Stream& a, const Stream& b) { return a.last_use < b.last_use; };
            streams.erase(std::min_element(streams.begin(), streams.end(), by_use));
        }
        Stream& stream = streams.emplace_back();
        stream.ssrc = ssrc;
        stream.last_use = ++uses;
        return stream;
    }

    Stream& get(std::uint32_t ssrc) {
        Stream* found = find(ssrc);
        return found != nullptr ? *found : add(ssrc);
    }
};

SrtpContext::SrtpContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
SrtpContext::~SrtpContext() = default;

std::unique_ptr<SrtpContext> SrtpContext::create(SrtpSuite suite, Bytes key_and_salt) {
    const auto rtp_keys = derive_session_keys(suite, key_and_salt, KeyUse::Rtp);
    const auto rtcp_keys = derive_session_keys(suite, key_and_salt, KeyUse::Rtcp);
    if (!rtp_keys || !rtcp_keys) return nullptr;
    auto state = std::make_unique<State>();
    state->rtp = SrtpCipher::create(suite, *rtp_keys);
    state->rtcp = SrtpCipher::create(suite, *rtcp_keys);
    if (!state->rtp || !state->rtcp) return nullptr;
    state->streams.reserve(4);
    return std::unique_ptr<SrtpContext>(new SrtpContext(std::move(state)));
}

SrtpResult SrtpContext::protect(MutableBytes buffer, std::size_t size) {
    if (size > buffer.size()) return {SrtpStatus::NoRoom};
    const auto header_bytes = rtp_header_bytes(buffer.first(size));
    if (!header_bytes) return {SrtpStatus::Malformed};
    Stream& stream = state_->get(load_u32(buffer.data() + 8));
    const std::int64_t index = stream.index(load_u16(buffer.data() + 2));
    if (index < 0) return {SrtpStatus::Replayed};
    if (index >= kRtpIndexLimit) return {SrtpStatus::Exhausted};
    const SrtpResult result = state_->rtp->seal_rtp(buffer, size, *header_bytes, static_cast<std::uint64_t>(index));
    if (result) stream.rtp.accept(std::max(index, stream.rtp.newest()));
    return result;
}

SrtpResult SrtpContext::unprotect(MutableBytes packet) {
    const auto header_bytes = rtp_header_bytes(packet);
    if (!header_bytes) return {SrtpStatus::Malformed};
    const std::uint32_t ssrc = load_u32(packet.data() + 8);
    const std::uint16_t sequence = load_u16(packet.data() + 2);
    Stream* stream = state_->find(ssrc);
    const std::int64_t index = stream != nullptr ? stream->index(sequence) : sequence;
    if (stream != nullptr && !stream->rtp.fresh(index)) return {SrtpStatus::Replayed};
    if (index >= kRtpIndexLimit) return {SrtpStatus::Exhausted};
    const SrtpResult result = state_->rtp->open_rtp(packet, *header_bytes, static_cast<std::uint64_t>(index));
    if (result) (stream != nullptr ? *stream : state_->add(ssrc)).rtp.accept(index);
    return result;
}

SrtpResult SrtpContext::protect_rtcp(MutableBytes buffer, std::size_t size) {
    if (size > buffer.size()) return {SrtpStatus::NoRoom};
    if (size < kRtcpHeaderBytes) return {SrtpStatus::Malformed};
    Stream& stream = state_->get(load_u32(buffer.data() + 4));
    if (stream.next_rtcp_index == kRtcpIndexLimit) return {SrtpStatus::Exhausted};
    const SrtpResult result = state_->rtcp->seal_rtcp(buffer, size, stream.next_rtcp_index);
    if (result) ++stream.next_rtcp_index;
    return result;
}

SrtpResult SrtpContext::unprotect_rtcp(MutableBytes packet) {
    const auto index = state_->rtcp->rtcp_index(packet);
    if (!index) return {SrtpStatus::Malformed};
    const std::uint32_t ssrc = load_u32(packet.data() + 4);
    Stream* stream = state_->find(ssrc);
    if (stream != nullptr && !stream->rtcp.fresh(*index)) return {SrtpStatus::Replayed};
    const SrtpResult result = state_->rtcp->open_rtcp(packet);
    if (result) (stream != nullptr ? *stream : state_->add(ssrc)).rtcp.accept(*index);
    return result;
}

}  // namespace cms::wire
