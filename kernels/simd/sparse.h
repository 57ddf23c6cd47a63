// The first layer's two products over the packed lists of a sparse batch. Sums run in the same order as over the
// lists of a dense batch (tiles.h), so that both give the same bits.
#pragma once
#include "tiles.h"

namespace mlp::MLP_ISA {

// The weights that a list names lie far apart, where no hardware prefetcher finds them: asked for one tile ahead, a
// third of the forward pass is saved.
template <int N>
MLP_INLINE void prefetch_listed(const std::uint32_t *offset, std::size_t n, const float *w, std::size_t w_panel) {
    for (std::size_t i = 0; i < n; ++i)
        for (int p = 0; p < N; ++p)
            for (int at = 0; at < P; at += 16) __builtin_prefetch(w + offset[i] + p * w_panel + at, 0, 3);
}

// One tile: the four rows of a group, the columns of a block, N output panels.
template <int N> MLP_INLINE void forward_packed(const Layer &layer, const SparseInput &in, Activity &a, int n_rows,
                                                int panel, int block, int r) {
    const std::size_t w_panel = static_cast<std::size_t>(layer.in_rows) * P;
    const float *const w = layer.kernel.value + panel * w_panel;
    const std::size_t *const start = in.row_start + static_cast<std::size_t>(r / 4) * (in.n_blocks + 1) + block;
    const std::size_t *const next = start + in.n_blocks + 1;
    if (r + 4 < n_rows) prefetch_listed<N>(in.row_offset + next[0], next[1] - next[0], w, w_panel);
    if (start[0] == start[1] && block > 0) return; // block 0 sets the sums to zero
    tile_list<N>(in.row_offset + start[0], in.row_value + 4 * start[0], static_cast<int>(start[1] - start[0]), w,
                 w_panel, a.h + panel * a.panel + r * P, a.panel, block > 0);
}

// Sums of output panels [first, last).
MLP_INLINE void forward_packed_lists(const Layer &layer, const SparseInput &in, Activity &a, int n_rows, int first,
                                     int last) {
    for (int block = 0; block < in.n_blocks; ++block)
        for (int r = 0; r < n_rows; r += 4) {
            if (last - first == kPair) forward_packed<kPair>(layer, in, a, n_rows, first, block, r);
            else forward_packed<1>(layer, in, a, n_rows, first, block, r);
        }
}

template <typename O, int N> MLP_INLINE void update_packed(Layer &layer, const SparseInput &in, const Activity &a,
                                                           int panel, int group, const OptimiserStep &step) {
    if (O::rests_at_zero && !in.column_alive[group]) return; // gradient and slots have been zero since the start
    const std::size_t w_panel = static_cast<std::size_t>(layer.in_rows) * P, list = in.column_start[group];
    const std::size_t tile = panel * w_panel + static_cast<std::size_t>(4 * group) * P;
    tile_list_update<O, N>(in.column_offset + list, in.column_value + 4 * list,
                           static_cast<int>(in.column_start[group + 1] - list), a.dz + panel * a.panel, a.panel,
                           moved<O>(layer.kernel, tile), w_panel, step);
}

template <typename O> static void update_sparse(Layer &layer, const SparseInput &in, const Activity &a, int task,
                                                int first, int last, const OptimiserStep &step) {
    const int panel = task * kPair;
    for (int group = first; group < last; ++group) {
        if (layer.n_panels - panel >= kPair) update_packed<O, kPair>(layer, in, a, panel, group, step);
        else update_packed<O, 1>(layer, in, a, panel, group, step);
    }
}

} // namespace mlp::MLP_ISA
