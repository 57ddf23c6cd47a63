// Register tiles: the inner loops of every product. Each keeps its sums in registers over the whole
// reduction and adds in the order of the reduction index, so that a result does not depend on who computes it.
//
// Zen 5 and Cascade Lake start two multiply-adds a cycle with a latency of 4, so at least 8 sums must be
// in flight; 16 vectors of sums (8 rows x 2 or 4 rows x 4) leave registers for operands and need
// 10 or 8 loads per 16 multiply-adds, below the two loads a cycle of the first-level cache.
#pragma once
#include "optimisers/optimiser.h"
#include "vectors.h"

namespace mlp::MLP_ISA {

// C[R][P] (+)= X[R][k] W[k][P]; X in panels (k runs along a row, then to the next panel), W in one panel.
template <int R>
MLP_KERNEL void tile_rows(const float *x, std::size_t x_panel, const float *w, int k, float *c, bool add) {
    Vec acc[R][2];
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
        acc[r][0] = add ? load(c + r * P) : Vec{};
        acc[r][1] = add ? load(c + r * P + L) : Vec{};
    }
    for (; k > 0; k -= P, x += x_panel) {
        const int n = k < P ? k : P;
#pragma GCC unroll 4
        for (int i = 0; i < n; ++i, w += P) {
            const Vec w0 = load(w), w1 = load(w + L);
#pragma GCC unroll 16
            for (int r = 0; r < R; ++r) {
                const Vec a = splat(x[r * P + i]);
                acc[r][0] += a * w0;
                acc[r][1] += a * w1;
            }
        }
    }
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
        store(c + r * P, acc[r][0]);
        store(c + r * P + L, acc[r][1]);
    }
}

// Rows of the weight gradient G[R][P] = X^T[R][n] dZ[n][P] (X, dZ in one panel each), then the optimiser on them.
template <typename O, int R>
MLP_KERNEL void tile_update(const float *x, const float *dz, int n, Tensor t, const OptimiserStep &step) {
    Vec acc[R][2] = {};
#pragma GCC unroll 2
    for (int i = 0; i < n; ++i, x += P, dz += P) {
        const Vec d0 = load(dz), d1 = load(dz + L);
#pragma GCC unroll 16
        for (int r = 0; r < R; ++r) {
            const Vec a = splat(x[r]);
            acc[r][0] += a * d0;
            acc[r][1] += a * d1;
        }
    }
    const O optimiser = optimiser_of<O>(step);
#pragma GCC unroll 16
    for (int r = 0; r < R; ++r) {
        optimiser.update(acc[r][0], t, r * P);
        optimiser.update(acc[r][1], t, r * P + L);
    }
}

// The optimiser on the first `rows` rows of an L x L block of weights, whose gradient lies transposed.
template <typename O>
MLP_KERNEL void update_transposed(const float *gradient, int rows, Tensor t, const OptimiserStep &step) {
    Vec g[L];
    load_transposed(gradient, g);
    const O optimiser = optimiser_of<O>(step);
#pragma GCC unroll 16
    for (int i = 0; i < L; ++i)
        if (i < rows) optimiser.update(g[i], t, i * P);
}

// acc[4][2 N] += value^T[4][n] b[offset[n]][N panels]: the reduction visits only what the list names.
template <int N> MLP_INLINE void accumulate_list(Vec (&acc)[4][2 * N], const std::uint32_t *offset, const float *value,
                                                 int n, const float *b, std::size_t b_panel) {
#pragma GCC unroll 4
    for (int i = 0; i < n; ++i) {
        const float *row = b + offset[i];
        Vec v[2 * N];
#pragma GCC unroll 2
        for (int p = 0; p < N; ++p) {
            v[2 * p] = load(row + p * b_panel);
            v[2 * p + 1] = load(row + p * b_panel + L);
        }
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r) {
            const Vec a = splat(value[4 * i + r]);
#pragma GCC unroll 4
            for (int p = 0; p < 2 * N; ++p) acc[r][p] += a * v[p];
        }
    }
}

// C[4][N panels] (+)= the listed inputs times W.
template <int N> MLP_KERNEL void tile_list(const std::uint32_t *offset, const float *value, int n, const float *w,
                                           std::size_t w_panel, float *c, std::size_t c_panel, bool add) {
    Vec acc[4][2 * N];
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r)
#pragma GCC unroll 4
        for (int p = 0; p < 2 * N; ++p) acc[r][p] = add ? load(c + (p / 2) * c_panel + r * P + (p % 2) * L) : Vec{};
    accumulate_list<N>(acc, offset, value, n, w, w_panel);
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r)
#pragma GCC unroll 4
        for (int p = 0; p < 2 * N; ++p) store(c + (p / 2) * c_panel + r * P + (p % 2) * L, acc[r][p]);
}

// Four rows of the first layer's weight gradient from the rows of dZ that light them, then the optimiser on them.
template <typename O, int N> MLP_KERNEL void tile_list_update(const std::uint32_t *offset, const float *value, int n,
                                                              const float *dz, std::size_t dz_panel, Tensor t,
                                                              std::size_t w_panel, const OptimiserStep &step) {
    Vec acc[4][2 * N] = {};
    accumulate_list<N>(acc, offset, value, n, dz, dz_panel);
    const O optimiser = optimiser_of<O>(step);
#pragma GCC unroll 4
    for (int p = 0; p < N; ++p)
#pragma GCC unroll 4
        for (int r = 0; r < 4; ++r) {
            optimiser.update(acc[r][2 * p], t, p * w_panel + r * P);
            optimiser.update(acc[r][2 * p + 1], t, p * w_panel + r * P + L);
        }
}

} // namespace mlp::MLP_ISA
