// Dropout masks from Philox4x32-10 (Salmon et al. 2011), a bijection of a 128-bit counter under a 64-bit key:
//
//     counter = (layer << 20 | block of columns, row, step low, step high)
//
// The 128 bits of a counter serve 128 / w neighbouring elements of one row, w = 8, 16 or 32 being the least
// width at which rate * 2^w is an integer, so that the probability is exact: rate 0.5 takes 8 bits, a quarter
// of the work of 32. Element i of the block takes bits [w i, w i + w), little end first, and is kept when that
// integer is >= rate * 2^w. The mask of an element thus depends on key, step, layer and position alone.
#pragma once
#include "vectors.h"

namespace mlp::MLP_ISA {

constexpr int kLong = L / 2; // 64-bit lanes
typedef std::uint64_t Long __attribute__((vector_size(8 * kLong), may_alias));

// Product of the low halves of each 64-bit lane.
MLP_INLINE Long multiply_low(Long a, std::uint32_t b) {
    const Long factor = Long{} + b;
#if MLP_LANES == 16
    return (Long)_mm512_mul_epu32((__m512i)a, (__m512i)factor);
#elif MLP_LANES == 8
    return (Long)_mm256_mul_epu32((__m256i)a, (__m256i)factor);
#elif defined(__x86_64__)
    return (Long)_mm_mul_epu32((__m128i)a, (__m128i)factor);
#else
    return (a & 0xffffffffu) * factor;
#endif
}

// Words in 64-bit lanes whose upper halves may hold anything: multiply_low ignores them.
MLP_INLINE void philox(Long (&c)[4], std::uint64_t key) {
    std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
    for (int round = 0; round < 10; ++round, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
        const Long p0 = multiply_low(c[0], 0xD2511F53u), p1 = multiply_low(c[2], 0xCD9E8D57u);
        const Long c0 = (p1 >> 32) ^ c[1] ^ (Long{} + k0), c2 = (p0 >> 32) ^ c[3] ^ (Long{} + k1);
        c[0] = c0, c[1] = p1, c[2] = c2, c[3] = p0;
    }
}

// Bit e of the result: element e of P is kept.
template <typename Element> MLP_INLINE std::uint32_t kept(const Element *elements, std::uint32_t below) {
#if MLP_LANES == 16
    if constexpr (sizeof(Element) == 1)
        return _mm256_cmpge_epu8_mask(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(elements)),
                                      _mm256_set1_epi8(static_cast<char>(below)));
#endif
    std::uint32_t bits = 0;
    for (int e = 0; e < P; ++e) bits |= static_cast<std::uint32_t>(elements[e] >= below) << e;
    return bits;
}

// Mask words of rows [0, n_rows) of one panel.
template <typename Element>
static void fill_mask(const Layer &layer, int n_rows, int panel, Dropout d, std::uint32_t *mask) {
    constexpr int per_block = 16 / sizeof(Element);           // elements a counter serves
    constexpr int blocks = P > per_block ? P / per_block : 1; // counters a row of the panel takes
    constexpr int rows = kLong > blocks ? kLong / blocks : 1; // rows a pass covers
    constexpr int passes = blocks * rows / kLong;             // vectors of counters a pass takes
    const std::uint32_t first = static_cast<std::uint32_t>(panel * P / per_block);
    const int skip = panel * P % per_block; // where the panel starts within its first counter
    const std::uint32_t tag = static_cast<std::uint32_t>(layer.index) << 20;
    alignas(64) std::uint64_t block[passes * kLong], row[passes * kLong];
    for (int i = 0; i < passes * kLong; ++i) {
        block[i] = tag | (first + static_cast<std::uint32_t>(i % blocks));
        row[i] = static_cast<std::uint64_t>(i / blocks);
    }
    for (int r = 0; r < n_rows; r += rows) {
        alignas(64) std::uint32_t words[passes * kLong * 4];
        for (int p = 0; p < passes; ++p) {
            Long c[4] = {reinterpret_cast<const Long *>(block)[p],
                         reinterpret_cast<const Long *>(row)[p] + static_cast<std::uint64_t>(r),
                         Long{} + (d.step & 0xffffffffu), Long{} + (d.step >> 32)};
            philox(c, d.key);
            for (int i = 0; i < kLong; ++i)
                for (int k = 0; k < 4; ++k) words[(p * kLong + i) * 4 + k] = static_cast<std::uint32_t>(c[k][i]);
        }
        const int here = rows < n_rows - r ? rows : n_rows - r;
        for (int i = 0; i < here; ++i) {
            Element elements[P];
            __builtin_memcpy(elements,
                             reinterpret_cast<const unsigned char *>(words + i * blocks * 4) + skip * sizeof(Element),
                             sizeof elements);
            mask[r + i] = kept<Element>(elements, layer.dropout_below);
        }
    }
}

static void draw_mask(const Layer &layer, int n_rows, int panel, Dropout d, std::uint32_t *mask) {
    if (layer.dropout_bits == 8) fill_mask<std::uint8_t>(layer, n_rows, panel, d, mask);
    else if (layer.dropout_bits == 16) fill_mask<std::uint16_t>(layer, n_rows, panel, d, mask);
    else fill_mask<std::uint32_t>(layer, n_rows, panel, d, mask);
}

// Lanes [half * L, half * L + L) of a mask word as a vector condition.
MLP_INLINE Int kept_lanes(std::uint32_t word, int half) {
    return ((Int{} + static_cast<std::int32_t>(word >> (half * L))) & (1 << lanes())) != 0;
}

} // namespace mlp::MLP_ISA
