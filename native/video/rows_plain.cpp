#include "video/rows_plain.hpp"

#include <cstring>

#include "video/rows.hpp"

namespace cms::video {
namespace {

template <int Factor>
void box(const std::uint8_t* source, std::ptrdiff_t stride, std::uint8_t* out, int width) {
    plain::box<Factor>(source, stride, out, width);
}

void combine(const std::uint8_t* const* rows, const std::uint8_t* weights, int taps, std::uint8_t* out, int width) {
    plain::combine(rows, weights, taps, out, 0, width);
}

void resample(const std::uint8_t* line, const Axis& axis, std::uint8_t* out) { plain::resample(line, axis, out); }

void copy(const std::uint8_t* source, std::uint8_t* out, int width) {
    std::memcpy(out, source, static_cast<std::size_t>(width));
}

void replace(const std::uint8_t* source, std::uint8_t* out, int width, std::uint8_t* differs) {
    plain::replace(source, out, width, differs);
}

void mix(const std::uint8_t* over, const std::uint8_t* alpha, std::uint8_t* out, int width) {
    plain::mix(over, alpha, out, width);
}

void halve(const std::uint8_t* above, const std::uint8_t* below, std::uint8_t* out, int width) {
    plain::halve(above, below, out, width);
}

void fade(std::uint8_t* pixels, int width, int base, int keep) { plain::fade(pixels, width, base, keep); }

void cross(const std::uint8_t* over, std::uint8_t* out, int width, int share) { plain::cross(over, out, width, share); }

std::uint64_t error(const std::uint8_t* a, const std::uint8_t* b, int width) { return plain::error(a, b, width); }

}  // namespace

const Rows kPlainRows{box<2>, box<3>, box<4>, combine, resample, copy, replace, mix, halve, fade, cross, error};

}  // namespace cms::video
