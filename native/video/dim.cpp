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

}  // namespace

void dim(const Target& target, Rectangle where, int percent) {
    if (percent < 0 || percent > 100) throw std::invalid_argument("percent is not in 0..100");
    check(target, where);
    const int keep = (percent * 128 + 50) / 100;
    fade_plane(target.y, luma(where), kBlack, keep);
    fade_plane(target.u, chroma(where), kGrey, keep);
    fade_plane(target.v, chroma(where), kGrey, keep);
}

}  // namespace cms::video
