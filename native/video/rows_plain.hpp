// The inner loops in plain C++: the table for any processor, and what the other tables use for the last few samples of a row,
// or throughout where the compiler's own vectors are as good as ours (it inlines these into functions for newer processors).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "video/axis.hpp"
#include "video/rows.hpp"

namespace cms::video::plain {

#define CMS_INLINE static inline __attribute__((always_inline))

template <int Factor>
CMS_INLINE void box(const std::uint8_t* __restrict source, std::ptrdiff_t stride, std::uint8_t* __restrict out, int width) {
    for (int i = 0; i < width; ++i) {
        int sum = Factor * Factor / 2;
        for (int y = 0; y < Factor; ++y)
            for (int x = 0; x < Factor; ++x) sum += source[y * stride + i * Factor + x];
        out[i] = static_cast<std::uint8_t>(sum / (Factor * Factor));
    }
}

// GCC's and Clang's portable vectors: eight samples, and their sums in 16 bits.
typedef std::uint8_t Bytes8 __attribute__((vector_size(8)));
typedef std::uint16_t Words8 __attribute__((vector_size(16)));

CMS_INLINE Words8 load8(const std::uint8_t* p) {
    Bytes8 bytes;
    std::memcpy(&bytes, p, sizeof bytes);
    return __builtin_convertvector(bytes, Words8);
}

CMS_INLINE void combine(const std::uint8_t* const* rows, const std::uint8_t* weights, int taps, std::uint8_t* out, int begin,
                        int width) {
    int i = begin;
    for (; i + 16 <= width; i += 16) {
        Words8 low = Words8{} + 128, high = low;
        for (int k = 0; k < taps; ++k) {
            const auto weight = static_cast<std::uint16_t>(weights[k]);
            low += weight * load8(rows[k] + i);
            high += weight * load8(rows[k] + i + 8);
        }
        const Bytes8 packed[2] = {__builtin_convertvector(low >> 8, Bytes8), __builtin_convertvector(high >> 8, Bytes8)};
        std::memcpy(out + i, packed, sizeof packed);
    }
    for (; i < width; ++i) {
        int sum = 128;
        for (int k = 0; k < taps; ++k) sum += weights[k] * rows[k][i];
        out[i] = static_cast<std::uint8_t>(sum >> 8);
    }
}

// `Pairs` 0 is any number.
template <int Pairs>
CMS_INLINE void resample_by(const std::uint8_t* __restrict line, const Axis& axis, std::uint8_t* __restrict out) {
    const int pairs = Pairs == 0 ? axis.taps / 2 : Pairs;
    const std::int32_t* first = axis.first.data();
    const std::uint8_t* weights = axis.pair_weights(0);
    const std::ptrdiff_t next_pair = axis.pair_weights(1) - weights;
    for (int i = 0; i < axis.to; ++i) {
        const std::uint8_t* samples = line + first[i];
        int sum = 128;
        for (int pair = 0; pair < pairs; ++pair) {
            const std::uint8_t* both = weights + pair * next_pair + 2 * i;
            sum += both[0] * samples[2 * pair] + both[1] * samples[2 * pair + 1];
        }
        out[i] = static_cast<std::uint8_t>(sum >> 8);
    }
}

CMS_INLINE void resample(const std::uint8_t* line, const Axis& axis, std::uint8_t* out) {
    if (axis.taps == 2)
        resample_by<1>(line, axis, out);
    else if (axis.taps == 4)
        resample_by<2>(line, axis, out);
    else
        resample_by<0>(line, axis, out);
}

CMS_INLINE void replace(const std::uint8_t* source, std::uint8_t* out, int width, std::uint8_t* differs, int begin = 0) {
    constexpr int kBlock = Rows::kBlock;
    const auto flag = [&](int i) { differs[i / kBlock / 8] |= static_cast<std::uint8_t>(1U << (i / kBlock % 8)); };
    int i = begin;
    for (; i + kBlock <= width; i += kBlock) {
        std::uint64_t is, was;
        std::memcpy(&is, source + i, kBlock);
        std::memcpy(&was, out + i, kBlock);
        if (is == was) continue;
        std::memcpy(out + i, &is, kBlock);
        flag(i);
    }
    const auto rest = static_cast<std::size_t>(width - i);
    if (rest == 0 || std::memcmp(source + i, out + i, rest) == 0) return;
    std::memcpy(out + i, source + i, rest);
    flag(i);
}

// Exact: the rounded quotient by 255 without a division, in 16 bits.
CMS_INLINE void mix(const std::uint8_t* __restrict over, const std::uint8_t* __restrict alpha, std::uint8_t* __restrict out,
                    int width) {
    for (int i = 0; i < width; ++i) {
        const auto sum = static_cast<std::uint16_t>(out[i] * (255 - alpha[i]) + over[i] * alpha[i] + 128);
        out[i] = static_cast<std::uint8_t>(static_cast<std::uint16_t>(sum + (sum >> 8)) >> 8);
    }
}

CMS_INLINE void halve(const std::uint8_t* __restrict above, const std::uint8_t* __restrict below,
                      std::uint8_t* __restrict out, int width) {
    for (int i = 0; i < width; ++i) {
        const int sum = above[2 * i] + above[2 * i + 1] + below[2 * i] + below[2 * i + 1];
        out[i] = static_cast<std::uint8_t>((sum + 2) >> 2);
    }
}

CMS_INLINE void fade(std::uint8_t* pixels, int width, int base, int keep) {
    const auto offset = static_cast<std::int16_t>(base);
    const auto factor = static_cast<std::int16_t>(keep);
    for (int i = 0; i < width; ++i) {
        const auto away = static_cast<std::int16_t>(static_cast<std::int16_t>(pixels[i] - offset) * factor + 64);
        pixels[i] = static_cast<std::uint8_t>(offset + (away >> 7));
    }
}

CMS_INLINE void cross(const std::uint8_t* __restrict over, std::uint8_t* __restrict out, int width, int share) {
    const auto factor = static_cast<std::int16_t>(share);
    for (int i = 0; i < width; ++i) {
        const auto way = static_cast<std::int16_t>(static_cast<std::int16_t>(over[i] - out[i]) * factor + 64);
        out[i] = static_cast<std::uint8_t>(out[i] + (way >> 7));
    }
}

CMS_INLINE std::uint64_t error(const std::uint8_t* a, const std::uint8_t* b, int width) {
    std::uint32_t sum = 0;  // a row of 16384 times 255 squared fits
    for (int i = 0; i < width; ++i) {
        const int difference = a[i] - b[i];
        sum += static_cast<std::uint32_t>(difference * difference);
    }
    return sum;
}

}  // namespace cms::video::plain
