#include "wire/rtcp.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "wire/hex.hpp"

using namespace cms::wire;
using cms::test::hex;
using cms::test::to_hex;

namespace {

// Writes down what it is told, one line per fact.
class Log final : public RtcpVisitor {
public:
    std::vector<std::string> lines;
    std::vector<ReportBlock> reports;
    SenderInfo sender;
    std::vector<BitrateLimit> limits;

    void on_sender_report(std::uint32_t ssrc, const SenderInfo& info, std::span<const ReportBlock> blocks) override {
        line("sr", ssrc, blocks.size());
        sender = info;
        reports.assign(blocks.begin(), blocks.end());
    }
    void on_receiver_report(std::uint32_t ssrc, std::span<const ReportBlock> blocks) override {
        line("rr", ssrc, blocks.size());
        reports.assign(blocks.begin(), blocks.end());
    }
    void on_cname(std::uint32_t ssrc, std::string_view cname) override {
        lines.push_back("cname " + std::to_string(ssrc) + " " + std::string(cname));
    }
    void on_bye(std::uint32_t ssrc) override { line("bye", ssrc); }
    void on_nack(std::uint32_t ssrc, std::uint16_t sequence) override { line("nack", ssrc, sequence); }
    void on_pli(std::uint32_t ssrc) override { line("pli", ssrc); }
    void on_fir(std::uint32_t sender_ssrc, std::uint32_t ssrc, std::uint8_t command) override {
        line("fir", sender_ssrc, ssrc, command);
    }
    void on_remb(std::uint64_t bitrate_bps) override { line("remb", bitrate_bps); }
    void on_tmmbr(std::uint32_t ssrc, const BitrateLimit& limit) override {
        line("tmmbr", ssrc, limit.ssrc, limit.bitrate_bps, limit.overhead_bytes);
        limits.push_back(limit);
    }
    void on_tmmbn(std::uint32_t ssrc, const BitrateLimit& limit) override {
        line("tmmbn", ssrc, limit.ssrc, limit.bitrate_bps, limit.overhead_bytes);
    }

private:
    template <typename... Numbers>
    void line(const char* what, Numbers... numbers) {
        std::string text = what;
        ((text += " " + std::to_string(numbers)), ...);
        lines.push_back(text);
    }
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("rtcp: packets as bytes") {
    struct Row {
        const char* what;
        const char* bytes;
        Lines lines;
        std::uint16_t ignored;
        std::uint16_t malformed;
    };
    const Row rows[] = {
        {"empty rr", "80c90001 00000007", {"rr 7 0"}, 0, 0},
        {"rr with profile extension", "80c90002 00000007 12345678", {"rr 7 0"}, 0, 0},
        {"cname", "81ca0003 00000007 01046162 63640000", {"cname 7 abcd"}, 0, 0},
        {"cname after another item", "81ca0004 00000007 02017801 03616263 00000000", {"cname 7 abc"}, 0, 0},
        {"two chunks", "82ca0005 00000007 01016100 00000008 01026262 00000000", {"cname 7 a", "cname 8 bb"}, 0, 0},
        {"bye of two with reason", "82cb0003 00000001 00000002 02686900", {"bye 1", "bye 2"}, 0, 0},
        {"nack", "81cd0003 00000001 00000002 fffe0005", {"nack 2 65534", "nack 2 65535", "nack 2 1"}, 0, 0},
        {"pli", "81ce0002 00000001 00000002", {"pli 2"}, 0, 0},
        {"fir", "84ce0004 00000001 00000000 00000009 07000000", {"fir 1 9 7"}, 0, 0},
        {"remb", "8fce0005 00000001 00000000 52454d42 010bf422 00000009", {"remb 1036424"}, 0, 0},
        {"tmmbr", "83cd0004 00000001 00000000 00000009 0a02d028", {"tmmbr 1 9 263584 40"}, 0, 0},
        {"empty tmmbn", "84cd0002 00000001 00000000", {}, 0, 0},
        {"app, xr and transport-wide feedback", "80cc0002 00000001 61626364 80cf0001 00000001 8fcd0002 00000001 00000002",
         {}, 3, 0},
        {"another application layer message", "8fce0003 00000001 00000000 41424344", {}, 1, 0},
        {"padding", "a0c90002 00000007 00000004", {"rr 7 0"}, 0, 0},
        {"sr too short", "80c80001 00000001", {}, 0, 1},
        {"rr claims a block", "81c90001 00000001", {}, 0, 1},
        {"nack without entry", "81cd0002 00000001 00000002", {}, 0, 1},
        {"fir without entry", "84ce0002 00000001 00000000", {}, 0, 1},
        {"remb claims ssrcs", "8fce0004 00000001 00000000 52454d42 ff000001", {}, 0, 1},
        {"remb beyond 64 bits", "8fce0004 00000001 00000000 52454d42 00ffffff", {}, 0, 1},
        {"sdes without end", "81ca0002 00000007 01026161", {"cname 7 aa"}, 0, 1},
        {"malformed, then sound", "81c90001 00000001 81ce0002 00000001 00000002", {"pli 2"}, 0, 1},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.what));
        Log log;
        const RtcpOutcome outcome = parse_rtcp(hex(row.bytes), log);
        CHECK(outcome.well_formed);
        CHECK(log.lines == row.lines);
        CHECK(outcome.ignored == row.ignored);
        CHECK(outcome.malformed == row.malformed);
    }
}

TEST_CASE("rtcp: an unsound chain is not visited at all") {
    const char* rows[] = {
        "",
        "80c9",
        "40c90001 00000007",                  // version 1
        "80c90002 00000007",                  // longer than the datagram
        "80c90001 00000007 80c9",             // trailing half header
        "80c90001 00000007 00000000",         // trailing zeros
        "a0c90001 00000000",                  // padding of no bytes
        "a0c90001 000000ff",                  // padding beyond the packet
    };
    for (const char* row : rows) {
        CAPTURE(std::string(row));
        Log log;
        CHECK_FALSE(parse_rtcp(hex(row), log).well_formed);
        CHECK(log.lines.empty());
    }
}

TEST_CASE("rtcp: a report with everything goes round") {
    std::array<std::uint8_t, 256> buffer{};
    RtcpWriter writer(buffer);
    const SenderInfo info{.ntp = 0x0123456789ABCDEF, .rtp_timestamp = 90000, .packets_sent = 10, .bytes_sent = 12000};
    const ReportBlock block{.ssrc = 5,
                            .fraction_lost = 12,
                            .packets_lost = -3,
                            .highest_sequence = 0x00020005,
                            .jitter_ticks = 33,
                            .last_sr = 0x456789AB,
                            .delay_since_sr = 65536};
    REQUIRE(writer.sender_report(1, info, {&block, 1}));
    REQUIRE(writer.sdes_cname(1, "someone@somewhere"));
    REQUIRE(writer.bye(1));
    CHECK(writer.size() % 4 == 0);
    Log log;
    const RtcpOutcome outcome = parse_rtcp(writer.written(), log);
    CHECK(outcome.packets == 3);
    CHECK(outcome.malformed == 0);
    CHECK(log.lines == Lines{"sr 1 1", "cname 1 someone@somewhere", "bye 1"});
    CHECK(log.sender.ntp == info.ntp);
    CHECK(log.sender.bytes_sent == 12000);
    CHECK(log.reports[0].packets_lost == -3);
    CHECK(log.reports[0].highest_sequence == 0x00020005);
    CHECK(log.reports[0].delay_since_sr == 65536);
}

TEST_CASE("rtcp: a cname of every length ends on a boundary") {
    for (std::size_t length = 0; length <= 255; ++length) {
        std::array<std::uint8_t, 300> buffer;
        buffer.fill(0xEE);
        RtcpWriter writer(buffer);
        REQUIRE(writer.sdes_cname(9, std::string(length, 'x')));
        Log log;
        CHECK(parse_rtcp(writer.written(), log).malformed == 0);
        CHECK(log.lines.size() == 1);
    }
    std::array<std::uint8_t, 400> buffer{};
    CHECK_FALSE(RtcpWriter(buffer).sdes_cname(9, std::string(256, 'x')));
}

TEST_CASE("rtcp: nack packs neighbours and survives the wrap") {
    std::array<std::uint8_t, 128> buffer{};
    RtcpWriter writer(buffer);
    const std::uint16_t lost[] = {65530, 65535, 0, 10, 11, 28, 1000};
    REQUIRE(writer.nack(1, 2, lost));
    // 65530 takes 65535, 0 and 10 (sixteen after it) along; 11 takes none of 28; three more entries.
    CHECK(writer.size() == 12 + 4 * 4);
    Log log;
    parse_rtcp(writer.written(), log);
    Lines expected;
    for (const std::uint16_t sequence : lost) expected.push_back("nack 2 " + std::to_string(sequence));
    CHECK(log.lines == expected);
    CHECK_FALSE(writer.nack(1, 2, {}));
}

TEST_CASE("rtcp: feedback goes round") {
    std::array<std::uint8_t, 256> buffer{};
    RtcpWriter writer(buffer);
    REQUIRE(writer.receiver_report(1, {}));
    REQUIRE(writer.pli(1, 2));
    REQUIRE(writer.fir(1, 2, 200));
    const std::uint32_t ssrcs[] = {2, 3};
    REQUIRE(writer.remb(1, 1'500'000, ssrcs));
    REQUIRE(writer.tmmbr(1, {.ssrc = 2, .bitrate_bps = 512'000, .overhead_bytes = 40}));
    const BitrateLimit bounding[] = {{.ssrc = 2, .bitrate_bps = 64'000, .overhead_bytes = 600}};
    REQUIRE(writer.tmmbn(1, bounding));
    Log log;
    CHECK(parse_rtcp(writer.written(), log).packets == 6);
    CHECK(log.lines == Lines{"rr 1 0", "pli 2", "fir 1 2 200", "remb 1500000", "tmmbr 1 2 512000 40",
                             "tmmbn 1 2 64000 511"});
}

TEST_CASE("rtcp: bit rates lose at most their mantissa, and never grow") {
    std::mt19937_64 random(7);
    for (int i = 0; i < 1000; ++i) {
        const std::uint64_t bitrate = random() >> (random() % 64);
        std::array<std::uint8_t, 64> buffer{};
        RtcpWriter writer(buffer);
        REQUIRE(writer.tmmbr(1, {.ssrc = 2, .bitrate_bps = bitrate}));
        Log log;
        parse_rtcp(writer.written(), log);
        REQUIRE(log.limits.size() == 1);
        if (bitrate >> 63 != 0) continue;  // clamped: no line is that fast
        CHECK(log.limits[0].bitrate_bps <= bitrate);
        CHECK(static_cast<double>(log.limits[0].bitrate_bps) >= static_cast<double>(bitrate) * (1 - 1.0 / 65536));
    }
}

TEST_CASE("rtcp: no room leaves the buffer as it was") {
    std::array<std::uint8_t, 8> buffer{};
    RtcpWriter writer(buffer);
    REQUIRE(writer.receiver_report(1, {}));
    CHECK_FALSE(writer.pli(1, 2));
    CHECK_FALSE(writer.bye(1));
    CHECK(writer.size() == 8);
    const std::vector<ReportBlock> many(32);
    std::array<std::uint8_t, 2000> large{};
    CHECK_FALSE(RtcpWriter(large).receiver_report(1, many));
}

TEST_CASE("rtcp: ntp time and round trip") {
    CHECK(ntp_from_unix(0) == 2208988800ULL << 32);
    CHECK(ntp_from_unix(1.5) == (2208988801ULL << 32 | 0x80000000));
    // RFC 3550 §6.4.1, figure 2: 0xb710:8000 - 0xb705:2000 - 5.25 s = 6.125 s.
    const ReportBlock block{.last_sr = 0xB7052000, .delay_since_sr = 0x00054000};
    CHECK(round_trip_s(block, 0x0000B71080000000) == doctest::Approx(6.125));
    CHECK(round_trip_s({}, 0x0000B71080000000) == 0);
    CHECK(round_trip_s({.last_sr = 0xB7108000, .delay_since_sr = 10}, 0x0000B71080000000) == 0);
}
