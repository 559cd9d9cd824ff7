#if defined(__x86_64__)

#include <immintrin.h>

#include <cstring>

#include "video/rows.hpp"
#include "video/rows_plain.hpp"

#define CMS_AVX2 __attribute__((target("avx2")))

namespace cms::video {
namespace {

using Bytes = const std::uint8_t*;

CMS_AVX2 inline __m128i load16(Bytes p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
CMS_AVX2 inline __m256i load32(Bytes p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
CMS_AVX2 inline void store16(std::uint8_t* p, __m128i v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v); }
CMS_AVX2 inline void store32(std::uint8_t* p, __m256i v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
CMS_AVX2 inline __m256i load_halves(Bytes low, Bytes high) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(load16(low)), load16(high), 1);
}

// Packs work by 128-bit lanes: this puts their four parts in order.
CMS_AVX2 inline __m256i in_order(__m256i packed) { return _mm256_permute4x64_epi64(packed, 0xD8); }

// Rows are done in blocks; the last one overlaps the one before, so that no byte outside the row is touched. Narrow rows are
// left to plain C++.
template <int Factor, int Block, class Step>
CMS_AVX2 inline __attribute__((always_inline)) void in_blocks(Bytes source, std::ptrdiff_t stride, std::uint8_t* out,
                                                             int width, Step step) {
    if (width < Block) {
        plain::box<Factor>(source, stride, out, width);
        return;
    }
    int i = 0;
    for (; i + Block <= width; i += Block) step(source + i * Factor, out + i);
    if (i < width) step(source + (width - Block) * Factor, out + width - Block);
}

CMS_AVX2 void box2(Bytes source, std::ptrdiff_t stride, std::uint8_t* out, int width) {
    const __m256i ones = _mm256_set1_epi8(1), half = _mm256_set1_epi16(2);
    in_blocks<2, 32>(source, stride, out, width, [&](Bytes s, std::uint8_t* o) CMS_AVX2 {
        const auto pairs = [&](int at) CMS_AVX2 {
            const __m256i above = _mm256_maddubs_epi16(load32(s + at), ones);
            const __m256i below = _mm256_maddubs_epi16(load32(s + stride + at), ones);
            return _mm256_srli_epi16(_mm256_add_epi16(_mm256_add_epi16(above, below), half), 2);
        };
        store32(o, in_order(_mm256_packus_epi16(pairs(0), pairs(32))));
    });
}

// From 12 bytes of a lane: a0+b0 .. a3+b3, c0 .. c3 as 16-bit sums of the box's columns. The second lane's bytes are loaded 4
// early, so that nothing behind the 24 is read.
CMS_AVX2 void box3(Bytes source, std::ptrdiff_t stride, std::uint8_t* out, int width) {
    const __m256i spread = _mm256_setr_epi8(0, 1, 3, 4, 6, 7, 9, 10, 2, -1, 5, -1, 8, -1, 11, -1,  //
                                            4, 5, 7, 8, 10, 11, 13, 14, 6, -1, 9, -1, 12, -1, 15, -1);
    const __m256i ones = _mm256_set1_epi8(1), half = _mm256_set1_epi16(4), ninth = _mm256_set1_epi16(7282);
    in_blocks<3, 16>(source, stride, out, width, [&](Bytes s, std::uint8_t* o) CMS_AVX2 {
        const auto columns = [&](Bytes p) CMS_AVX2 {
            const auto row = [&](Bytes q) CMS_AVX2 {
                return _mm256_maddubs_epi16(_mm256_shuffle_epi8(load_halves(q, q + 8), spread), ones);
            };
            return _mm256_add_epi16(_mm256_add_epi16(row(p), row(p + stride)), row(p + 2 * stride));
        };
        const __m256i left = columns(s), right = columns(s + 24);
        // by lane: outputs 0-3 and 8-11, 4-7 and 12-15
        const __m256i sums = _mm256_add_epi16(_mm256_unpacklo_epi64(left, right), _mm256_unpackhi_epi64(left, right));
        // (sum + 4) / 9 is exact so up to 9 * 255 + 4
        const __m256i means = in_order(_mm256_mulhi_epu16(_mm256_add_epi16(sums, half), ninth));
        store16(o, _mm_packus_epi16(_mm256_castsi256_si128(means), _mm256_extracti128_si256(means, 1)));
    });
}

CMS_AVX2 void box4(Bytes source, std::ptrdiff_t stride, std::uint8_t* out, int width) {
    const __m256i ones = _mm256_set1_epi8(1), half = _mm256_set1_epi16(8);
    in_blocks<4, 16>(source, stride, out, width, [&](Bytes s, std::uint8_t* o) CMS_AVX2 {
        const auto pairs = [&](int at) CMS_AVX2 {
            const auto row = [&](int y) CMS_AVX2 { return _mm256_maddubs_epi16(load32(s + y * stride + at), ones); };
            return _mm256_add_epi16(_mm256_add_epi16(row(0), row(1)), _mm256_add_epi16(row(2), row(3)));
        };
        const __m256i sums = in_order(_mm256_hadd_epi16(pairs(0), pairs(32)));
        const __m256i means = _mm256_srli_epi16(_mm256_add_epi16(sums, half), 4);
        const __m256i packed = in_order(_mm256_packus_epi16(means, means));
        store16(o, _mm256_castsi256_si128(packed));
    });
}

// Samples are multiplied as signed bytes around 128: weights then use all eight bits and a sum fits sixteen. Sums begin with the
// half that rounds them.
CMS_AVX2 inline __m256i centred(__m256i bytes) { return _mm256_xor_si256(bytes, _mm256_set1_epi8(-128)); }
CMS_AVX2 inline __m256i half() { return _mm256_set1_epi16(128); }
CMS_AVX2 inline __m256i rounded(__m256i low, __m256i high) {
    return centred(_mm256_packs_epi16(_mm256_srai_epi16(low, 8), _mm256_srai_epi16(high, 8)));
}

CMS_AVX2 inline __m256i pair_of_weights(Bytes weights) {
    return _mm256_set1_epi16(static_cast<std::int16_t>(weights[0] | weights[1] << 8));
}

struct Sums {
    __m256i low, high;
};

CMS_AVX2 inline Sums add_pair(Sums sums, __m256i weights, __m256i a, __m256i b) {
    const __m256i low = centred(_mm256_unpacklo_epi8(a, b)), high = centred(_mm256_unpackhi_epi8(a, b));
    return {_mm256_add_epi16(sums.low, _mm256_maddubs_epi16(weights, low)),
            _mm256_add_epi16(sums.high, _mm256_maddubs_epi16(weights, high))};
}

// `Taps` 0 is any number.
template <int Taps>
CMS_AVX2 void combine_by(const std::uint8_t* const* rows, Bytes weights, int taps, std::uint8_t* out, int width) {
    const __m256i first = pair_of_weights(weights), second = pair_of_weights(weights + (Taps == 2 ? 0 : 2));
    int i = 0;
    for (; i + 32 <= width; i += 32) {
        Sums sums = add_pair({half(), half()}, first, load32(rows[0] + i), load32(rows[1] + i));
        if constexpr (Taps != 2) sums = add_pair(sums, second, load32(rows[2] + i), load32(rows[3] + i));
        if constexpr (Taps == 0)
            for (int k = 4; k < taps; k += 2)
                sums = add_pair(sums, pair_of_weights(weights + k), load32(rows[k] + i), load32(rows[k + 1] + i));
        store32(out + i, rounded(sums.low, sums.high));
    }
    plain::combine(rows, weights, taps, out, i, width);
}

CMS_AVX2 void combine(const std::uint8_t* const* rows, Bytes weights, int taps, std::uint8_t* out, int width) {
    if (taps == 2)
        combine_by<2>(rows, weights, taps, out, width);
    else if (taps == 4)
        combine_by<4>(rows, weights, taps, out, width);
    else
        combine_by<0>(rows, weights, taps, out, width);
}

// The sums of sixteen samples, one lane for eight. `Windows` and `Pairs` 0 are any number.
template <int Windows, int Pairs>
CMS_AVX2 inline __attribute__((always_inline)) __m256i sixteen(Bytes line, const Axis& axis, int i) {
    Bytes low = line + axis.first[static_cast<std::size_t>(i)], high = line + axis.first[static_cast<std::size_t>(i + 8)];
    const int windows = Windows == 0 ? axis.windows : Windows, pairs = Pairs == 0 ? axis.taps / 2 : Pairs;
    __m256i sum = half();
    for (int pair = 0; pair < pairs; ++pair) {
        __m256i neighbours = _mm256_setzero_si256();
        for (int window = 0; window < windows; ++window) {
            const int at = 2 * pair + Axis::kLaneBytes * window;
            const __m256i shuffle = load32(axis.lane_shuffle(window) + 2 * i);
            neighbours = _mm256_or_si256(neighbours, _mm256_shuffle_epi8(load_halves(low + at, high + at), shuffle));
        }
        sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(load32(axis.pair_weights(pair) + 2 * i), centred(neighbours)));
    }
    return sum;
}

// In blocks of 32, the last one by way of a block of our own.
template <int Windows, int Pairs>
CMS_AVX2 void resample_by(Bytes line, const Axis& axis, std::uint8_t* out) {
    const auto block = [&](int i) CMS_AVX2 {
        return in_order(rounded(sixteen<Windows, Pairs>(line, axis, i), sixteen<Windows, Pairs>(line, axis, i + 16)));
    };
    int i = 0;
    for (; i + Axis::kBlock <= axis.to; i += Axis::kBlock) store32(out + i, block(i));
    if (i == axis.to) return;
    std::uint8_t last[Axis::kBlock];
    store32(last, block(i));
    std::memcpy(out + i, last, static_cast<std::size_t>(axis.to - i));
}

CMS_AVX2 void resample(Bytes line, const Axis& axis, std::uint8_t* out) {
    if (axis.windows == 0)
        plain::resample(line, axis, out);
    else if (axis.windows == 1 && axis.taps == 2)
        resample_by<1, 1>(line, axis, out);
    else if (axis.windows == 1 && axis.taps == 4)
        resample_by<1, 2>(line, axis, out);
    else if (axis.windows == 2 && axis.taps == 4)
        resample_by<2, 2>(line, axis, out);
    else
        resample_by<0, 0>(line, axis, out);
}

CMS_AVX2 void copy(Bytes source, std::uint8_t* out, int width) {
    if (width < 32) {
        std::memcpy(out, source, static_cast<std::size_t>(width));
        return;
    }
    int i = 0;
    for (; i + 64 <= width; i += 64) {
        const __m256i a = load32(source + i), b = load32(source + i + 32);
        store32(out + i, a);
        store32(out + i + 32, b);
    }
    if (i + 32 <= width) {
        store32(out + i, load32(source + i));
        i += 32;
    }
    if (i < width) store32(out + width - 32, load32(source + width - 32));
}

CMS_AVX2 inline int differing_blocks(__m256i a, __m256i b) {
    return ~_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(a, b))) & 0xF;
}

CMS_AVX2 void replace(Bytes source, std::uint8_t* out, int width, std::uint8_t* differs) {
    int i = 0;
    for (; i + 64 <= width; i += 64) {
        const __m256i a = load32(source + i), b = load32(source + i + 32);
        const int bits = differing_blocks(a, load32(out + i)) | differing_blocks(b, load32(out + i + 32)) << 4;
        differs[i / 64] |= static_cast<std::uint8_t>(bits);
        store32(out + i, a);
        store32(out + i + 32, b);
    }
    plain::replace(source, out, width, differs, i);
}

CMS_AVX2 void mix(Bytes over, Bytes alpha, std::uint8_t* out, int width) { plain::mix(over, alpha, out, width); }

CMS_AVX2 void halve(Bytes above, Bytes below, std::uint8_t* out, int width) { plain::halve(above, below, out, width); }

CMS_AVX2 void fade(std::uint8_t* pixels, int width, int base, int keep) { plain::fade(pixels, width, base, keep); }

CMS_AVX2 void cross(Bytes over, std::uint8_t* out, int width, int share) { plain::cross(over, out, width, share); }

CMS_AVX2 std::uint64_t error(Bytes a, Bytes b, int width) { return plain::error(a, b, width); }

}  // namespace

const Rows kAvx2Rows{box2, box3, box4, combine, resample, copy, replace, mix, halve, fade, cross, error};

}  // namespace cms::video

#endif
