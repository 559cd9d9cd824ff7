#if defined(__x86_64__)

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 takes its own headers' _mm512_undefined_*() for uses of an uninitialised variable (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <immintrin.h>

#include "video/rows.hpp"
#include "video/rows_plain.hpp"

#define CMS_AVX2 __attribute__((target("avx2")))
#define CMS_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi")))

namespace cms::video {
namespace {

using Bytes = const std::uint8_t*;

// The first `count` lanes of 64, 32 or 16; all of them when there are more.
CMS_AVX512 inline __mmask64 first64(int count) { return count >= 64 ? ~0ULL : (1ULL << count) - 1; }
CMS_AVX512 inline __mmask32 first32(int count) { return count >= 32 ? ~0U : (1U << count) - 1; }
CMS_AVX512 inline __mmask16 first16(int count) {
    return count >= 16 ? static_cast<__mmask16>(0xFFFF) : static_cast<__mmask16>((1U << count) - 1);
}

CMS_AVX512 inline __m512i load(__mmask64 mask, Bytes p) { return _mm512_maskz_loadu_epi8(mask, p); }

CMS_AVX512 void box2(Bytes source, std::ptrdiff_t stride, std::uint8_t* out, int width) {
    const __m512i ones = _mm512_set1_epi8(1), half = _mm512_set1_epi16(2);
    for (int i = 0; i < width; i += 32) {
        const __mmask64 mask = first64(2 * (width - i));
        const __m512i above = _mm512_maddubs_epi16(load(mask, source + 2 * i), ones);
        const __m512i below = _mm512_maddubs_epi16(load(mask, source + stride + 2 * i), ones);
        const __m512i means = _mm512_srli_epi16(_mm512_add_epi16(_mm512_add_epi16(above, below), half), 2);
        _mm512_mask_cvtepi16_storeu_epi8(out + i, first32(width - i), means);
    }
}

// Of 48 bytes: a0+b0 .. a15+b15 in the lower half, c0 .. c15 in the upper.
CMS_AVX512 __m512i thirds() {
    alignas(64) std::uint8_t order[64];
    for (int i = 0; i < 16; ++i) {
        order[2 * i] = static_cast<std::uint8_t>(3 * i);
        order[2 * i + 1] = static_cast<std::uint8_t>(3 * i + 1);
        order[32 + 2 * i] = static_cast<std::uint8_t>(3 * i + 2);
        order[33 + 2 * i] = 63;  // masked out at the load: zero
    }
    return _mm512_load_si512(order);
}

CMS_AVX512 void box3(Bytes source, std::ptrdiff_t stride, std::uint8_t* out, int width) {
    const __m512i spread = thirds(), ones = _mm512_set1_epi8(1);
    const __m256i half = _mm256_set1_epi16(4), ninth = _mm256_set1_epi16(7282);
    for (int i = 0; i < width; i += 16) {
        const int count = width - i < 16 ? width - i : 16;
        const __mmask64 mask = first64(3 * count);
        Bytes s = source + 3 * i;
        const auto row = [&](Bytes p) CMS_AVX512 {
            return _mm512_maddubs_epi16(_mm512_permutexvar_epi8(spread, load(mask, p)), ones);
        };
        const __m512i columns = _mm512_add_epi16(_mm512_add_epi16(row(s), row(s + stride)), row(s + 2 * stride));
        const __m256i sums = _mm256_add_epi16(_mm512_castsi512_si256(columns), _mm512_extracti64x4_epi64(columns, 1));
        const __m256i means = _mm256_mulhi_epu16(_mm256_add_epi16(sums, half), ninth);
        _mm256_mask_cvtepi16_storeu_epi8(out + i, first16(count), means);
    }
}

CMS_AVX512 void box4(Bytes source, std::ptrdiff_t stride, std::uint8_t* out, int width) {
    const __m512i bytes = _mm512_set1_epi8(1), words = _mm512_set1_epi16(1), half = _mm512_set1_epi32(8);
    for (int i = 0; i < width; i += 16) {
        const __mmask64 mask = first64(4 * (width - i));
        Bytes s = source + 4 * i;
        const auto row = [&](int y) CMS_AVX512 { return _mm512_maddubs_epi16(load(mask, s + y * stride), bytes); };
        const __m512i pairs = _mm512_add_epi16(_mm512_add_epi16(row(0), row(1)), _mm512_add_epi16(row(2), row(3)));
        const __m512i means = _mm512_srli_epi32(_mm512_add_epi32(_mm512_madd_epi16(pairs, words), half), 4);
        _mm512_mask_cvtepi32_storeu_epi8(out + i, first16(width - i), means);
    }
}

// As in rows_avx2.cpp: samples as signed bytes around 128. Sums begin with the half that rounds them.
CMS_AVX512 inline __m512i centred(__m512i bytes) { return _mm512_xor_si512(bytes, _mm512_set1_epi8(-128)); }
CMS_AVX512 inline __m512i half() { return _mm512_set1_epi16(128); }

CMS_AVX512 inline __m512i pair_of_weights(Bytes weights) {
    return _mm512_set1_epi16(static_cast<std::int16_t>(weights[0] | weights[1] << 8));
}

struct Sums {
    __m512i low, high;
};

CMS_AVX512 inline Sums add_pair(Sums sums, __m512i weights, __m512i a, __m512i b) {
    const __m512i low = centred(_mm512_unpacklo_epi8(a, b)), high = centred(_mm512_unpackhi_epi8(a, b));
    return {_mm512_add_epi16(sums.low, _mm512_maddubs_epi16(weights, low)),
            _mm512_add_epi16(sums.high, _mm512_maddubs_epi16(weights, high))};
}

// `Taps` 0 is any number.
template <int Taps>
CMS_AVX512 void combine_by(const std::uint8_t* const* rows, Bytes weights, int taps, std::uint8_t* out, int width) {
    const __m512i first = pair_of_weights(weights), second = pair_of_weights(weights + (Taps == 2 ? 0 : 2));
    for (int i = 0; i < width; i += 64) {
        const __mmask64 mask = first64(width - i);
        Sums sums = add_pair({half(), half()}, first, load(mask, rows[0] + i), load(mask, rows[1] + i));
        if constexpr (Taps != 2) sums = add_pair(sums, second, load(mask, rows[2] + i), load(mask, rows[3] + i));
        if constexpr (Taps == 0)
            for (int k = 4; k < taps; k += 2)
                sums = add_pair(sums, pair_of_weights(weights + k), load(mask, rows[k] + i), load(mask, rows[k + 1] + i));
        const __m512i packed = _mm512_packs_epi16(_mm512_srai_epi16(sums.low, 8), _mm512_srai_epi16(sums.high, 8));
        _mm512_mask_storeu_epi8(out + i, mask, centred(packed));
    }
}

CMS_AVX512 void combine(const std::uint8_t* const* rows, Bytes weights, int taps, std::uint8_t* out, int width) {
    if (taps == 2)
        combine_by<2>(rows, weights, taps, out, width);
    else if (taps == 4)
        combine_by<4>(rows, weights, taps, out, width);
    else
        combine_by<0>(rows, weights, taps, out, width);
}

// `Wide`: the 32 samples come from more than 64 bytes. `Pairs` 0 is any number.
template <bool Wide, int Pairs>
CMS_AVX512 void resample_by(Bytes line, const Axis& axis, std::uint8_t* out) {
    const int pairs = Pairs == 0 ? axis.taps / 2 : Pairs;
    for (int i = 0; i < axis.to; i += Axis::kBlock) {
        Bytes begin = line + axis.first[static_cast<std::size_t>(i)];
        const __m512i shuffle = _mm512_loadu_si512(axis.block_shuffle() + 2 * i);
        __m512i sum = half();
        for (int pair = 0; pair < pairs; ++pair) {
            const __m512i low = _mm512_loadu_si512(begin + 2 * pair);
            __m512i neighbours;
            if constexpr (Wide)
                neighbours = _mm512_permutex2var_epi8(low, shuffle, _mm512_loadu_si512(begin + 2 * pair + 64));
            else
                neighbours = _mm512_permutexvar_epi8(shuffle, low);
            const __m512i weights = _mm512_loadu_si512(axis.pair_weights(pair) + 2 * i);
            sum = _mm512_add_epi16(sum, _mm512_maddubs_epi16(weights, centred(neighbours)));
        }
        const __m512i samples = _mm512_xor_si512(_mm512_srai_epi16(sum, 8), half());
        _mm512_mask_cvtepi16_storeu_epi8(out + i, first32(axis.to - i), samples);
    }
}

template <bool Wide>
CMS_AVX512 void resample_pairs(Bytes line, const Axis& axis, std::uint8_t* out) {
    if (axis.taps == 2)
        resample_by<Wide, 1>(line, axis, out);
    else if (axis.taps == 4)
        resample_by<Wide, 2>(line, axis, out);
    else
        resample_by<Wide, 0>(line, axis, out);
}

CMS_AVX512 void resample(Bytes line, const Axis& axis, std::uint8_t* out) {
    if (axis.block_shuffle() == nullptr)
        kAvx2Rows.resample(line, axis, out);
    else if (axis.block_span > 64)
        resample_pairs<true>(line, axis, out);
    else
        resample_pairs<false>(line, axis, out);
}

CMS_AVX512 void copy(Bytes source, std::uint8_t* out, int width) {
    for (int i = 0; i < width; i += 64) {
        const __mmask64 mask = first64(width - i);
        _mm512_mask_storeu_epi8(out + i, mask, load(mask, source + i));
    }
}

CMS_AVX512 void replace(Bytes source, std::uint8_t* out, int width, std::uint8_t* differs) {
    for (int i = 0; i < width; i += 64) {
        const __mmask64 mask = first64(width - i);
        const __m512i is = load(mask, source + i);
        differs[i / 64] |= _mm512_cmpneq_epi64_mask(is, load(mask, out + i));
        _mm512_mask_storeu_epi8(out + i, mask, is);  // whatever came out: half of them differ, and no branch foresees which
    }
}

// Labels and borders are short rows: wider vectors only lengthen what is left over at their ends.
CMS_AVX2 void mix(Bytes over, Bytes alpha, std::uint8_t* out, int width) { plain::mix(over, alpha, out, width); }

CMS_AVX2 void halve(Bytes above, Bytes below, std::uint8_t* out, int width) { plain::halve(above, below, out, width); }

CMS_AVX512 void fade(std::uint8_t* pixels, int width, int base, int keep) { plain::fade(pixels, width, base, keep); }

CMS_AVX512 void cross(Bytes over, std::uint8_t* out, int width, int share) { plain::cross(over, out, width, share); }

CMS_AVX512 std::uint64_t error(Bytes a, Bytes b, int width) { return plain::error(a, b, width); }

}  // namespace

const Rows kAvx512Rows{box2, box3, box4, combine, resample, copy, replace, mix, halve, fade, cross, error};

}  // namespace cms::video

#endif
