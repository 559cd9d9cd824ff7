#include <stdexcept>

#include "video/checks.hpp"
#include "video/dispatch.hpp"
#include "video/kernels.hpp"

namespace cms::video {
namespace {

constexpr int kBlack = 16;
constexpr int kGrey = 128;

void fade_plane(const BasicPlane<std::uint8_t>& plane, Span s, int base, int keep) {
    const auto fade = rows().fade;
    for (int y = 0; y < s.height; ++y) fade(at(plane, s.x, s.y + y), s.width, base, keep);
}

// In 1/128.
int share_of(int percent) {
    if (percent < 0 || percent > 100) throw std::invalid_argument("percent is not in 0..100");
    return (percent * 128 + 50) / 100;
}

}  // namespace

void dim(const Target& target, Rectangle where, int percent) {
    const int keep = share_of(percent);
    check(target, where);
    fade_plane(target.y, luma(where), kBlack, keep);
    fade_plane(target.u, chroma(where), kGrey, keep);
    fade_plane(target.v, chroma(where), kGrey, keep);
}

void dissolve(const Source& over, const Target& target, Rectangle where, int percent) {
    const int share = share_of(percent);
    check(over, where);
    check(target, where);
    for_planes(over, where, target, where, [&](const auto& s, Span from, const auto& t, Span to) {
        const auto cross = rows().cross;
        for (int y = 0; y < to.height; ++y) cross(at(s, from.x, from.y + y), at(t, to.x, to.y + y), to.width, share);
    });
}

}  // namespace cms::video
