// What diagnostics read off a step, a panel at a time; everything in float64, since gradients of deep layers are so
// small that their squares would be flushed to zero. Nothing here writes to the network.
#pragma once
#include "activations.h"
#include "optimisers/optimiser.h"

namespace mlp::MLP_ISA {

MLP_INLINE double total(const Wide &x) {
    double s = 0;
    for (int i = 0; i < L; ++i) s += x[i];
    return s;
}

// Before the update: the weights of before do not follow from those after it where it is much larger than they are.
static void measure_weights(const Layer &layer, int panel, StepSums &sums) {
    const std::size_t first = static_cast<std::size_t>(panel) * layer.in_rows * P;
    Wide w2 = {};
    for (std::size_t i = first; i < first + static_cast<std::size_t>(layer.n_in) * P; i += L) {
        const Wide w = MLP_WIDEN(load(layer.kernel.value + i));
        w2 += w * w;
    }
    sums.weight = total(w2);
}

// Gradient and update are read off what the optimiser keeps.
template <typename O> static void measure_update(const Layer &layer, const float *slot_before, int panel,
                                                 const OptimiserStep &step, StepSums &sums) {
    const std::size_t first = static_cast<std::size_t>(panel) * layer.in_rows * P;
    const O optimiser = optimiser_of<O>(step);
    Wide g2 = {}, d2 = {};
    for (std::size_t i = first; i < first + static_cast<std::size_t>(layer.n_in) * P; i += L) {
        Wide g;
        optimiser.read_gradient(load(slot_before + i), layer.kernel, i, g);
        const Wide d = MLP_WIDEN(optimiser.read_change(layer.kernel, i));
        g2 += g * g;
        d2 += d * d;
    }
    sums.gradient = total(g2);
    sums.update = total(d2);
}

// Sums over a panel's activations; alive[c] is set where column c has a slope of at least 1 % of the steepest.
static void measure_activation(const Layer &layer, const Activity &a, int n_rows, int panel, ActivationSums &sums,
                               std::int32_t *alive) {
    Wide h1 = {}, h2 = {};
    Activations::with(layer.activation, [&](auto f) {
        const float steep = 0.01f * f.steepest;
        for (int half = 0; half < kHalves; ++half) {
            const Int used = lanes() + (panel * P + half * L) < layer.n_out;
            Int lit = {};
            const float *h = a.h + panel * a.panel + half * L;
            for (int r = 0; r < n_rows; ++r, h += P) {
                const Vec x = select(used, load(h), Vec{});
                lit |= ~(f.back(splat(1.0f), x) < steep);
                h1 += MLP_WIDEN(x);
                h2 += MLP_WIDEN(x) * MLP_WIDEN(x);
            }
            for (int i = 0; i < L; ++i) alive[half * L + i] |= lit[i] & used[i];
        }
    });
    sums.sum = total(h1);
    sums.square = total(h2);
}

} // namespace mlp::MLP_ISA
