#include <cstring>
#include <vector>

#include "video/checks.hpp"
#include "video/dispatch.hpp"
#include "video/kernels.hpp"

namespace cms::video {
namespace {

using SourcePlane = BasicPlane<const std::uint8_t>;
using TargetPlane = BasicPlane<std::uint8_t>;

void copy_plane(const SourcePlane& s, Span from, const TargetPlane& t, Span to) {
    const auto copy_row = rows().copy;
    for (int y = 0; y < to.height; ++y) copy_row(at(s, from.x, from.y + y), at(t, to.x, to.y + y), to.width);
}

// The inner loop for a box of a whole number of samples, nullptr when there is none.
Rows::Box box_of(Span from, Span to) {
    const int factor = from.width / to.width;
    if (factor * to.width != from.width || factor * to.height != from.height) return nullptr;
    const Rows& table = rows();
    return factor == 2 ? table.box2 : factor == 3 ? table.box3 : factor == 4 ? table.box4 : nullptr;
}

void shrink_plane(const SourcePlane& s, Span from, const TargetPlane& t, Span to, Rows::Box box) {
    const int factor = from.width / to.width;
    for (int y = 0; y < to.height; ++y)
        box(at(s, from.x, from.y + y * factor), s.stride, at(t, to.x, to.y + y), to.width);
}

// Makes one row of the source's width at a height of the target.
class Lines {
public:
    Lines(const SourcePlane& plane, Span from, int height)
        : plane_(plane), from_(from), axis_(from.height == height ? nullptr : axis(from.height, height)) {
        if (axis_ == nullptr) return;
        neighbours_.resize(static_cast<std::size_t>(axis_->taps));
        weights_.resize(neighbours_.size());
    }

    void draw(int y, std::uint8_t* out) {
        if (axis_ == nullptr) {
            rows().copy(row(y), out, from_.width);
            return;
        }
        rows().combine(neighbours_.data(), weights_.data(), take(y), out, from_.width);
    }

private:
    // The rows for this height and their weights; how many.
    int take(int y) {
        const int begin = axis_->first[static_cast<std::size_t>(y)];
        int taps = 0;
        for (int k = 0; k < axis_->taps; ++k) {
            const auto place = static_cast<std::size_t>(k);
            neighbours_[place] = row(begin + k < from_.height ? begin + k : from_.height - 1);
            weights_[place] = axis_->pair_weights(k / 2)[2 * y + k % 2];
            if (weights_[place] != 0) taps = k / 2 * 2 + 2;
        }
        return taps;
    }

    const std::uint8_t* row(int y) const { return at(plane_, from_.x, from_.y + y); }

    const SourcePlane& plane_;
    Span from_;
    std::shared_ptr<const Axis> axis_;
    std::vector<const std::uint8_t*> neighbours_;
    std::vector<std::uint8_t> weights_;
};

// First across rows, which the processor does fastest, then along what is left.
void resample_plane(const SourcePlane& s, Span from, const TargetPlane& t, Span to) {
    Lines lines(s, from, to.height);
    const auto columns = from.width == to.width ? nullptr : axis(from.width, to.width);
    alignas(64) std::uint8_t line[kMaxSide + Axis::kPadding];
    std::memset(line + from.width, 0, Axis::kPadding);
    for (int y = 0; y < to.height; ++y) {
        std::uint8_t* out = at(t, to.x, to.y + y);
        lines.draw(y, columns == nullptr ? out : line);
        if (columns == nullptr) continue;
        line[from.width] = line[from.width - 1];
        rows().resample(line, *columns, out);
    }
}

void scale_plane(const SourcePlane& s, Span from, const TargetPlane& t, Span to) {
    if (from.width == to.width && from.height == to.height)
        copy_plane(s, from, t, to);
    else if (const auto box = box_of(from, to); box != nullptr)
        shrink_plane(s, from, t, to, box);
    else
        resample_plane(s, from, t, to);
}

}  // namespace

void scale(const Source& source, Rectangle from, const Target& target, Rectangle to) {
    check(source, from);
    check(target, to);
    for_planes(source, from, target, to, scale_plane);
}

void copy(const Source& source, Rectangle from, const Target& target, int x, int y) {
    const Rectangle to{x, y, from.width, from.height};
    check(source, from);
    check(target, to);
    for_planes(source, from, target, to, copy_plane);
}

}  // namespace cms::video
