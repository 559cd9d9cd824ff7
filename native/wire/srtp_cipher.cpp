#include "wire/srtp_cipher.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>

#include <algorithm>

namespace cms::wire {

namespace {

constexpr std::size_t kRtcpClearBytes = 8;  // header and SSRC of the first packet (RFC 3711 §3.4)
constexpr std::size_t kRtcpIndexBytes = 4;
constexpr std::uint32_t kEncryptedFlag = 0x80000000;
constexpr int kGcmTagBytes = 16;

int length(Bytes bytes) { return static_cast<int>(bytes.size()); }

}  // namespace

SrtpCipher::SrtpCipher(SrtpSuite suite, const SessionKeys& keys)
    : sizes_(parameters(suite)),
      keys_(keys),
      cipher_(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free),
      mac_(nullptr, &EVP_MAC_CTX_free) {}

std::unique_ptr<SrtpCipher> SrtpCipher::create(SrtpSuite suite, const SessionKeys& keys) {
    std::unique_ptr<SrtpCipher> cipher(new SrtpCipher(suite, keys));
    return cipher->prepare() ? std::move(cipher) : nullptr;
}

// Keys are scheduled once; each packet then only sets its own initialisation vector.
bool SrtpCipher::prepare() {
    const EVP_CIPHER* algorithm = !sizes_.aead            ? EVP_aes_128_ctr()
                                  : sizes_.key_bytes == 16 ? EVP_aes_128_gcm()
                                                           : EVP_aes_256_gcm();
    if (!cipher_ || EVP_EncryptInit_ex(cipher_.get(), algorithm, nullptr, keys_.cipher.data(), nullptr) != 1) {
        return false;
    }
    return sizes_.aead || prepare_mac();
}

bool SrtpCipher::prepare_mac() {
    using Mac = std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)>;
    const Mac hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free);
    if (!hmac) return false;
    mac_.reset(EVP_MAC_CTX_new(hmac.get()));
    char digest[] = "SHA1";
    const OSSL_PARAM settings[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                   OSSL_PARAM_construct_end()};
    return mac_ && EVP_MAC_init(mac_.get(), keys_.auth.data(), keys_.auth.size(), settings) == 1;
}

// AES-CM (RFC 3711 §4.1.1): IV = salt·2^16 XOR SSRC·2^64 XOR index·2^16.
bool SrtpCipher::count(std::uint32_t ssrc, std::uint64_t index, MutableBytes text) {
    std::array<std::uint8_t, 16> place{};
    store_u32(place.data() + 4, ssrc);
    store_u64(place.data() + 6, load_u64(place.data() + 6) ^ index);
    for (std::size_t i = 0; i < keys_.salt.size(); ++i) place[i] ^= keys_.salt[i];
    int written = 0;
    return EVP_EncryptInit_ex(cipher_.get(), nullptr, nullptr, nullptr, place.data()) == 1 &&
           (text.empty() ||
            EVP_EncryptUpdate(cipher_.get(), text.data(), &written, text.data(), length(text)) == 1);
}

bool SrtpCipher::sign(Bytes first, Bytes second, Tag& tag) {
    std::size_t written = 0;
    return EVP_MAC_init(mac_.get(), nullptr, 0, nullptr) == 1 &&
           EVP_MAC_update(mac_.get(), first.data(), first.size()) == 1 &&
           (second.empty() || EVP_MAC_update(mac_.get(), second.data(), second.size()) == 1) &&
           EVP_MAC_final(mac_.get(), tag.data(), &written, tag.size()) == 1;
}

// IV = (0000 | SSRC | six bytes of index) XOR salt: RFC 7714 §8.1, and §9.1, whose shorter index only adds zeros.
bool SrtpCipher::start_gcm(std::uint32_t ssrc, std::uint64_t index, Bytes clear, Bytes trailer, bool encrypting) {
    std::array<std::uint8_t, 12> place{};
    store_u64(place.data() + 4, index);
    store_u32(place.data() + 2, ssrc);
    for (std::size_t i = 0; i < place.size(); ++i) place[i] ^= keys_.salt[i];
    EVP_CIPHER_CTX* cipher = cipher_.get();
    int written = 0;
    return EVP_CipherInit_ex(cipher, nullptr, nullptr, nullptr, place.data(), encrypting ? 1 : 0) == 1 &&
           EVP_CipherUpdate(cipher, nullptr, &written, clear.data(), length(clear)) == 1 &&
           (trailer.empty() || EVP_CipherUpdate(cipher, nullptr, &written, trailer.data(), length(trailer)) == 1);
}

bool SrtpCipher::seal_gcm(MutableBytes text, std::uint8_t* tag) {
    int written = 0;
    return (text.empty() ||
            EVP_EncryptUpdate(cipher_.get(), text.data(), &written, text.data(), length(text)) == 1) &&
           EVP_EncryptFinal_ex(cipher_.get(), tag, &written) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_GCM_GET_TAG, kGcmTagBytes, tag) == 1;
}

SrtpStatus SrtpCipher::open_gcm(MutableBytes text, std::uint8_t* tag) {
    int written = 0;
    if (EVP_CIPHER_CTX_ctrl(cipher_.get(), EVP_CTRL_GCM_SET_TAG, kGcmTagBytes, tag) != 1) {
        return SrtpStatus::CryptoFailure;
    }
    if (!text.empty() && EVP_DecryptUpdate(cipher_.get(), text.data(), &written, text.data(), length(text)) != 1) {
        return SrtpStatus::CryptoFailure;
    }
    Tag rest;
    return EVP_DecryptFinal_ex(cipher_.get(), rest.data(), &written) == 1 ? SrtpStatus::Ok
                                                                          : SrtpStatus::AuthenticationFailed;
}

SrtpResult SrtpCipher::seal_rtp(MutableBytes buffer, std::size_t size, std::size_t header_bytes, std::uint64_t index) {
    if (buffer.size() - size < sizes_.rtp_tag_bytes) return {SrtpStatus::NoRoom};
    const std::uint32_t ssrc = load_u32(buffer.data() + 8);
    const MutableBytes text = buffer.subspan(header_bytes, size - header_bytes);
    if (sizes_.aead) {
        const bool sealed = start_gcm(ssrc, index, buffer.first(header_bytes), {}, true) &&
                            seal_gcm(text, buffer.data() + size);
        return sealed ? SrtpResult{SrtpStatus::Ok, size + sizes_.rtp_tag_bytes} : SrtpResult{SrtpStatus::CryptoFailure};
    }
    std::array<std::uint8_t, 4> rollover;
    store_u32(rollover.data(), static_cast<std::uint32_t>(index >> 16));
    Tag tag;
    if (!count(ssrc, index, text) || !sign(buffer.first(size), rollover, tag)) return {SrtpStatus::CryptoFailure};
    std::copy_n(tag.begin(), sizes_.rtp_tag_bytes, buffer.begin() + static_cast<std::ptrdiff_t>(size));
    return {SrtpStatus::Ok, size + sizes_.rtp_tag_bytes};
}

SrtpResult SrtpCipher::open_rtp(MutableBytes packet, std::size_t header_bytes, std::uint64_t index) {
    if (packet.size() < header_bytes + sizes_.rtp_tag_bytes) return {SrtpStatus::Malformed};
    const std::size_t size = packet.size() - sizes_.rtp_tag_bytes;
    const std::uint32_t ssrc = load_u32(packet.data() + 8);
    const MutableBytes text = packet.subspan(header_bytes, size - header_bytes);
    if (sizes_.aead) {
        if (!start_gcm(ssrc, index, packet.first(header_bytes), {}, false)) return {SrtpStatus::CryptoFailure};
        const SrtpStatus status = open_gcm(text, packet.data() + size);
        return {status, status == SrtpStatus::Ok ? size : 0};
    }
    std::array<std::uint8_t, 4> rollover;
    store_u32(rollover.data(), static_cast<std::uint32_t>(index >> 16));
    Tag tag;
    if (!sign(packet.first(size), rollover, tag)) return {SrtpStatus::CryptoFailure};
    if (CRYPTO_memcmp(tag.data(), packet.data() + size, sizes_.rtp_tag_bytes) != 0) {
        return {SrtpStatus::AuthenticationFailed};
    }
    return count(ssrc, index, text) ? SrtpResult{SrtpStatus::Ok, size} : SrtpResult{SrtpStatus::CryptoFailure};
}

// Counter mode: text | E and index | tag. GCM: text | tag | E and index (RFC 7714 §9.2).
SrtpResult SrtpCipher::seal_rtcp(MutableBytes buffer, std::size_t size, std::uint32_t index) {
    const std::size_t protected_size = size + kRtcpIndexBytes + sizes_.rtcp_tag_bytes;
    if (buffer.size() < protected_size) return {SrtpStatus::NoRoom};
    const std::uint32_t ssrc = load_u32(buffer.data() + 4);
    const MutableBytes text = buffer.subspan(kRtcpClearBytes, size - kRtcpClearBytes);
    if (sizes_.aead) {
        const MutableBytes trailer = buffer.subspan(size + sizes_.rtcp_tag_bytes, kRtcpIndexBytes);
        store_u32(trailer.data(), kEncryptedFlag | index);
        const bool sealed = start_gcm(ssrc, index, buffer.first(kRtcpClearBytes), trailer, true) &&
                            seal_gcm(text, buffer.data() + size);
        return sealed ? SrtpResult{SrtpStatus::Ok, protected_size} : SrtpResult{SrtpStatus::CryptoFailure};
    }
    store_u32(buffer.data() + size, kEncryptedFlag | index);
    Tag tag;
    if (!count(ssrc, index, text) || !sign(buffer.first(size + kRtcpIndexBytes), {}, tag)) {
        return {SrtpStatus::CryptoFailure};
    }
    std::copy_n(tag.begin(), sizes_.rtcp_tag_bytes, buffer.data() + size + kRtcpIndexBytes);
    return {SrtpStatus::Ok, protected_size};
}

std::optional<std::uint32_t> SrtpCipher::rtcp_index(Bytes packet) const {
    const std::size_t after_index = sizes_.aead ? 0 : sizes_.rtcp_tag_bytes;
    if (packet.size() < kRtcpClearBytes + kRtcpIndexBytes + sizes_.rtcp_tag_bytes) return std::nullopt;
    return load_u32(packet.data() + packet.size() - after_index - kRtcpIndexBytes) & ~kEncryptedFlag;
}

SrtpResult SrtpCipher::open_rtcp(MutableBytes packet) {
    if (!rtcp_index(packet)) return {SrtpStatus::Malformed};
    return sizes_.aead ? open_rtcp_gcm(packet) : open_rtcp_counter(packet);
}

SrtpResult SrtpCipher::open_rtcp_counter(MutableBytes packet) {
    const std::size_t signed_size = packet.size() - sizes_.rtcp_tag_bytes;
    const std::size_t size = signed_size - kRtcpIndexBytes;
    Tag tag;
    if (!sign(packet.first(signed_size), {}, tag)) return {SrtpStatus::CryptoFailure};
    if (CRYPTO_memcmp(tag.data(), packet.data() + signed_size, sizes_.rtcp_tag_bytes) != 0) {
        return {SrtpStatus::AuthenticationFailed};
    }
    const std::uint32_t trailer = load_u32(packet.data() + size);
    // Authentic but in clear: RFC 3711 §3.4 lets a sender choose so packet by packet.
    if ((trailer & kEncryptedFlag) == 0) return {SrtpStatus::Ok, size};
    const MutableBytes text = packet.subspan(kRtcpClearBytes, size - kRtcpClearBytes);
    const bool opened = count(load_u32(packet.data() + 4), trailer & ~kEncryptedFlag, text);
    return opened ? SrtpResult{SrtpStatus::Ok, size} : SrtpResult{SrtpStatus::CryptoFailure};
}

SrtpResult SrtpCipher::open_rtcp_gcm(MutableBytes packet) {
    const MutableBytes trailer = packet.last(kRtcpIndexBytes);
    const std::size_t size = packet.size() - kRtcpIndexBytes - sizes_.rtcp_tag_bytes;
    const std::uint32_t word = load_u32(trailer.data());
    const bool encrypted = (word & kEncryptedFlag) != 0;
    // In clear the whole packet is associated data (RFC 7714 §9.3).
    const std::size_t clear = encrypted ? kRtcpClearBytes : size;
    if (!start_gcm(load_u32(packet.data() + 4), word & ~kEncryptedFlag, packet.first(clear), trailer, false)) {
        return {SrtpStatus::CryptoFailure};
    }
    const SrtpStatus status = open_gcm(packet.subspan(clear, size - clear), packet.data() + size);
    return {status, status == SrtpStatus::Ok ? size : 0};
}

}  // namespace cms::wire
