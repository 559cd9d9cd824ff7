#include <doctest/doctest.h>

#include <random>

#include "payload/h264.hpp"
#include "payload/h264_pictures.hpp"
#include "payload/lossy.hpp"

using namespace cms::payload;
using namespace cms::test;

namespace {

std::vector<std::vector<std::uint8_t>> payloads(H264Packetizer& packetizer, const std::vector<std::uint8_t>& picture) {
    std::vector<PayloadPiece> pieces;
    packetizer.packetize(picture, pieces);
    std::vector<std::vector<std::uint8_t>> made;
    for (const auto& piece : pieces) made.push_back(bytes_of(piece));
    return made;
}

}  // namespace

TEST_CASE("h264 packetizer: start codes of both lengths, trailing zeros, nothing before the first") {
    H264Packetizer packetizer(H264Mode::NonInterleaved, 1200);
    std::vector<PayloadPiece> pieces;
    const auto picture = hex("aabb 000001 4188aa 00000001 4140bb 0000 000001 4140cc");
    packetizer.packetize(picture, pieces);
    REQUIRE(pieces.size() == 3);
    CHECK(to_hex(bytes_of(pieces[0])) == "4188aa");
    CHECK(to_hex(bytes_of(pieces[1])) == "4140bb");
    CHECK(to_hex(bytes_of(pieces[2])) == "4140cc");
    CHECK_FALSE(pieces[0].marker);
    CHECK_FALSE(pieces[1].marker);
    CHECK(pieces[2].marker);
}

TEST_CASE("h264 packetizer: nothing from nothing") {
    H264Packetizer packetizer(H264Mode::NonInterleaved, 1200);
    std::vector<PayloadPiece> pieces;
    for (const char* row : {"", "00", "000001", "00000001", "000001000001", "41aabbcc"}) {
        const auto picture = hex(row);
        packetizer.packetize(picture, pieces);
        CHECK(pieces.empty());
    }
}

TEST_CASE("h264 packetizer: parameter sets share a STAP-A with the highest NRI") {
    H264Packetizer packetizer(H264Mode::NonInterleaved, 1200);
    const auto made = payloads(packetizer, annex_b({hex("0605010203"), hex("67aa"), hex("28bb"), hex("6588ff")}));
    REQUIRE(made.size() == 2);
    CHECK(made[0] == hex("78 0005 0605010203 0002 67aa 0002 28bb"));
    CHECK(made[1] == hex("6588ff"));
}

TEST_CASE("h264 packetizer: slices are never aggregated, a lone parameter set goes alone") {
    H264Packetizer packetizer(H264Mode::NonInterleaved, 1200);
    const auto made = payloads(packetizer, annex_b({hex("67aa"), hex("4188"), hex("4140")}));
    REQUIRE(made.size() == 3);
    CHECK(made[0] == hex("67aa"));
}

TEST_CASE("h264 packetizer: FU-A fragments join to the NAL unit, within the limit, of one size but the last") {
    std::mt19937 random(11);
    for (const std::size_t limit : {64u, 100u, 1200u}) {
        H264Packetizer packetizer(H264Mode::NonInterleaved, limit);
        for (const std::size_t bytes : {limit - 1, limit, limit + 1, 2 * limit - 3, 2 * limit, 5000 + limit}) {
            const Nal nal = make_slice(random, true, true, bytes);
            const auto made = payloads(packetizer, annex_b({nal}));
            if (bytes <= limit) {
                CHECK(made == std::vector<std::vector<std::uint8_t>>{nal});
                continue;
            }
            Nal joined{nal[0]};
            for (std::size_t i = 0; i < made.size(); ++i) {
                CHECK(made[i].size() <= limit);
                if (i + 1 < made.size()) CHECK(made[i].size() == made[0].size());
                CHECK(made[i].size() + made.size() > made[0].size());
                CHECK(made[i][0] == 0x7C);
                CHECK(made[i][1] == (5 | (i == 0 ? 0x80 : 0) | (i + 1 == made.size() ? 0x40 : 0)));
                joined.insert(joined.end(), made[i].begin() + 2, made[i].end());
            }
            CHECK(joined == nal);
        }
    }
}

TEST_CASE("h264 packetizer: mode 0 sends NAL units whole and counts what is too large") {
    std::mt19937 random(12);
    H264Packetizer packetizer(H264Mode::SingleNal, 1200);
    const Nal small = make_slice(random, true, true, 1200);
    const Nal large = make_slice(random, true, false, 1201);
    const auto made = payloads(packetizer, annex_b({kSps, kPps, small, large}));
    CHECK(made == std::vector<std::vector<std::uint8_t>>{kSps, kPps, small, large});
    CHECK(packetizer.oversized() == 1);
}

TEST_CASE("h264 packetizer: a piece needs its room") {
    H264Packetizer packetizer(H264Mode::NonInterleaved, 1200);
    std::vector<PayloadPiece> pieces;
    const auto picture = annex_b({hex("4188aabb")});
    packetizer.packetize(picture, pieces);
    std::array<std::uint8_t, 3> small{};
    CHECK(pieces.at(0).write(small) == 0);
}
