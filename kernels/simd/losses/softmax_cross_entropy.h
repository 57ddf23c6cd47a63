// Softmax and categorical cross-entropy on clipped probabilities, as Keras computes it from probabilities:
//     loss = -log(clip(p_true, 1e-7, 1 - 1e-7));   gradient = (p - onehot) / B, and 0 where the clip is active
// p_true lies in the closed interval of the two float32 bounds, or the gradient of that example is zero
// (torch.clamp's rule; jnp.clip gives half of it exactly on a bound).
#pragma once
#include <cmath>

#include "../vectors.h"

namespace mlp::MLP_ISA {

constexpr float kClipLow = 1e-7f, kClipHigh = static_cast<float>(1.0 - 1e-7);

// Probabilities of one row in place of its logits; returns the first class of the largest probability, which logits a
// rounding apart may share, or -1 where any logit is NaN: then all probabilities are.
MLP_INLINE int softmax_row(const Layer &layer, float *row, std::size_t panel) {
    const int n = layer.n_out;
    Vec top = splat(-INFINITY);
    for (int c = 0; c < n; c += L) {
        float *const at = row + c / P * panel + c % P;
        const Vec z = select(lanes() < n - c, load(at), splat(-INFINITY));
        store(at, z);
        top = select(z > top, z, top);
    }
    const float most = largest(top);
    Vec total = Vec{};
    for (int c = 0; c < n; c += L) {
        float *const at = row + c / P * panel + c % P;
        const Vec e = select(lanes() < n - c, exponential(load(at) - most), Vec{});
        store(at, e);
        total += e;
    }
    const float denominator = sum(total), largest_p = 1.0f / denominator; // exponential(0) = 1
    int best = -1;
    for (int c = 0; c < n; c += L) {
        float *const at = row + c / P * panel + c % P;
        store(at, load(at) / splat(denominator));
        for (int i = 0; i < L && c + i < n && best < 0; ++i)
            if (at[i] == largest_p) best = c + i;
    }
    return best;
}

static void softmax_cross_entropy(const Layer &layer, Activity &a, const std::int32_t *labels, const std::int64_t *rows,
                                  int first, int last, float gradient_scale, float *loss, std::uint8_t *hit) {
    for (int r = first; r < last; ++r) {
        float *const row = a.h + static_cast<std::size_t>(r) * P;
        const int best = softmax_row(layer, row, a.panel);
        if (!labels) continue;
        const int truth = labels[rows[r]];
        const float p = row[truth / P * a.panel + truth % P];
        const float clipped = p < kClipLow ? kClipLow : p > kClipHigh ? kClipHigh : p; // NaN passes
        loss[r] = -std::log(clipped);
        hit[r] = best == truth;
        if (!a.dz) continue;
        const float scale = clipped == p || p != p ? gradient_scale : 0.0f;
        float *const to = a.dz + static_cast<std::size_t>(r) * P;
        for (int c = 0; c < layer.n_out; c += L) {
            const std::size_t at = c / P * a.panel + c % P;
            const Vec onehot = select(lanes() == truth - c, splat(1.0f), Vec{});
            const Vec g = (load(row + at) - onehot) * scale;
            store(to + at, select(lanes() < layer.n_out - c, g, Vec{}));
        }
    }
}

constexpr Loss kSoftmaxCrossEntropy = {.name = "softmax_cross_entropy", .compute = softmax_cross_entropy};

} // namespace mlp::MLP_ISA
