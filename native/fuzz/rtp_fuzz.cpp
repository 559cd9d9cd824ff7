// RTP header, extensions and padding: parts add up to the whole and lie inside it.
#include "fuzz/require.hpp"
#include "wire/demux.hpp"
#include "wire/rtp.hpp"

using namespace cms;

namespace {

void check_inside(wire::Bytes part, wire::Bytes whole) {
    if (part.empty()) return;
    fuzz::require(part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const wire::Bytes packet(data, size);
    (void)wire::classify(packet);
    const auto view = wire::RtpView::parse(packet);
    if (!view) return 0;
    fuzz::require(view->header_bytes + view->payload.size() + view->padding_bytes == size);
    check_inside(view->payload, packet);
    for (std::size_t i = 0; i < view->csrc_count(); ++i) (void)view->csrc(i);
    for (unsigned id = 0; id < 256; ++id) {
        if (const auto element = view->extension(static_cast<std::uint8_t>(id))) check_inside(*element, packet);
    }
    return 0;
}
