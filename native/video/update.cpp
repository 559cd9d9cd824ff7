// Copies a rectangle and finds out what that changed: the target's bytes are in the cache for the writing anyway.
//
// source row ─┬─► eight bytes at a time, as they lie in the target's row: written, and a bit set where they were others
//             └─► a row of macroblocks is through: its bits of luma and chroma become marks
#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <utility>

#include "video/checks.hpp"
#include "video/dispatch.hpp"
#include "video/kernels.hpp"
#include "video/macroblock_map.hpp"
#include "video/rows_plain.hpp"

namespace cms::video {
namespace {

constexpr int kBlock = Rows::kBlock;

// A plane's part of one row of macroblocks.
class Strip {
public:
    Strip(const BasicPlane<const std::uint8_t>& source, Span from, const BasicPlane<std::uint8_t>& target, Span to)
        : source_(source), from_(from), target_(target), to_(to), head_(std::min(to.width, -to.x & (kBlock - 1))) {}

    // The rows from `begin` to `end` of the target.
    void copy(int begin, int end) {
        const auto replace_row = rows().replace;
        for (int y = begin; y < end; ++y) {
            const std::uint8_t* source = at(source_, from_.x, from_.y + y - to_.y);
            std::uint8_t* out = at(target_, to_.x, y);
            plain::replace(source, out, head_, &head_differs_);
            replace_row(source + head_, out + head_, to_.width - head_, differs_.data());
        }
    }

    // Marks where there was a difference, forgets it, and tells whether there was any.
    template <int BlocksEach>
    bool mark(std::span<std::uint8_t> macroblocks) {
        bool any = std::exchange(head_differs_, std::uint8_t{0}) != 0;
        if (any) macroblocks[static_cast<std::size_t>(to_.x / kBlock / BlocksEach)] = 1;
        const int first = (to_.x + head_) / kBlock;
        const int bytes = (to_.width - head_ + kBlock * 8 - 1) / (kBlock * 8);
        for (int i = 0; i < bytes; ++i) {
            unsigned bits = std::exchange(differs_[static_cast<std::size_t>(i)], std::uint8_t{0});
            any |= bits != 0;
            for (; bits != 0; bits &= bits - 1)
                macroblocks[static_cast<std::size_t>((first + 8 * i + std::countr_zero(bits)) / BlocksEach)] = 1;
        }
        return any;
    }

private:
    const BasicPlane<const std::uint8_t>& source_;
    Span from_;
    const BasicPlane<std::uint8_t>& target_;
    Span to_;
    int head_;  // bytes before the first whole block of the target's row
    std::uint8_t head_differs_ = 0;
    std::array<std::uint8_t, kMaxSide / kBlock / 8 + 1> differs_{};
};

}  // namespace

bool update(const Source& source, Rectangle from, const Target& target, int x, int y, MacroblockMap& changed) {
    const Rectangle to{x, y, from.width, from.height};
    check(source, from);
    check(target, to);
    changed.check(to);
    Strip luma_strip(source.y, luma(from), target.y, luma(to));
    Strip u_strip(source.u, chroma(from), target.u, chroma(to)), v_strip(source.v, chroma(from), target.v, chroma(to));
    constexpr int kSide = MacroblockMap::kSide;
    bool any = false;
    for (int number = y / kSide; number * kSide < y + to.height; ++number) {
        const int begin = std::max(number * kSide, y), end = std::min((number + 1) * kSide, y + to.height);
        luma_strip.copy(begin, end);
        u_strip.copy(begin / 2, end / 2);
        v_strip.copy(begin / 2, end / 2);
        const auto row = changed.row(number);
        any |= luma_strip.mark<kSide / kBlock>(row);
        any |= u_strip.mark<kSide / 2 / kBlock>(row);
        any |= v_strip.mark<kSide / 2 / kBlock>(row);
    }
    return any;
}

}  // namespace cms::video
