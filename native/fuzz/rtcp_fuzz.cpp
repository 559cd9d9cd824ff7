// Compound RTCP: counts are consistent, and what was read can be written and read again.
#include <array>

#include "fuzz/require.hpp"
#include "wire/rtcp.hpp"

using namespace cms;

namespace {

// Writes every packet that has a builder as it is told of it.
class Echo final : public wire::RtcpVisitor {
public:
    explicit Echo(wire::RtcpWriter& writer) : writer_(writer) {}

    void on_sender_report(std::uint32_t ssrc, const wire::SenderInfo& info,
                          std::span<const wire::ReportBlock> blocks) override {
        writer_.sender_report(ssrc, info, blocks);
    }
    void on_receiver_report(std::uint32_t ssrc, std::span<const wire::ReportBlock> blocks) override {
        writer_.receiver_report(ssrc, blocks);
    }
    void on_cname(std::uint32_t ssrc, std::string_view cname) override { writer_.sdes_cname(ssrc, cname); }
    void on_bye(std::uint32_t ssrc) override { writer_.bye(ssrc); }
    void on_nack(std::uint32_t ssrc, std::uint16_t sequence) override { writer_.nack(1, ssrc, {&sequence, 1}); }
    void on_pli(std::uint32_t ssrc) override { writer_.pli(1, ssrc); }
    void on_fir(std::uint32_t sender, std::uint32_t ssrc, std::uint8_t command) override {
        writer_.fir(sender, ssrc, command);
    }
    void on_remb(std::uint64_t bitrate_bps) override { writer_.remb(1, bitrate_bps, {}); }
    void on_tmmbr(std::uint32_t sender, const wire::BitrateLimit& limit) override { writer_.tmmbr(sender, limit); }
    void on_tmmbn(std::uint32_t sender, const wire::BitrateLimit& limit) override { writer_.tmmbn(sender, {&limit, 1}); }

private:
    wire::RtcpWriter& writer_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::array<std::uint8_t, 8192> buffer;
    wire::RtcpWriter writer(buffer);
    Echo echo(writer);
    const wire::RtcpOutcome outcome = wire::parse_rtcp({data, size}, echo);
    fuzz::require(outcome.ignored + outcome.malformed <= outcome.packets);
    if (!outcome.well_formed) {
        fuzz::require(writer.size() == 0);
        return 0;
    }
    wire::RtcpVisitor nobody;
    const wire::RtcpOutcome again = wire::parse_rtcp(writer.written(), nobody);
    fuzz::require(writer.size() == 0 || (again.well_formed && again.malformed == 0 && again.ignored == 0));
    return 0;
}
