#include <doctest/doctest.h>

#include <cstdlib>

#include "audio/g711.hpp"

namespace cms::audio {

TEST_CASE("G.711: known codes of mu-law and A-law") {
    CHECK(g711::mu_law(0) == 0xff);
    CHECK(g711::mu_law(32767) == 0x80);
    CHECK(g711::mu_law(-32768) == 0x00);
    CHECK(g711::a_law(0) == 0xd5);
    CHECK(g711::a_law(32767) == 0xaa);
    CHECK(g711::a_law(-32768) == 0x2a);
    CHECK(g711::from_mu_law(0xff) == 0);
    CHECK(g711::from_mu_law(0x00) == -32124);
    CHECK(g711::from_a_law(0xd5) == 8);
    CHECK(g711::from_a_law(0x2a) == -32256);
}

TEST_CASE("G.711: every code survives decoding and encoding") {
    for (int code = 0; code < 256; ++code) {
        const auto byte = static_cast<std::uint8_t>(code);
        CHECK(g711::a_law(g711::from_a_law(byte)) == byte);
        // Mu-law has two zeros.
        if (byte != 0x7f) CHECK(g711::mu_law(g711::from_mu_law(byte)) == byte);
    }
}

TEST_CASE("G.711: the error of every sample stays within half a step of its segment") {
    for (int value = -32768; value <= 32767; ++value) {
        const auto sample = static_cast<std::int16_t>(value);
        const int allowed = std::abs(value) / 32 + 8;
        REQUIRE(std::abs(g711::from_a_law(g711::a_law(sample)) - value) <= allowed);
        if (std::abs(value) <= g711::kMuClip) REQUIRE(std::abs(g711::from_mu_law(g711::mu_law(sample)) - value) <= allowed);
    }
}

}  // namespace cms::audio
