// The picture kernels: each on every level this processor has, beside libyuv and memcpy in the same run. One JSON object.
//
// CPU time of this thread, the best of several rounds, in nanoseconds per luma pixel of the result. `memcpy` copies a picture of
// the source's size or of the result's, whichever is larger: about what reading and writing alone would take.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#ifdef CMS_BENCH_LIBYUV
#include <libyuv.h>
#endif

#include "engine/clock.hpp"
#include "video/dispatch.hpp"
#include "video/kernels.hpp"

using namespace cms::video;

namespace {

constexpr int kRounds = 7;
constexpr double kRoundS = 0.004;

double best_ns(const std::function<void()>& step) {
    step();
    double best = 1e12;
    for (int round = 0; round < kRounds; ++round) {
        const double begun_s = cms::engine::seconds_of(CLOCK_THREAD_CPUTIME_ID);
        double spent_s = 0;
        int steps = 0;
        for (; spent_s < kRoundS; ++steps) {
            step();
            spent_s = cms::engine::seconds_of(CLOCK_THREAD_CPUTIME_ID) - begun_s;
        }
        best = std::min(best, spent_s / steps * 1e9);
    }
    return best;
}

class Owned {
public:
    Owned(int w, int h) : width(w), height(h), bytes_(static_cast<std::size_t>(w * h * 3 / 2)) {
        unsigned state = 1;
        for (auto& byte : bytes_) byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
    }
    Target target() {
        const auto luma = static_cast<std::size_t>(width * height);
        std::uint8_t* y = bytes_.data();
        return {{y, width, luma}, {y + luma, width / 2, luma / 4}, {y + luma * 5 / 4, width / 2, luma / 4}};
    }
    Source source() {
        const Target t = target();
        return {{t.y.data, t.y.stride, t.y.bytes}, {t.u.data, t.u.stride, t.u.bytes}, {t.v.data, t.v.stride, t.v.bytes}};
    }
    Rectangle whole() const { return {0, 0, width, height}; }
    std::size_t bytes() const { return bytes_.size(); }
    double pixels() const { return static_cast<double>(width) * height; }
    int width, height;

private:
    std::vector<std::uint8_t> bytes_;
};

const std::vector<std::pair<Level, const char*>>& levels() {
    static const std::vector<std::pair<Level, const char*>> all = [] {
        std::vector<std::pair<Level, const char*>> out{
            {Level::Plain, "plain"}, {Level::Avx2, "avx2"}, {Level::Avx512, "avx512"}};
        std::erase_if(out, [](const auto& each) { return each.first > best_level(); });
        return out;
    }();
    return all;
}

// `floor` and `libyuv` in nanoseconds, 0 where there is none.
void print(const std::string& name, double pixels, double floor, double libyuv, const std::function<void()>& step) {
    static const char* comma = "";
    std::printf("%s\n  \"%s\": {", comma, name.c_str());
    comma = ",";
    double best = 1e12;
    for (const auto& [level, label] : levels()) {
        use_level(level);
        const double ns = best_ns(step);
        best = std::min(best, ns);
        std::printf("\"%s\": %.4f, ", label, ns / pixels);
    }
    if (libyuv > 0) std::printf("\"libyuv\": %.4f, \"of_libyuv\": %.2f, ", libyuv / pixels, best / libyuv);
    std::printf("\"memcpy\": %.4f, \"of_memcpy\": %.2f, \"us\": %.1f}", floor / pixels, best / floor, best / 1e3);
}

double memcpy_ns(const Owned& like) {
    Owned from(like.width, like.height), to(like.width, like.height);
    return best_ns([&] { std::memcpy(to.target().y.data, from.source().y.data, from.bytes()); });
}

#ifdef CMS_BENCH_LIBYUV
template <class Step>
void planes(Owned& from, Owned& to, Step step) {
    const Source s = from.source();
    const Target t = to.target();
    step(s.y, from.width, from.height, t.y, to.width, to.height);
    step(s.u, from.width / 2, from.height / 2, t.u, to.width / 2, to.height / 2);
    step(s.v, from.width / 2, from.height / 2, t.v, to.width / 2, to.height / 2);
}

double libyuv_scale_ns(Owned& from, Owned& to) {
    const bool shrinks = to.width < from.width;
    return best_ns([&] {
        planes(from, to, [&](const auto& s, int sw, int sh, const auto& t, int tw, int th) {
            libyuv::ScalePlane(s.data, s.stride, sw, sh, t.data, t.stride, tw, th,
                               shrinks ? libyuv::kFilterBox : libyuv::kFilterBilinear);
        });
    });
}

double libyuv_copy_ns(const Source& s, const Target& t, int width, int height) {
    return best_ns([&] {
        libyuv::CopyPlane(s.y.data, s.y.stride, t.y.data, t.y.stride, width, height);
        libyuv::CopyPlane(s.u.data, s.u.stride, t.u.data, t.u.stride, width / 2, height / 2);
        libyuv::CopyPlane(s.v.data, s.v.stride, t.v.data, t.v.stride, width / 2, height / 2);
    });
}

double libyuv_fill_ns(const Target& t, int width, int height) {
    return best_ns([&] {
        libyuv::SetPlane(t.y.data, t.y.stride, width, height, 16);
        libyuv::SetPlane(t.u.data, t.u.stride, width / 2, height / 2, 128);
        libyuv::SetPlane(t.v.data, t.v.stride, width / 2, height / 2, 128);
    });
}

double libyuv_blend_ns(const Source& s, const Alpha& a, const Target& t, int width, int height) {
    return best_ns([&] {
        libyuv::I420Blend(s.y.data, s.y.stride, s.u.data, s.u.stride, s.v.data, s.v.stride, t.y.data, t.y.stride, t.u.data,
                          t.u.stride, t.v.data, t.v.stride, a.data, a.stride, t.y.data, t.y.stride, t.u.data, t.u.stride,
                          t.v.data, t.v.stride, width, height);
    });
}
#else
double libyuv_scale_ns(Owned&, Owned&) { return 0; }
double libyuv_copy_ns(const Source&, const Target&, int, int) { return 0; }
double libyuv_fill_ns(const Target&, int, int) { return 0; }
double libyuv_blend_ns(const Source&, const Alpha&, const Target&, int, int) { return 0; }
#endif

struct Sizes {
    const char* why;
    int from_width, from_height, width, height;
};

constexpr Sizes kScalings[] = {
    {"2", 1280, 720, 640, 360},        {"3", 1278, 720, 426, 240},        {"4", 1280, 720, 320, 180},
    {"5", 1280, 720, 256, 144},        {"1.5", 1280, 720, 854, 480},      {"1.33", 1280, 720, 960, 540},
    {"2.99", 1280, 718, 428, 240},     {"360p 1.5", 640, 360, 426, 240},  {"360p 2", 640, 360, 320, 180},
    {"360p 3", 636, 360, 212, 120},    {"360p 2.5", 640, 360, 256, 144},  {"vga 2.67", 640, 480, 240, 180},
    {"1080p 1.5", 1920, 1080, 1280, 720}, {"1080p 3", 1920, 1080, 640, 360}, {"1080p 6", 1920, 1080, 320, 180},
    {"360p up 2", 640, 360, 1280, 720}, {"vga up 1.5", 640, 480, 960, 720}, {"1", 1280, 720, 1280, 720},
};

void scalings() {
    for (const Sizes& sizes : kScalings) {
        Owned from(sizes.from_width, sizes.from_height), to(sizes.width, sizes.height);
        const std::string size = std::to_string(sizes.width) + "x" + std::to_string(sizes.height);
        print("scale " + std::string(sizes.why) + " to " + size, to.pixels(), std::max(memcpy_ns(from), memcpy_ns(to)),
              libyuv_scale_ns(from, to), [&] { scale(from.source(), from.whole(), to.target(), to.whole()); });
    }
}

// A pane in the middle of a canvas, at an even but otherwise odd address.
void in_place() {
    Owned canvas(1280, 720), pane(426, 240);
    const Target t = canvas.target();
    const auto luma = static_cast<std::size_t>(240 * 1280 + 426);
    const std::size_t chroma = 120 * 640 + 213;
    const Target place{{t.y.data + luma, 1280, t.y.bytes - luma}, {t.u.data + chroma, 640, t.u.bytes - chroma},
                       {t.v.data + chroma, 640, t.v.bytes - chroma}};
    const double floor = memcpy_ns(pane);
    const Rectangle where{426, 240, 426, 240};
    print("blit 426x240", pane.pixels(), floor, libyuv_copy_ns(pane.source(), place, 426, 240),
          [&] { copy(pane.source(), pane.whole(), t, where.x, where.y); });
    Owned changed = pane;
    for (std::size_t i = 0; i < static_cast<std::size_t>(426 * 240); i += 16 * 2) changed.target().y.data[i] ^= 1;  // every other macroblock
    MacroblockMap map(1280, 720);
    bool second = false;
    print("update 426x240, half of it changed", pane.pixels(), floor, 0, [&] {
        second = !second;
        update(second ? changed.source() : pane.source(), pane.whole(), t, where.x, where.y, map);
    });
    print("update 426x240, none changed", pane.pixels(), floor, 0,
          [&] { update(pane.source(), pane.whole(), t, where.x, where.y, map); });
    print("fill 426x240", pane.pixels(), floor, libyuv_fill_ns(place, 426, 240), [&] { fill(t, where, {}); });
    print("dim 426x240", pane.pixels(), floor, 0, [&] { dim(t, where, 99); });
    Owned over(1280, 720);
    print("dissolve 1280x720", canvas.pixels(), memcpy_ns(canvas), 0, [&] { dissolve(over.source(), t, canvas.whole(), 33); });
    Owned label(120, 22);
    const std::vector<std::uint8_t> alpha(120 * 22, 150);
    const Alpha strength{alpha.data(), 120, alpha.size()};
    print("label 120x22", label.pixels(), memcpy_ns(label), libyuv_blend_ns(label.source(), strength, place, 120, 22),
          [&] { blend(label.source(), strength, 120, 22, t, 426, 240); });
}

}  // namespace

int main() {
    std::printf("{\"scenario\": \"picture_kernels\", \"unit\": \"ns per luma pixel of the result\", \"kernels\": {");
    scalings();
    in_place();
    std::printf("}}\n");
    return 0;
}
