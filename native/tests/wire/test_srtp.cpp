#include "wire/srtp.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "wire/hex.hpp"
#include "wire/rtp.hpp"
#include "wire/srtp_cipher.hpp"
#include "wire/srtp_keys.hpp"

using namespace cms::wire;
using cms::test::hex;
using cms::test::to_hex;

namespace {

constexpr SrtpSuite kSuites[] = {SrtpSuite::AesCm128HmacSha1_80, SrtpSuite::AesCm128HmacSha1_32,
                                 SrtpSuite::AeadAes128Gcm, SrtpSuite::AeadAes256Gcm};

std::vector<std::uint8_t> some_key(SrtpSuite suite, std::uint8_t seed) {
    std::vector<std::uint8_t> key(srtp_key_and_salt_bytes(suite));
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(seed + 7 * i);
    return key;
}

std::vector<std::uint8_t> rtp(std::uint32_t ssrc, std::uint16_t sequence, std::size_t payload_bytes = 100) {
    std::vector<std::uint8_t> packet(kRtpHeaderBytes + payload_bytes, 0x5A);
    RtpHeader{.payload_type = 96, .sequence = sequence, .timestamp = 1000u * sequence, .ssrc = ssrc}.write(packet);
    return packet;
}

std::vector<std::uint8_t> protect(SrtpContext& context, std::vector<std::uint8_t> packet) {
    const std::size_t size = packet.size();
    packet.resize(size + kSrtpMaxGrowthBytes);
    const SrtpResult result = context.protect(packet, size);
    REQUIRE(result.status == SrtpStatus::Ok);
    packet.resize(result.size);
    return packet;
}

std::vector<std::uint8_t> protect_rtcp(SrtpContext& context, std::vector<std::uint8_t> packet) {
    const std::size_t size = packet.size();
    packet.resize(size + kSrtcpMaxGrowthBytes);
    const SrtpResult result = context.protect_rtcp(packet, size);
    REQUIRE(result.status == SrtpStatus::Ok);
    packet.resize(result.size);
    return packet;
}

SrtpStatus unprotect(SrtpContext& context, std::vector<std::uint8_t> packet) {
    return context.unprotect(packet).status;
}

SessionKeys session(const char* key, const char* salt) {
    SessionKeys keys;
    const auto key_bytes = hex(key);
    const auto salt_bytes = hex(salt);
    std::copy(key_bytes.begin(), key_bytes.end(), keys.cipher.begin());
    std::copy(salt_bytes.begin(), salt_bytes.end(), keys.salt.begin());
    return keys;
}

struct Pair {
    std::unique_ptr<SrtpContext> sender;
    std::unique_ptr<SrtpContext> receiver;

    explicit Pair(SrtpSuite suite)
        : sender(SrtpContext::create(suite, some_key(suite, 1))),
          receiver(SrtpContext::create(suite, some_key(suite, 1))) {}
};

const char* const kRfc7714Salt = "517569642070726f2071756f";
const char* const kRfc7714Key128 = "000102030405060708090a0b0c0d0e0f";
const char* const kRfc7714Key256 = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

}  // namespace

TEST_CASE("srtp: RFC 3711 B.3, key derivation") {
    const auto master = hex("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6");
    const auto keys = derive_session_keys(SrtpSuite::AesCm128HmacSha1_80, master, KeyUse::Rtp);
    REQUIRE(keys);
    CHECK(to_hex(Bytes(keys->cipher).first(16)) == "c61e7a93744f39ee10734afe3ff7a087");
    CHECK(to_hex(keys->salt) == "30cbbc08863d8c85d49db34a9ae1");
    CHECK(to_hex(keys->auth) == "cebe321f6ff7716b6fd4ab49af256a156d38baa4");
}

TEST_CASE("srtp: RFC 3711 B.2, AES counter mode key stream") {
    // The vector's counter starts at the salt: with SSRC and index 0 the key stream is what zeros turn into.
    const auto cipher = SrtpCipher::create(SrtpSuite::AesCm128HmacSha1_80,
                                           session("2B7E151628AED2A6ABF7158809CF4F3C", "F0F1F2F3F4F5F6F7F8F9FAFBFCFD"));
    REQUIRE(cipher);
    std::vector<std::uint8_t> packet(12 + 0xFF02 * 16 + 10, 0);
    packet[0] = 0x80;
    REQUIRE(cipher->seal_rtp(packet, packet.size() - 10, 12, 0));
    const auto block = [&](std::size_t number) { return to_hex(Bytes(packet).subspan(12 + number * 16, 16)); };
    CHECK(block(0x0000) == "e03ead0935c95e80e166b16dd92b4eb4");
    CHECK(block(0x0001) == "d23513162b02d0f72a43a2fe4a5f97ab");
    CHECK(block(0x0002) == "41e95b3bb0a2e8dd477901e4fca894c0");
    CHECK(block(0xFEFF) == "ec8cdf7398607cb0f2d21675ea9ea1e4");
    CHECK(block(0xFF00) == "362b7c3c6773516318a077d7fc5073ae");
    CHECK(block(0xFF01) == "6a2cc3787889374fbeb4c81b17ba6c44");
}

TEST_CASE("srtp: a whole packet of AES_CM_128_HMAC_SHA1_80") {
    // The master key of RFC 3711 B.3 on the packet that libsrtp checks itself with.
    const auto master = hex("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6");
    const auto sender = SrtpContext::create(SrtpSuite::AesCm128HmacSha1_80, master);
    const auto plain = hex("800f1234decafbadcafebabe abababababababababababababababab");
    CHECK(to_hex(protect(*sender, plain)) ==
          "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb");
}

TEST_CASE("srtp: RFC 7714 §16, GCM on RTP") {
    struct Row {
        SrtpSuite suite;
        const char* key;
        const char* sealed;
    };
    const Row rows[] = {
        {SrtpSuite::AeadAes128Gcm, kRfc7714Key128,
         "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833"
         "899d7f27beb16a9152cf765ee4390cce"},
        {SrtpSuite::AeadAes256Gcm, kRfc7714Key256,
         "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b"
         "7aa3db36dfffd6b0f9bb7878d7a76c13"},
    };
    const auto plain = hex("8040f17b8041f8d35501a0b2 47616c6c696120657374206f6d6e69732064697669736120696e20706172746573"
                           "2074726573");
    for (const Row& row : rows) {
        const auto cipher = SrtpCipher::create(row.suite, session(row.key, kRfc7714Salt));
        auto packet = plain;
        packet.resize(plain.size() + 16);
        REQUIRE(cipher->seal_rtp(packet, plain.size(), 12, 0xF17B).size == packet.size());
        CHECK(to_hex(packet) == row.sealed);
        REQUIRE(cipher->open_rtp(packet, 12, 0xF17B).size == plain.size());
        packet.resize(plain.size());
        CHECK(packet == plain);
    }
}

TEST_CASE("srtp: RFC 7714 §17, GCM on RTCP") {
    struct Row {
        SrtpSuite suite;
        const char* key;
        const char* sealed;
    };
    const Row rows[] = {
        {SrtpSuite::AeadAes128Gcm, kRfc7714Key128,
         "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275b"
         "c84aa45896cf4d2fc5abf87245d9eade800005d4"},
        {SrtpSuite::AeadAes256Gcm, kRfc7714Key256,
         "81c8000d4d617273d50ae4d1f5ce5d304ba297e47d470c282c3ece5dbffe0a50a2eaa5c1110555be8415f658c61de0476f1b6fad"
         "1d1eb30c4446839f57ff6f6cb26ac3be800005d4"},
    };
    const auto plain = hex("81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeef"
                           "deadbeefdeadbeef");
    for (const Row& row : rows) {
        const auto cipher = SrtpCipher::create(row.suite, session(row.key, kRfc7714Salt));
        auto packet = plain;
        packet.resize(plain.size() + kSrtcpMaxGrowthBytes);
        REQUIRE(cipher->seal_rtcp(packet, plain.size(), 0x5D4).size == packet.size());
        CHECK(to_hex(packet) == row.sealed);
        REQUIRE(cipher->open_rtcp(packet).size == plain.size());
        packet.resize(plain.size());
        CHECK(packet == plain);
    }
    // §17.3: authenticated, not encrypted.
    auto tagged = hex("81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeef"
                      "deadbeef841dd9683dd78ec92ae58790125f62b3000005d4");
    const auto cipher = SrtpCipher::create(SrtpSuite::AeadAes128Gcm, session(kRfc7714Key128, kRfc7714Salt));
    REQUIRE(cipher->open_rtcp(tagged).size == plain.size());
    tagged.resize(plain.size());
    CHECK(tagged == plain);
}

TEST_CASE("srtp: every suite goes round, with every size and header") {
    for (const SrtpSuite suite : kSuites) {
        CAPTURE(static_cast<int>(suite));
        Pair pair(suite);
        std::uint16_t sequence = 0;
        for (const std::size_t bytes : {0u, 1u, 15u, 16u, 17u, 1200u, 1400u}) {
            const auto plain = rtp(1, ++sequence, bytes);
            auto packet = protect(*pair.sender, plain);
            CHECK(packet.size() == plain.size() + (suite == SrtpSuite::AesCm128HmacSha1_80   ? 10
                                                   : suite == SrtpSuite::AesCm128HmacSha1_32 ? 4
                                                                                             : 16));
            const SrtpResult opened = pair.receiver->unprotect(packet);
            REQUIRE(opened.status == SrtpStatus::Ok);
            packet.resize(opened.size);
            CHECK(packet == plain);
        }
        auto extended = hex("91e00063 00000001 00000001 00000042 bede0001 10aa0000 0102030405");
        const auto plain = extended;
        extended = protect(*pair.sender, extended);
        CHECK(to_hex(Bytes(extended).first(24)) == to_hex(Bytes(plain).first(24)));
        const SrtpResult opened = pair.receiver->unprotect(extended);
        REQUIRE(opened.status == SrtpStatus::Ok);
        extended.resize(opened.size);
        CHECK(extended == plain);
    }
}

TEST_CASE("srtp: every suite goes round on RTCP, with an 80 bit tag at least") {
    for (const SrtpSuite suite : kSuites) {
        CAPTURE(static_cast<int>(suite));
        Pair pair(suite);
        const auto plain = hex("80c90001 00000007 81ca0003 00000007 01046162 63640000");
        for (int i = 0; i < 5; ++i) {
            auto packet = protect_rtcp(*pair.sender, plain);
            CHECK(packet.size() >= plain.size() + 14);
            const auto again = packet;
            const SrtpResult opened = pair.receiver->unprotect_rtcp(packet);
            REQUIRE(opened.status == SrtpStatus::Ok);
            packet.resize(opened.size);
            CHECK(packet == plain);
            packet = again;
            CHECK(pair.receiver->unprotect_rtcp(packet).status == SrtpStatus::Replayed);
        }
    }
}

TEST_CASE("srtp: a flipped bit anywhere is found") {
    for (const SrtpSuite suite : kSuites) {
        Pair pair(suite);
        const auto packet = protect(*pair.sender, rtp(1, 1, 20));
        for (std::size_t bit = 16; bit < packet.size() * 8; ++bit) {
            auto changed = packet;
            changed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
            CHECK(unprotect(*pair.receiver, changed) == SrtpStatus::AuthenticationFailed);
        }
        CHECK(unprotect(*pair.receiver, packet) == SrtpStatus::Ok);
    }
}

TEST_CASE("srtp: a wrong key is told from a malformed packet") {
    for (const SrtpSuite suite : kSuites) {
        Pair pair(suite);
        const auto other = SrtpContext::create(suite, some_key(suite, 2));
        CHECK(unprotect(*other, protect(*pair.sender, rtp(1, 1))) == SrtpStatus::AuthenticationFailed);
        auto rtcp = protect_rtcp(*pair.sender, hex("80c90001 00000007"));
        CHECK(other->unprotect_rtcp(rtcp).status == SrtpStatus::AuthenticationFailed);
        CHECK(unprotect(*other, hex("80600001")) == SrtpStatus::Malformed);
        CHECK(unprotect(*other, rtp(1, 1, 0)) == SrtpStatus::Malformed);
        auto short_rtcp = hex("80c90001 00000007 80000001");
        CHECK(other->unprotect_rtcp(short_rtcp).status == SrtpStatus::Malformed);
    }
}

TEST_CASE("srtp: roll-over, reordering around it, replay and age") {
    for (const SrtpSuite suite : kSuites) {
        Pair pair(suite);
        std::vector<std::vector<std::uint8_t>> packets;
        for (int i = 65000; i < 68000; ++i) {
            packets.push_back(protect(*pair.sender, rtp(1, static_cast<std::uint16_t>(i))));
        }
        for (std::size_t i = 0; i + 1 < packets.size(); i += 2) {
            CHECK(unprotect(*pair.receiver, packets[i + 1]) == SrtpStatus::Ok);
            CHECK(unprotect(*pair.receiver, packets[i]) == SrtpStatus::Ok);
            CHECK(unprotect(*pair.receiver, packets[i]) == SrtpStatus::Replayed);
        }
        CHECK(unprotect(*pair.receiver, packets[1000]) == SrtpStatus::Replayed);
    }
}

TEST_CASE("srtp: a hundred thousand packets with gaps keep their roll-over counter") {
    Pair pair(SrtpSuite::AeadAes128Gcm);
    std::mt19937 random(5);
    for (std::uint32_t i = 100; i < 300000; i += 1 + random() % 5) {
        auto packet = protect(*pair.sender, rtp(1, static_cast<std::uint16_t>(i), 20));
        if (random() % 10 == 0) continue;
        REQUIRE(pair.receiver->unprotect(packet).status == SrtpStatus::Ok);
    }
}

TEST_CASE("srtp: a retransmission is the same packet again") {
    for (const SrtpSuite suite : kSuites) {
        Pair pair(suite);
        const auto first = protect(*pair.sender, rtp(1, 65530));
        for (std::uint32_t i = 65531; i < 65600; ++i) protect(*pair.sender, rtp(1, static_cast<std::uint16_t>(i)));
        CHECK(protect(*pair.sender, rtp(1, 65530)) == first);
    }
}

TEST_CASE("srtp: sources do not disturb each other, however many") {
    Pair pair(SrtpSuite::AesCm128HmacSha1_80);
    for (std::uint32_t round = 0; round < 3; ++round) {
        for (std::uint32_t ssrc = 0; ssrc < 60; ++ssrc) {
            const auto sequence = static_cast<std::uint16_t>(ssrc * 1000 + round);
            CHECK(unprotect(*pair.receiver, protect(*pair.sender, rtp(ssrc, sequence))) == SrtpStatus::Ok);
        }
    }
    for (std::uint32_t ssrc = 1000; ssrc < 1200; ++ssrc) {
        CHECK(unprotect(*pair.receiver, protect(*pair.sender, rtp(ssrc, 1))) == SrtpStatus::Ok);
    }
}

TEST_CASE("srtp: forged packets do not take a source's place") {
    Pair pair(SrtpSuite::AeadAes256Gcm);
    CHECK(unprotect(*pair.receiver, protect(*pair.sender, rtp(1, 1))) == SrtpStatus::Ok);
    for (std::uint32_t ssrc = 2; ssrc < 500; ++ssrc) {
        CHECK(unprotect(*pair.receiver, rtp(ssrc, 1)) == SrtpStatus::AuthenticationFailed);
    }
    CHECK(unprotect(*pair.receiver, rtp(1, 30000)) == SrtpStatus::AuthenticationFailed);
    CHECK(unprotect(*pair.receiver, protect(*pair.sender, rtp(1, 2))) == SrtpStatus::Ok);
}

TEST_CASE("srtp: no room, wrong key length, names") {
    Pair pair(SrtpSuite::AesCm128HmacSha1_80);
    auto packet = rtp(1, 1);
    CHECK(pair.sender->protect(packet, packet.size()).status == SrtpStatus::NoRoom);
    CHECK(pair.sender->protect(packet, packet.size() + 1).status == SrtpStatus::NoRoom);
    auto rtcp = hex("80c90001 00000007");
    CHECK(pair.sender->protect_rtcp(rtcp, rtcp.size()).status == SrtpStatus::NoRoom);
    CHECK(pair.sender->protect_rtcp(rtcp, 4).status == SrtpStatus::Malformed);
    CHECK(SrtpContext::create(SrtpSuite::AeadAes128Gcm, some_key(SrtpSuite::AeadAes256Gcm, 1)) == nullptr);
    CHECK(srtp_suite("AES_CM_128_HMAC_SHA1_32") == SrtpSuite::AesCm128HmacSha1_32);
    CHECK_FALSE(srtp_suite("F8_128_HMAC_SHA1_80"));
}
