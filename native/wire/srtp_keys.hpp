// SRTP suites as numbers, and session keys from the master key (RFC 3711 §4.3, RFC 7714 §11).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "wire/bytes.hpp"
#include "wire/srtp.hpp"

namespace cms::wire {

struct SuiteParameters {
    std::size_t key_bytes;
    std::size_t salt_bytes;
    std::size_t rtp_tag_bytes;
    std::size_t rtcp_tag_bytes;
    bool aead;
};

const SuiteParameters& parameters(SrtpSuite suite);

// Of RTP or of RTCP. `auth` is unused by AEAD suites; what a suite does not need stays zero.
struct SessionKeys {
    std::array<std::uint8_t, 32> cipher{};
    std::array<std::uint8_t, 20> auth{};
    std::array<std::uint8_t, 14> salt{};
};

enum class KeyUse : std::uint8_t { Rtp = 0, Rtcp = 3 };  // the first of its three labels

// Nothing when the length is wrong or OpenSSL refuses.
std::optional<SessionKeys> derive_session_keys(SrtpSuite suite, Bytes key_and_salt, KeyUse use);

}  // namespace cms::wire
