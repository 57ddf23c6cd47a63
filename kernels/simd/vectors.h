// Vectors of MLP_LANES floats in GCC/clang vector extensions, and the few operations those lack.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif
#include "../layout.h"

#define MLP_INLINE [[gnu::always_inline]] static inline
#define MLP_KERNEL [[gnu::noinline]] static // inlined, gcc spilled the accumulators

namespace mlp::MLP_ISA {

constexpr int L = MLP_LANES;
constexpr int P = 2 * L;       // panel width
constexpr int kHalves = P / L; // vectors of it
constexpr int kRowTile = MLP_ROW_TILE;
constexpr int kPair = MLP_PAIR;

typedef float Vec __attribute__((vector_size(4 * L), may_alias));
typedef std::int32_t Int __attribute__((vector_size(4 * L), may_alias));
typedef std::uint32_t Word __attribute__((vector_size(4 * L), may_alias));

typedef double Wide __attribute__((vector_size(8 * L)));
#define MLP_WIDEN(x) __builtin_convertvector(x, Wide) // a function that returns two registers would have no ABI

MLP_INLINE Vec load(const float *p) { return *reinterpret_cast<const Vec *>(p); }
MLP_INLINE void store(float *p, Vec x) { *reinterpret_cast<Vec *>(p) = x; }
// Not Vec{} + x, which is an addition: -0 + 0 = 0.
template <int... i> MLP_INLINE Vec splat(float x, std::integer_sequence<int, i...>) { return Vec{((void)i, x)...}; }
MLP_INLINE Vec splat(float x) { return splat(x, std::make_integer_sequence<int, L>()); }
MLP_INLINE Vec select(Int condition, Vec yes, Vec no) { return condition ? yes : no; }

template <int... i> MLP_INLINE Int make_lanes(std::integer_sequence<int, i...>) { return Int{i...}; }
MLP_INLINE Int lanes() { return make_lanes(std::make_integer_sequence<int, L>()); }

MLP_INLINE float sum(Vec x) {
    float s = 0;
    for (int i = 0; i < L; ++i) s += x[i];
    return s;
}

// Sums over rows go in blocks of 64 rows, so that the rounding error of a batch of 60,000 stays that of ~1000 terms.
template <int N, typename Term> MLP_INLINE void sum_rows(int n_rows, Vec (&total)[N], Term term) {
    for (int i = 0; i < N; ++i) total[i] = Vec{};
    for (int first = 0; first < n_rows; first += 64) {
        const int last = first + 64 < n_rows ? first + 64 : n_rows;
        Vec even[N] = {}, odd[N] = {};
        int r = first;
        for (; r + 2 <= last; r += 2) {
            term(r, even);
            term(r + 1, odd);
        }
        if (r < last) term(r, even);
        for (int i = 0; i < N; ++i) total[i] += even[i] + odd[i];
    }
}

MLP_INLINE float largest(Vec x) {
    float s = x[0];
    for (int i = 1; i < L; ++i) s = x[i] > s ? x[i] : s;
    return s;
}

// a b + c, rounded once where the instruction set can. Written out where each copy of an inlined function
// must give the same bits: the compiler contracts copies differently.
MLP_INLINE Vec multiply_add(Vec a, Vec b, Vec c) {
#if MLP_LANES == 16
    return (Vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif MLP_LANES == 8
    return (Vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
    return (Vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
    return a * b + c;
#endif
}

MLP_INLINE Vec square_root(Vec x) {
#if MLP_LANES == 16
    return (Vec)_mm512_sqrt_ps((__m512)x);
#elif MLP_LANES == 8
    return (Vec)_mm256_sqrt_ps((__m256)x);
#elif defined(__x86_64__)
    return (Vec)_mm_sqrt_ps((__m128)x);
#else
    Vec r;
    for (int i = 0; i < L; ++i) r[i] = __builtin_sqrtf(x[i]);
    return r;
#endif
}

// e^x = 2^n e^r, n = round(x / ln 2), |r| <= ln 2 / 2, e^r by its Taylor polynomial of degree 7
// (relative error below 6e-9, under half a unit in the last place). NaN stays NaN.
MLP_INLINE Vec exponential(Vec x) {
    x = select(x < -87.0f, splat(-87.0f), x);
    x = select(x > 88.0f, splat(88.0f), x);
    const Vec shift = splat(12582912.0f); // 1.5 * 2^23: adding it rounds to an integer in the low bits
    const Vec shifted = x * 1.44269504f + shift;
    const Vec n = shifted - shift;
    const Vec r = (x - n * 0.693359375f) + n * 2.12194440e-4f; // ln 2 in two parts
    Vec p = splat(1.0f / 5040);
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    const Word exponent = (reinterpret_cast<const Word &>(shifted) + 127u) << 23;
    return p * reinterpret_cast<const Vec &>(exponent);
}

// tanh x = 1 - 2 / (e^2x + 1), and below 1/4, where that cancels, x - x^3/3 + 2x^5/15 - 17x^7/315 + 62x^9/2835.
MLP_INLINE Vec hyperbolic_tangent(Vec x) {
    const Vec far = 1.0f - 2.0f / (exponential(2.0f * x) + 1.0f);
    const Vec s = x * x;
    const Vec near = x + x * s * (-1.0f / 3 + s * (2.0f / 15 + s * (-17.0f / 315 + s * (62.0f / 2835))));
    return select(s < 0.0625f, near, far);
}

MLP_INLINE Vec logistic(Vec x) { return 1.0f / (1.0f + exponential(-x)); }

template <int stride, bool second, int... i> MLP_INLINE Vec exchange(Vec a, Vec b, std::integer_sequence<int, i...>) {
    if constexpr (second) return __builtin_shufflevector(a, b, ((i & stride) ? L + i : i + stride)...);
    return __builtin_shufflevector(a, b, ((i & stride) ? L + i - stride : i)...);
}

template <int stride> MLP_INLINE void exchange_rows(Vec (&rows)[L]) {
    constexpr auto all = std::make_integer_sequence<int, L>();
#pragma GCC unroll 16
    for (int i = 0; i < L; ++i)
        if (!(i & stride)) {
            const Vec a = rows[i], b = rows[i + stride];
            rows[i] = exchange<stride, false>(a, b, all);
            rows[i + stride] = exchange<stride, true>(a, b, all);
        }
    if constexpr (2 * stride < L) exchange_rows<2 * stride>(rows);
}

// L x L block: rows[j][i] = from[i * P + j].
MLP_INLINE void load_transposed(const float *from, Vec (&rows)[L]) {
#pragma GCC unroll 16
    for (int i = 0; i < L; ++i) rows[i] = load(from + i * P);
    exchange_rows<1>(rows);
}

MLP_INLINE void transpose_square(const float *from, float *to) {
    Vec rows[L];
    load_transposed(from, rows);
#pragma GCC unroll 16
    for (int i = 0; i < L; ++i) store(to + i * P, rows[i]);
}

// P x P block, of a panel into a panel.
MLP_KERNEL void transpose_block(const float *from, float *to) {
    for (int i = 0; i < P; i += L)
        for (int j = 0; j < P; j += L) transpose_square(from + i * P + j, to + j * P + i);
}

} // namespace mlp::MLP_ISA
