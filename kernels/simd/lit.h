// Products that skip the zeros of hidden layers. Behind a ReLU half of h is zero at first and three quarters in the
// end, and with h the gradient dz; lists of what is lit (layout.h) leave 0.2 to 0.5 of the arithmetic of x W, dz W^T
// and x^T dz. What is left out is multiplied by zero, and sums keep their order: the bits are those of the dense
// products.
//
// One line of a list against N panels: every multiply-add reads its own vector of the other side, and two vectors a
// cycle are what the first-level cache delivers, so that side goes in blocks of kLitColumns rows (4 panels: 32 kB), or
// kLitRows. For the same reason an entry must cost few other loads: four offsets come in one (a load of its own for
// each: 193 instead of 205 GFLOP/s on Zen 5), and lists are padded to fours with zeros instead of a loop for the rest.
#pragma once
#include <bit>
#include <cstring>

#include "vectors.h"

namespace mlp::MLP_ISA {

constexpr int kLitPanels = 4; // 8 sums in flight: two multiply-adds a cycle with a latency of 4
constexpr int kLitStep = 4;   // entries of a list at a time

// Appends the lit ones of a vector; a whole vector may be written at the end of the list. Returns how many are lit.
MLP_INLINE int append_lit(Vec x, std::uint32_t first, std::uint32_t step, std::uint16_t *offset, float *value) {
#if MLP_LANES == 16
    const __mmask16 lit = _mm512_cmp_ps_mask((__m512)x, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    const Word offsets = (Word)lanes() * step + first;
    _mm512_storeu_ps(value, _mm512_maskz_compress_ps(lit, (__m512)x));
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(offset),
                        _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(lit, (__m512i)offsets)));
    return __builtin_popcount(lit);
#else
    int n = 0;
    for (int i = 0; i < L; ++i) {
        offset[n] = static_cast<std::uint16_t>(first + static_cast<std::uint32_t>(i) * step);
        value[n] = x[i];
        n += x[i] != 0;
    }
    return n;
#endif
}

// Pads a list of n to fours.
MLP_INLINE int end_list(std::uint16_t *offset, float *value, int n) {
    std::memset(offset + n, 0, kLitStep * sizeof *offset);
    std::memset(value + n, 0, kLitStep * sizeof *value);
    return round_up(n, kLitStep);
}

constexpr std::uint32_t kRowBytes = P * sizeof(float);
static_assert(kLitColumns * kRowBytes <= 65536 && kLitRows * kRowBytes <= 65536, "offsets have 16 bits");

// Rows of x as lists: block `task` of kLitColumns columns, row after row without gaps, as they will be read.
static void list_lit_rows(const float *x, std::size_t x_panel, int n_panels, int n_rows, Lit &lit, int task) {
    const int first = task * (kLitColumns / P);
    const int last = n_panels < first + kLitColumns / P ? n_panels : first + kLitColumns / P;
    std::size_t list = task * lit.stride;
    for (int r = 0; r < n_rows; ++r) {
        std::uint16_t *const offset = lit.offset + list;
        float *const value = lit.value + list;
        int n = 0;
        for (int panel = first; panel < last; ++panel)
            for (int half = 0; half < P; half += L)
                n += append_lit(load(x + panel * x_panel + r * P + half),
                                static_cast<std::uint32_t>((panel - first) * P + half) * kRowBytes, kRowBytes,
                                offset + n, value + n);
        lit.start[r * lit.n_blocks + task] = static_cast<std::int32_t>(list);
        lit.count[r * lit.n_blocks + task] = n;
        list += end_list(offset, value, n);
    }
}

// Columns of panel `task` of x as lists, each with room for all rows.
static void list_lit_columns(const float *x, std::size_t x_panel, int n_rows, Lit &lit, int task) {
    const float *const from = x + task * x_panel;
    for (int block = 0; block * kLitRows < n_rows; ++block) {
        const int last = n_rows < (block + 1) * kLitRows ? n_rows : (block + 1) * kLitRows;
        std::int32_t count[P] = {};
        const auto start = [&](int c) { return (task * P + c) * lit.stride + block * kLitRows; };
        for (int r = block * kLitRows; r < last; r += L)
            for (int half = 0; half < P; half += L) {
                Vec rows[L];
#pragma GCC unroll 16
                for (int i = 0; i < L; ++i) rows[i] = r + i < last ? load(from + (r + i) * P + half) : Vec{};
                exchange_rows<1>(rows);
#pragma GCC unroll 16
                for (int i = 0; i < L; ++i) {
                    std::int32_t &n = count[half + i];
                    const std::size_t end = start(half + i) + n;
                    n += append_lit(rows[i], static_cast<std::uint32_t>(r - block * kLitRows) * kRowBytes, kRowBytes,
                                    lit.offset + end, lit.value + end);
                }
            }
        for (int c = 0; c < P; ++c) {
            const int line = (task * P + c) * lit.n_blocks + block;
            lit.start[line] = static_cast<std::int32_t>(start(c));
            lit.count[line] = count[c];
            end_list(lit.offset + start(c), lit.value + start(c), count[c]);
        }
    }
}

// Lines of one block of lists, times N panels of b.
template <int N> struct LitBlock {
    const Lit &lit;
    int block;
    const char *b[N];

    LitBlock(const Lit &l, int index, const float *from, std::size_t b_panel) : lit(l), block(index) {
        for (int p = 0; p < N; ++p) b[p] = reinterpret_cast<const char *>(from + p * b_panel);
    }
    [[gnu::always_inline]] int count(int line) const { return lit.count[line * lit.n_blocks + block]; }
    [[gnu::always_inline]] std::size_t start(int line) const { return lit.start[line * lit.n_blocks + block]; }

    // acc += kLitStep entries, from the one at `entry` on: value times the row of b, one after the other.
    [[gnu::always_inline]] std::uint64_t offsets(std::size_t entry) const {
        static_assert(std::endian::native == std::endian::little && kLitStep == 4);
        std::uint64_t four;
        std::memcpy(&four, lit.offset + entry, sizeof four);
        return four;
    }
    [[gnu::always_inline]] void add(Vec (&acc)[2 * N], std::size_t entry, std::uint16_t offset) const {
        const Vec a = splat(lit.value[entry]);
#pragma GCC unroll 8
        for (int p = 0; p < 2 * N; ++p)
            acc[p] += a * load(reinterpret_cast<const float *>(b[p / 2] + offset) + (p % 2) * L);
    }
    [[gnu::always_inline]] void accumulate(Vec (&acc)[2 * N], std::size_t entry) const {
        const std::uint64_t four = offsets(entry);
#pragma GCC unroll 4
        for (int j = 0; j < kLitStep; ++j) add(acc, entry + j, static_cast<std::uint16_t>(four >> 16 * j));
    }
    [[gnu::always_inline]] void accumulate(Vec (&even)[2 * N], std::size_t i, Vec (&odd)[2 * N], std::size_t j) const {
        const std::uint64_t four_i = offsets(i), four_j = offsets(j);
#pragma GCC unroll 4
        for (int k = 0; k < kLitStep; ++k) {
            add(even, i + k, static_cast<std::uint16_t>(four_i >> 16 * k));
            add(odd, j + k, static_cast<std::uint16_t>(four_j >> 16 * k));
        }
    }
};

template <int N> MLP_INLINE void load_sums(Vec (&acc)[2 * N], const float *c, std::size_t c_panel, bool add) {
#pragma GCC unroll 8
    for (int p = 0; p < 2 * N; ++p) acc[p] = add ? load(c + (p / 2) * c_panel + (p % 2) * L) : Vec{};
}
template <int N> MLP_INLINE void store_sums(const Vec (&acc)[2 * N], float *c, std::size_t c_panel) {
#pragma GCC unroll 8
    for (int p = 0; p < 2 * N; ++p) store(c + (p / 2) * c_panel + (p % 2) * L, acc[p]);
}

// c[lines][N panels] (+)= lines [first, last) times b.
template <int N> MLP_KERNEL void lines_lit(const LitBlock<N> x, int first, int last, float *c, std::size_t c_panel) {
    const bool add = x.block > 0;
    for (int line = first; line < last; ++line, c += P) {
        Vec acc[2 * N];
        load_sums<N>(acc, c, c_panel, add);
        const std::size_t start = x.start(line), end = start + x.count(line);
        for (std::size_t i = start; i < end; i += kLitStep) x.accumulate(acc, i);
        store_sums<N>(acc, c, c_panel);
    }
}

// The same, two lines at once, for narrow c: the sums of one would wait for each other.
template <int N> MLP_KERNEL void pairs_lit(const LitBlock<N> x, int first, int last, float *c, std::size_t c_panel) {
    const bool add = x.block > 0;
    for (int line = first; line < last; line += 2, c += 2 * P) {
        Vec even[2 * N], odd[2 * N];
        load_sums<N>(even, c, c_panel, add);
        load_sums<N>(odd, c + P, c_panel, add);
        std::size_t i = x.start(line), j = x.start(line + 1);
        const std::size_t end_i = i + x.count(line), end_j = j + x.count(line + 1);
        for (; i < end_i && j < end_j; i += kLitStep, j += kLitStep) x.accumulate(even, i, odd, j);
        for (; i < end_i; i += kLitStep) x.accumulate(even, i);
        for (; j < end_j; j += kLitStep) x.accumulate(odd, j);
        store_sums<N>(even, c, c_panel);
        store_sums<N>(odd, c + P, c_panel);
    }
}

template <int N> static void panels_lit(const Lit &lit, int block, int first, int last, const float *b,
                                        std::size_t b_panel, float *c, std::size_t c_panel) {
    const LitBlock<N> x(lit, block, b, b_panel);
    const int even = N <= 2 ? first + (last - first) / 2 * 2 : first;
    if constexpr (N <= 2) pairs_lit<N>(x, first, even, c, c_panel);
    lines_lit<N>(x, even, last, c + (even - first) * P, c_panel);
}

// Lines [first, last) of one block of lists times b, into `panels` panels of c.
static void product_lit(const Lit &lit, int block, int first, int last, const float *b, std::size_t b_panel, int panels,
                        float *c, std::size_t c_panel) {
    if (panels == 4) panels_lit<4>(lit, block, first, last, b, b_panel, c, c_panel);
    else if (panels == 3) panels_lit<3>(lit, block, first, last, b, b_panel, c, c_panel);
    else if (panels == 2) panels_lit<2>(lit, block, first, last, b, b_panel, c, c_panel);
    else panels_lit<1>(lit, block, first, last, b, b_panel, c, c_panel);
}

} // namespace mlp::MLP_ISA
