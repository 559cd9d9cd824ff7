#include "video/checks.hpp"
#include "video/dispatch.hpp"
#include "video/kernels.hpp"

namespace cms::video {
namespace {

constexpr int kPiece = 1024;  // chroma samples whose alphas are made at a time

// A chroma sample lies under four luma pixels: it takes the mean of their alphas.
void blend_chroma_row(const Source& overlay, const Alpha& alpha, int row, int width, std::uint8_t* u, std::uint8_t* v) {
    const Rows& table = rows();
    std::uint8_t means[kPiece];
    for (int x = 0; x < width; x += kPiece) {
        const int count = width - x < kPiece ? width - x : kPiece;
        table.halve(at(alpha, 2 * x, 2 * row), at(alpha, 2 * x, 2 * row + 1), means, count);
        table.mix(at(overlay.u, x, row), means, u + x, count);
        table.mix(at(overlay.v, x, row), means, v + x, count);
    }
}

}  // namespace

void blend(const Source& overlay, const Alpha& alpha, int width, int height, const Target& target, int x, int y) {
    const Rectangle from{0, 0, width, height};
    check(overlay, from);
    check(target, {x, y, width, height});
    check_plane(alpha, luma(from));
    const auto mix = rows().mix;
    for (int row = 0; row < height; ++row) mix(at(overlay.y, 0, row), at(alpha, 0, row), at(target.y, x, y + row), width);
    for (int row = 0; row < height / 2; ++row)
        blend_chroma_row(overlay, alpha, row, width / 2, at(target.u, x / 2, y / 2 + row), at(target.v, x / 2, y / 2 + row));
}

}  // namespace cms::video
