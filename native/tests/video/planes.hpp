// Planes and pictures for tests, with no byte to spare, so that a sanitizer sees every step outside.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "video/dispatch.hpp"
#include "video/picture.hpp"

namespace cms::video {

// Rows of `stride` bytes; what lies between two rows holds a mark of its own.
struct OwnedPicture {
    static constexpr std::uint8_t kMark = 0xA5;

    OwnedPicture(int w, int h, int spare = 0, std::uint8_t luma = 16)
        : width(w), height(h), y_stride(w + spare), uv_stride(w / 2 + spare), y(bytes(w, h, y_stride), luma),
          u(bytes(w / 2, h / 2, uv_stride), 128), v(u) {
        each_gap([](std::uint8_t& byte) { byte = kMark; });
    }

    Source source() const {
        return {{y.data(), y_stride, y.size()}, {u.data(), uv_stride, u.size()}, {v.data(), uv_stride, v.size()}};
    }
    Target target() {
        return {{y.data(), y_stride, y.size()}, {u.data(), uv_stride, u.size()}, {v.data(), uv_stride, v.size()}};
    }
    Rectangle whole() const { return {0, 0, width, height}; }
    std::uint8_t luma(int x, int row) const { return y[static_cast<std::size_t>(row * y_stride + x)]; }

    void fill_with_noise(unsigned seed) {
        std::mt19937 random(seed);
        for (auto* plane : {&y, &u, &v})
            for (auto& byte : *plane) byte = static_cast<std::uint8_t>(random());
    }

    bool gaps_are_untouched() {
        bool untouched = true;
        each_gap([&](std::uint8_t& byte) { untouched = untouched && byte == kMark; });
        return untouched;
    }

    bool operator==(const OwnedPicture& other) const { return y == other.y && u == other.u && v == other.v; }

    int width, height, y_stride, uv_stride;
    std::vector<std::uint8_t> y, u, v;

private:
    // The last row ends with its last pixel.
    static std::size_t bytes(int w, int h, int stride) { return static_cast<std::size_t>((h - 1) * stride + w); }

    template <class Step>
    void each_gap(Step step) {
        const auto plane = [&](std::vector<std::uint8_t>& bytes, int w, int stride) {
            for (std::size_t i = 0; i < bytes.size(); ++i)
                if (static_cast<int>(i % static_cast<std::size_t>(stride)) >= w) step(bytes[i]);
        };
        plane(y, width, y_stride);
        plane(u, width / 2, uv_stride);
        plane(v, width / 2, uv_stride);
    }
};

// All levels that this processor has, the plain one first.
inline std::vector<Level> levels() {
    std::vector<Level> out;
    for (const Level each : {Level::Plain, Level::Avx2, Level::Avx512})
        if (each <= best_level()) out.push_back(each);
    return out;
}

// Tests leave the level as they found it.
class AtLevel {
public:
    explicit AtLevel(Level wanted) : before_(level()) { use_level(wanted); }
    ~AtLevel() { use_level(before_); }
    AtLevel(const AtLevel&) = delete;
    AtLevel& operator=(const AtLevel&) = delete;

private:
    Level before_;
};

}  // namespace cms::video
