#include "wire/srtp_keys.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

namespace cms::wire {

namespace {

constexpr std::array<SuiteParameters, 4> kParameters{{
    {.key_bytes = 16, .salt_bytes = 14, .rtp_tag_bytes = 10, .rtcp_tag_bytes = 10, .aead = false},
    // RFC 4568 §6.2.2: the short tag is for RTP alone.
    {.key_bytes = 16, .salt_bytes = 14, .rtp_tag_bytes = 4, .rtcp_tag_bytes = 10, .aead = false},
    {.key_bytes = 16, .salt_bytes = 12, .rtp_tag_bytes = 16, .rtcp_tag_bytes = 16, .aead = true},
    {.key_bytes = 32, .salt_bytes = 12, .rtp_tag_bytes = 16, .rtcp_tag_bytes = 16, .aead = true},
}};

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

// The pseudo-random function of RFC 3711 §4.3.3: key stream from counter mode at salt XOR label.
// With a key derivation rate of 0 the packet index has no part in it; a 96-bit salt counts as padded with zeros.
bool derive(EVP_CIPHER_CTX* cipher, Bytes salt, std::uint8_t label, MutableBytes out) {
    std::array<std::uint8_t, 16> counter{};
    std::copy(salt.begin(), salt.end(), counter.begin());
    counter[7] ^= label;
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    int written = 0;
    return EVP_EncryptInit_ex(cipher, nullptr, nullptr, nullptr, counter.data()) == 1 &&
           EVP_EncryptUpdate(cipher, out.data(), &written, out.data(), static_cast<int>(out.size())) == 1;
}

}  // namespace

const SuiteParameters& parameters(SrtpSuite suite) { return kParameters[static_cast<std::size_t>(suite)]; }

std::optional<SessionKeys> derive_session_keys(SrtpSuite suite, Bytes key_and_salt, KeyUse use) {
    const SuiteParameters& sizes = parameters(suite);
    if (key_and_salt.size() != sizes.key_bytes + sizes.salt_bytes) return std::nullopt;
    const CipherContext cipher(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
    const EVP_CIPHER* algorithm = sizes.key_bytes == 32 ? EVP_aes_256_ctr() : EVP_aes_128_ctr();
    if (!cipher || EVP_EncryptInit_ex(cipher.get(), algorithm, nullptr, key_and_salt.data(), nullptr) != 1) {
        return std::nullopt;
    }
    const Bytes salt = key_and_salt.subspan(sizes.key_bytes);
    const auto label = static_cast<std::uint8_t>(use);
    SessionKeys keys;
    const auto cipher_key = MutableBytes(keys.cipher).first(sizes.key_bytes);
    const auto session_salt = MutableBytes(keys.salt).first(sizes.salt_bytes);
    const bool derived = derive(cipher.get(), salt, label, cipher_key) &&
                         derive(cipher.get(), salt, static_cast<std::uint8_t>(label + 1), keys.auth) &&
                         derive(cipher.get(), salt, static_cast<std::uint8_t>(label + 2), session_salt);
    return derived ? std::optional(keys) : std::nullopt;
}

}  // namespace cms::wire
