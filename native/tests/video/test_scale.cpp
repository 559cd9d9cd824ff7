// Scaling judged against arithmetic that shares nothing with it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "planes.hpp"
#include "video/kernels.hpp"

using namespace cms::video;

namespace {

using Row = std::vector<double>;

std::size_t index(int i) { return static_cast<std::size_t>(i); }

// Windowed sinc (Lanczos, three lobes) in floating point: nearest to what an ideal resampler does.
std::vector<Row> lanczos(int from, int to) {
    const double ratio = static_cast<double>(from) / to, scale = std::max(ratio, 1.0);
    const auto sinc = [](double t) { return t == 0 ? 1 : std::sin(std::numbers::pi * t) / (std::numbers::pi * t); };
    std::vector<Row> out(static_cast<std::size_t>(to), Row(static_cast<std::size_t>(from)));
    for (int i = 0; i < to; ++i) {
        Row& weights = out[static_cast<std::size_t>(i)];
        double sum = 0;
        for (int k = 0; k < from; ++k) {
            const double t = (k + 0.5 - (i + 0.5) * ratio) / scale;
            if (std::abs(t) < 3) sum += weights[static_cast<std::size_t>(k)] = sinc(t) * sinc(t / 3);
        }
        for (double& weight : weights) weight /= sum;
    }
    return out;
}

// Random heights on a lattice of this step, straight lines between.
class Relief {
public:
    Relief(int step, unsigned seed) : step_(step), random_(seed), heights_(static_cast<std::size_t>(kSide) * kSide) {
        for (double& height : heights_) height = static_cast<double>(random_() % 2001) / 1000 - 1;
    }
    double operator()(int x, int y) const {
        const double across = static_cast<double>(x % step_) / step_, down = static_cast<double>(y % step_) / step_;
        const int column = x / step_, row = y / step_;
        const double above = std::lerp(at(column, row), at(column + 1, row), across);
        return std::lerp(above, std::lerp(at(column, row + 1), at(column + 1, row + 1), across), down);
    }

private:
    static constexpr int kSide = 641;
    double at(int column, int row) const { return heights_[static_cast<std::size_t>(row * kSide + column)]; }
    int step_;
    std::mt19937 random_;
    std::vector<double> heights_;
};

// As much of each octave, as natural pictures have it, and a little of the finest: a camera's grain.
OwnedPicture scene(int width, int height) {
    std::vector<Relief> octaves;
    for (const int step : {64, 32, 16, 8, 4, 2}) octaves.emplace_back(step, static_cast<unsigned>(step));
    const Relief grain(1, 1);
    OwnedPicture picture(width, height);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            double luma = 125 + 3 * grain(x, y);
            for (const Relief& octave : octaves) luma += 18 * octave(x, y);
            picture.y[static_cast<std::size_t>(y * width + x)] = static_cast<std::uint8_t>(std::lround(luma));
        }
    return picture;
}

double dot(const Row& a, const Row& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
}

// The PSNR in dB of our scaling against Lanczos.
double quality_db(int from_width, int from_height, int width, int height) {
    const OwnedPicture source = scene(from_width, from_height);
    OwnedPicture target(width, height);
    scale(source.source(), source.whole(), target.target(), target.whole());
    const auto across = lanczos(from_width, width), down = lanczos(from_height, height);
    std::vector<Row> columns(static_cast<std::size_t>(width), Row(static_cast<std::size_t>(from_height)));
    for (int y = 0; y < from_height; ++y) {
        const Row row(source.y.begin() + y * from_width, source.y.begin() + (y + 1) * from_width);
        for (int x = 0; x < width; ++x) columns[index(x)][index(y)] = dot(row, across[index(x)]);
    }
    double error = 0;
    for (int x = 0; x < width; ++x)
        for (int y = 0; y < height; ++y) error += std::pow(dot(columns[index(x)], down[index(y)]) - target.luma(x, y), 2);
    return 10 * std::log10(255.0 * 255 * width * height / error);
}

}  // namespace

TEST_CASE("scale: a whole factor takes the rounded mean of each box, exactly") {
    for (const int factor : {2, 3, 4}) {
        CAPTURE(factor);
        OwnedPicture source(50 * factor, 6 * factor), target(50, 6);
        source.fill_with_noise(static_cast<unsigned>(factor));
        scale(source.source(), source.whole(), target.target(), target.whole());
        for (int i = 0; i < 50 * 6; ++i) {
            int sum = 0;
            for (int k = 0; k < factor * factor; ++k)
                sum += source.luma(i % 50 * factor + k % factor, i / 50 * factor + k / factor);
            const double mean = static_cast<double>(sum) / (factor * factor);
            CHECK(target.luma(i % 50, i / 50) == static_cast<int>(std::floor(mean + 0.5)));
        }
    }
}

TEST_CASE("scale: the extremes of brightness stay what they are") {
    for (const int luma : {0, 255})
        for (int to = 2; to <= 90; to += 2) {
            OwnedPicture source(60, 44, 0, static_cast<std::uint8_t>(luma)), target(to, to);
            scale(source.source(), source.whole(), target.target(), target.whole());
            CHECK(std::ranges::all_of(target.y, [&](int value) { return value == luma; }));
        }
}

TEST_CASE("scale: other factors take the mean of the area, to within the rounding") {
    OwnedPicture source(90, 66), target(52, 28);
    source.fill_with_noise(3);
    scale(source.source(), source.whole(), target.target(), target.whole());
    const auto covered = [](int sample, int i, double ratio) {
        return std::max(0.0, std::min(sample + 1.0, (i + 1) * ratio) - std::max<double>(sample, i * ratio));
    };
    for (int y = 0; y < 28; ++y)
        for (int x = 0; x < 52; ++x) {
            double sum = 0;
            for (int row = 0; row < 66; ++row)
                for (int column = 0; column < 90; ++column)
                    sum += source.luma(column, row) * covered(column, x, 90 / 52.0) * covered(row, y, 66 / 28.0);
            CHECK(std::abs(sum / (90 / 52.0 * 66 / 28.0) - target.luma(x, y)) < 2.5);
        }
}

TEST_CASE("scale: near an ideal resampler") {
    CHECK(quality_db(640, 360, 426, 240) > 30);
    CHECK(quality_db(640, 358, 214, 120) > 30);
    CHECK(quality_db(640, 360, 256, 144) > 30);
    CHECK(quality_db(320, 180, 240, 136) > 30);
    CHECK(quality_db(320, 180, 640, 360) > 30);
}
