// Products that skip the zeros of hidden layers. Behind a ReLU half of h is zero at first and three quarters in the
// end, and with h the gradient dz; lists of what is lit (layout.h) leave 0.2 to 0.5 of the arithmetic of x W, dz W^T
// and x^T dz. What is left out is multiplied by zero, and sums keep their order: the bits are those of the dense
// products.
//
// One line of a list against N panels: every multiply-add reads its own vector of the other side, two a cycle, which is
// what the first-level cache delivers, so that side goes in blocks of kLitColumns rows (4 panels: 32 kB), or kLitRows.
#pragma once
#include "adam.h"
#include "vectors.h"

namespace mlp::MLP_ISA {

constexpr int kLitPanels = 4; // 8 sums in flight: two multiply-adds a cycle with a latency of 4

// Appends the lit ones of a vector; a whole vector may be written at the end of the list. Returns how many are lit.
MLP_INLINE int append_lit(Vec x, std::uint32_t first, std::uint32_t step, std::uint32_t *offset, float *value) {
#if MLP_LANES == 16
    const __mmask16 lit = _mm512_cmp_ps_mask((__m512)x, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    const Word offsets = (Word)lanes() * step + first;
    _mm512_storeu_ps(value, _mm512_maskz_compress_ps(lit, (__m512)x));
    _mm512_storeu_si512(offset, _mm512_maskz_compress_epi32(lit, (__m512i)offsets));
    return __builtin_popcount(lit);
#else
    int n = 0;
    for (int i = 0; i < L; ++i) {
        offset[n] = first + static_cast<std::uint32_t>(i) * step;
        value[n] = x[i];
        n += x[i] != 0;
    }
    return n;
#endif
}

// Rows of x as lists: block `task` of kLitColumns columns.
static void list_lit_rows(const float *x, std::size_t x_panel, int n_panels, int n_rows, Lit &lit, int task) {
    const int first = task * (kLitColumns / P);
    const int last = n_panels < first + kLitColumns / P ? n_panels : first + kLitColumns / P;
    for (int r = 0; r < n_rows; ++r) {
        const std::size_t list = static_cast<std::size_t>(r) * lit.stride + task * kLitColumns;
        std::uint32_t *const offset = lit.offset + list;
        float *const value = lit.value + list;
        int n = 0;
        for (int panel = first; panel < last; ++panel)
            for (int half = 0; half < P; half += L)
                n += append_lit(load(x + panel * x_panel + r * P + half),
                                static_cast<std::uint32_t>(((panel - first) * P + half) * P), P, offset + n, value + n);
        lit.count[r * lit.n_blocks + task] = n;
    }
}

// Columns of panel `task` of x as lists.
static void list_lit_columns(const float *x, std::size_t x_panel, int n_rows, Lit &lit, int task) {
    const float *const from = x + task * x_panel;
    for (int block = 0; block * kLitRows < n_rows; ++block) {
        const int last = n_rows < (block + 1) * kLitRows ? n_rows : (block + 1) * kLitRows;
        std::int32_t count[P] = {};
        for (int r = block * kLitRows; r < last; r += L)
            for (int half = 0; half < P; half += L) {
                Vec rows[L];
#pragma GCC unroll 16
                for (int i = 0; i < L; ++i) rows[i] = r + i < last ? load(from + (r + i) * P + half) : Vec{};
                exchange_rows<1>(rows);
#pragma GCC unroll 16
                for (int i = 0; i < L; ++i) {
                    std::int32_t &n = count[half + i];
                    const std::size_t list =
                        static_cast<std::size_t>(task * P + half + i) * lit.stride + block * kLitRows + n;
                    n += append_lit(rows[i], static_cast<std::uint32_t>((r - block * kLitRows) * P), P,
                                    lit.offset + list, lit.value + list);
                }
            }
        for (int c = 0; c < P; ++c) lit.count[(task * P + c) * lit.n_blocks + block] = count[c];
    }
}

// c[N panels] (+)= the listed values times the rows of b that they name.
template <int N> MLP_KERNEL void tile_lit(const std::uint32_t *offset, const float *value, int n, const float *b,
                                          std::size_t b_panel, float *c, std::size_t c_panel, bool add) {
    Vec acc[2 * N];
#pragma GCC unroll 8
    for (int p = 0; p < 2 * N; ++p) acc[p] = add ? load(c + (p / 2) * c_panel + (p % 2) * L) : Vec{};
#pragma GCC unroll 4
    for (int i = 0; i < n; ++i) {
        const float *const row = b + offset[i];
        const Vec a = splat(value[i]);
#pragma GCC unroll 8
        for (int p = 0; p < 2 * N; ++p) acc[p] += a * load(row + (p / 2) * b_panel + (p % 2) * L);
    }
#pragma GCC unroll 8
    for (int p = 0; p < 2 * N; ++p) store(c + (p / 2) * c_panel + (p % 2) * L, acc[p]);
}

// Two lines at once, for narrow c: the sums of one would wait for each other.
template <int N> MLP_KERNEL void tile_lit_pair(const std::uint32_t *offset, const float *value, std::size_t stride, int n0,
                                               int n1, const float *b, std::size_t b_panel, float *c,
                                               std::size_t c_panel, bool add) {
    Vec acc[2][2 * N];
#pragma GCC unroll 2
    for (int j = 0; j < 2; ++j)
#pragma GCC unroll 8
        for (int p = 0; p < 2 * N; ++p) acc[j][p] = add ? load(c + (p / 2) * c_panel + j * P + (p % 2) * L) : Vec{};
    const auto step = [&](int j, int i) __attribute__((always_inline)) {
        const float *const row = b + offset[j * stride + i];
        const Vec a = splat(value[j * stride + i]);
#pragma GCC unroll 8
        for (int p = 0; p < 2 * N; ++p) acc[j][p] += a * load(row + (p / 2) * b_panel + (p % 2) * L);
    };
    const int both = n0 < n1 ? n0 : n1;
    int i = 0;
#pragma GCC unroll 2
    for (; i < both; ++i) {
        step(0, i);
        step(1, i);
    }
    for (int k = i; k < n0; ++k) step(0, k);
    for (int k = i; k < n1; ++k) step(1, k);
#pragma GCC unroll 2
    for (int j = 0; j < 2; ++j)
#pragma GCC unroll 8
        for (int p = 0; p < 2 * N; ++p) store(c + (p / 2) * c_panel + j * P + (p % 2) * L, acc[j][p]);
}

// Rows of one block of lists times b, into `panels` panels of c.
static void product_lit(const Lit &lit, int block, int block_length, int first, int last, const float *b,
                        std::size_t b_panel, int panels, float *c, std::size_t c_panel) {
    const bool add = block > 0;
    for (int i = first; i < last; ++i) {
        const std::size_t list = static_cast<std::size_t>(i) * lit.stride + block * block_length;
        const int n = lit.count[i * lit.n_blocks + block];
        float *const to = c + (i - first) * P;
        if (panels <= 2 && i + 1 < last) {
            const int n1 = lit.count[++i * lit.n_blocks + block];
            if (panels == 2)
                tile_lit_pair<2>(lit.offset + list, lit.value + list, lit.stride, n, n1, b, b_panel, to, c_panel, add);
            else tile_lit_pair<1>(lit.offset + list, lit.value + list, lit.stride, n, n1, b, b_panel, to, c_panel, add);
        } else if (panels == 4) tile_lit<4>(lit.offset + list, lit.value + list, n, b, b_panel, to, c_panel, add);
        else if (panels == 3) tile_lit<3>(lit.offset + list, lit.value + list, n, b, b_panel, to, c_panel, add);
        else if (panels == 2) tile_lit<2>(lit.offset + list, lit.value + list, n, b, b_panel, to, c_panel, add);
        else tile_lit<1>(lit.offset + list, lit.value + list, n, b, b_panel, to, c_panel, add);
    }
}

} // namespace mlp::MLP_ISA
