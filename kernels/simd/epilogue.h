// What follows a product while its panel of P columns is still in the first-level cache. Everything here is
// local to a column, so that a panel is an independent task.
//
//     h = f(x W + b)            z is not kept: every f here has its derivative in terms of h
//     y = gamma (h - mean) / sqrt(variance + epsilon) + beta        (batchnorm.h, after the activation)
//     y = kept ? y / (1 - rate) : 0
#pragma once
#include "activations.h"
#include "batchnorm.h"
#include "optimisers/optimiser.h"
#include "philox.h"

namespace mlp::MLP_ISA {

template <typename F> MLP_KERNEL void activate_panel(const Layer &layer, int panel, int n_rows, float *h) {
    const Vec b0 = load(layer.bias.value + panel * P), b1 = load(layer.bias.value + panel * P + L);
    for (int r = 0; r < n_rows; ++r, h += P) {
        store(h, F::of(load(h) + b0));
        store(h + L, F::of(load(h + L) + b1));
    }
}

// y = (h - mean) slope + beta, then dropout.
MLP_KERNEL void normalise_and_drop(const float *h, float *y, int n_rows, const Affine &n, const std::uint32_t *mask,
                                   int half, float dropout_scale) {
    for (int r = 0; r < n_rows; ++r, h += P, y += P) {
        Vec v = (load(h) - n.mean) * n.slope + n.beta;
        if (mask) v = select(kept_lanes(mask[r], half), v * dropout_scale, Vec{});
        store(y, v);
    }
}

static void epilogue(const Layer &layer, Activity &a, int n_rows, int panel, bool training, Dropout d) {
    float *const h = a.h + panel * a.panel, *const y = a.y + panel * a.panel;
    Activations::with(layer.activation, [&](auto f) { activate_panel<decltype(f)>(layer, panel, n_rows, h); });
    std::uint32_t *mask = nullptr;
    if (training && layer.dropout_bits) {
        mask = a.mask + panel * (a.panel / P);
        draw_mask(layer, n_rows, panel, d, mask);
    }
    if (layer.normalise || mask)
        for (int half = 0; half < kHalves; ++half) {
            const float *const from = h + half * L;
            Affine n;
            if (layer.normalise) n = normalisation(layer, a, n_rows, panel * P + half * L, from, training);
            normalise_and_drop(from, y + half * L, n_rows, n, mask, half, layer.dropout_scale);
        }
    const int used = layer.n_out - panel * P; // columns that pad the last panel must not carry f(0)
    if (used < P)
        for (int r = 0; r < n_rows; ++r)
            for (int c = used; c < P; ++c) y[r * P + c] = 0.0f;
}

// In place: gradient with respect to y becomes gradient with respect to z, for half a panel, through dropout,
// normalisation and activation; db = sum dz. The small parameters take theirs on the way.
template <typename O, typename F>
MLP_KERNEL void backward_half(Layer &layer, Activity &a, int n_rows, int panel, int half, const OptimiserStep &step) {
    const std::size_t column = panel * P + half * L;
    float *const g = a.dz + panel * a.panel + half * L;
    const float *const h = a.h + panel * a.panel + half * L;
    const std::uint32_t *const mask = layer.dropout_bits ? a.mask + panel * (a.panel / P) : nullptr;
    const float keep = layer.dropout_scale;
    const auto undropped = [&](int r) {
        const Vec u = load(g + r * P);
        return mask ? select(kept_lanes(mask[r], half), u * keep, Vec{}) : u;
    };
    const O optimiser = optimiser_of<O>(step);
    Vec db[1];
    if (layer.normalise) {
        const BatchBack back(layer, a, n_rows, column, h, undropped);
        sum_rows<1>(n_rows, db, [&](int r, Vec(&t)[1]) {
            const Vec value = load(h + r * P), dz = F::back(back.gradient(undropped(r), value), value);
            store(g + r * P, dz);
            t[0] += dz;
        });
        optimiser.update(back.dgamma, layer.gamma, column);
        optimiser.update(back.dbeta, layer.beta, column);
    } else {
        sum_rows<1>(n_rows, db, [&](int r, Vec(&t)[1]) {
            const Vec dz = F::back(undropped(r), load(h + r * P));
            store(g + r * P, dz);
            t[0] += dz;
        });
    }
    optimiser.update(db[0], layer.bias, column);
}

} // namespace mlp::MLP_ISA
