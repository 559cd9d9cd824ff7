// One packet under one set of session keys and an explicit index: layouts of RFC 3711 §3.1, §3.4, RFC 7714 §8, §9.
//
// Knows nothing of roll-over counters, windows or SSRC state; that is SrtpContext.
#pragma once

#include <openssl/evp.h>

#include <cstddef>
#include <cstdint>
#include <memory>

#include "wire/bytes.hpp"
#include "wire/srtp.hpp"
#include "wire/srtp_keys.hpp"

namespace cms::wire {

class SrtpCipher {
public:
    // Null when OpenSSL refuses.
    static std::unique_ptr<SrtpCipher> create(SrtpSuite suite, const SessionKeys& keys);

    // RTP. `header_bytes` stay in clear; `index` is 48 bits, roll-over counter and sequence number.
    SrtpResult seal_rtp(MutableBytes buffer, std::size_t size, std::size_t header_bytes, std::uint64_t index);
    SrtpResult open_rtp(MutableBytes packet, std::size_t header_bytes, std::uint64_t index);

    // RTCP. `index` is 31 bits; on opening it is in the packet.
    SrtpResult seal_rtcp(MutableBytes buffer, std::size_t size, std::uint32_t index);
    SrtpResult open_rtcp(MutableBytes packet);

    // Of a protected RTCP packet, nothing checked yet but the length.
    std::optional<std::uint32_t> rtcp_index(Bytes packet) const;

private:
    using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
    using MacContext = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;
    using Tag = std::array<std::uint8_t, 20>;

    SrtpCipher(SrtpSuite suite, const SessionKeys& keys);
    bool prepare();
    bool prepare_mac();
    bool count(std::uint32_t ssrc, std::uint64_t index, MutableBytes text);
    bool sign(Bytes first, Bytes second, Tag& tag);
    bool start_gcm(std::uint32_t ssrc, std::uint64_t index, Bytes clear, Bytes trailer, bool encrypting);
    bool seal_gcm(MutableBytes text, std::uint8_t* tag);
    SrtpStatus open_gcm(MutableBytes text, std::uint8_t* tag);
    SrtpResult open_rtcp_counter(MutableBytes packet);
    SrtpResult open_rtcp_gcm(MutableBytes packet);

    const SuiteParameters& sizes_;
    SessionKeys keys_;
    CipherContext cipher_;
    MacContext mac_;
};

}  // namespace cms::wire
