// SRTP and SRTCP (RFC 3711, GCM suites RFC 7714) on OpenSSL: one context per direction, any number of SSRCs.
//
// Not here: MKI and key lifetimes (SDES lines that carry them are declined), key derivation rates other than 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "wire/bytes.hpp"

namespace cms::wire {

enum class SrtpSuite : std::uint8_t { AesCm128HmacSha1_80, AesCm128HmacSha1_32, AeadAes128Gcm, AeadAes256Gcm };

// By the name in an SDP crypto line (RFC 4568, RFC 7714 §14.1).
std::optional<SrtpSuite> srtp_suite(std::string_view sdes_name);

// Master key and master salt together: 30, 30, 28, 44 bytes.
std::size_t srtp_key_and_salt_bytes(SrtpSuite suite);

enum class SrtpStatus : std::uint8_t {
    Ok,
    Malformed,             // not RTP/RTCP, or shorter than its own tag
    AuthenticationFailed,  // wrong key or changed on the way
    Replayed,              // seen before, or older than the replay window
    NoRoom,                // the buffer cannot take tag and trailer
    CryptoFailure,         // OpenSSL refused: our own fault
    Exhausted,             // the 2^48 RTP or 2^31 RTCP packets of this key are used up (RFC 3711 §9.2)
};

struct SrtpResult {
    SrtpStatus status = SrtpStatus::Ok;
    std::size_t size = 0;  // of the packet afterwards; 0 unless Ok

    explicit operator bool() const { return status == SrtpStatus::Ok; }
};

inline constexpr std::size_t kSrtpMaxGrowthBytes = 16;   // what protect adds at most
inline constexpr std::size_t kSrtcpMaxGrowthBytes = 20;  // tag and the four bytes of E flag and index

// Not thread-safe: one owner. Works in place; after a failed unprotect the packet's content is undefined.
class SrtpContext {
public:
    // Null when the key has the wrong length or OpenSSL lacks the algorithm.
    static std::unique_ptr<SrtpContext> create(SrtpSuite suite, Bytes key_and_salt);
    ~SrtpContext();
    SrtpContext(const SrtpContext&) = delete;
    SrtpContext& operator=(const SrtpContext&) = delete;

    // The first `size` bytes of `buffer` are the packet; it grows by at most kSrtpMaxGrowthBytes.
    // A retransmission is either the protected bytes again or the very same plain bytes through here: another
    // text under the same sequence number would break the cipher.
    SrtpResult protect(MutableBytes buffer, std::size_t size);
    SrtpResult unprotect(MutableBytes packet);

    // The same for compound RTCP; grows by at most kSrtcpMaxGrowthBytes.
    SrtpResult protect_rtcp(MutableBytes buffer, std::size_t size);
    SrtpResult unprotect_rtcp(MutableBytes packet);

private:
    struct State;
    explicit SrtpContext(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace cms::wire
