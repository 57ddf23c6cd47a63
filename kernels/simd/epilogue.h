// What follows a product while its panel of P columns is still in the first-level cache. Everything here is
// local to a column, so that a panel is an independent task.
//
//     h = f(x W + b)            z is not kept: every f here has its derivative in terms of h
//     y = gamma (h - mean) / sqrt(variance + epsilon) + beta        (Ioffe & Szegedy 2015, after the activation)
//     y = kept ? y / (1 - rate) : 0
#pragma once
#include "philox.h"
#include "adam.h"

namespace mlp::MLP_ISA {

// f(z); NaN stays NaN.
template <Activation f> MLP_INLINE Vec activate(Vec z) {
    if constexpr (f == Activation::relu) return select(z < 0.0f, Vec{}, z);
    if constexpr (f == Activation::tanh) return hyperbolic_tangent(z);
    if constexpr (f == Activation::sigmoid) return logistic(z);
    return z;
}

// g f'(z), from h = f(z).
template <Activation f> MLP_INLINE Vec differentiate(Vec g, Vec h) {
    if constexpr (f == Activation::relu) return select(h > 0.0f, g, Vec{});
    if constexpr (f == Activation::tanh) return g * (1.0f - h * h);
    if constexpr (f == Activation::sigmoid) return g * (h * (1.0f - h));
    return g;
}

template <typename Body> MLP_INLINE void with_activation(Activation f, Body body) {
    switch (f) {
    case Activation::relu: return body(std::integral_constant<Activation, Activation::relu>());
    case Activation::tanh: return body(std::integral_constant<Activation, Activation::tanh>());
    case Activation::sigmoid: return body(std::integral_constant<Activation, Activation::sigmoid>());
    case Activation::linear: return body(std::integral_constant<Activation, Activation::linear>());
    }
}

constexpr int kHalves = P / L; // vectors of a panel

template <Activation f> MLP_KERNEL void activate_panel(const Layer &layer, int panel, int n_rows, float *h) {
    const Vec b0 = load(layer.bias.value + panel * P), b1 = load(layer.bias.value + panel * P + L);
    for (int r = 0; r < n_rows; ++r, h += P) {
        store(h, activate<f>(load(h) + b0));
        store(h + L, activate<f>(load(h + L) + b1));
    }
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

// Biased batch moments of a half panel; the moving averages follow them in training.
MLP_KERNEL void batch_moments(const Layer &layer, int n_rows, std::size_t column, const float *h, Activity &a) {
    const Vec share = splat(1.0f / static_cast<float>(n_rows));
    Vec total[1];
    sum_rows<1>(n_rows, total, [&](int r, Vec(&s)[1]) { s[0] += load(h + r * P); });
    const Vec mean = total[0] * share;
    sum_rows<1>(n_rows, total, [&](int r, Vec(&s)[1]) {
        const Vec d = load(h + r * P) - mean;
        s[0] += d * d;
    });
    const Vec variance = total[0] * share;
    store(a.mean + column, mean);
    store(a.scale + column, 1.0f / square_root(variance + layer.epsilon));
    float *const mm = layer.moving_mean + column, *const mv = layer.moving_variance + column;
    const Follow moving(layer.moving);
    store(mm, moving.next(load(mm), mean));
    store(mv, moving.next(load(mv), variance));
}

// y = (h - mean) slope + beta, then dropout; slope = 1, mean = beta = 0 where there is no normalisation.
MLP_KERNEL void normalise_and_drop(const float *h, float *y, int n_rows, Vec mean, Vec slope, Vec beta,
                                   const std::uint32_t *mask, int half, float dropout_scale) {
    for (int r = 0; r < n_rows; ++r, h += P, y += P) {
        Vec v = (load(h) - mean) * slope + beta;
        if (mask) v = select(kept_lanes(mask[r], half), v * dropout_scale, Vec{});
        store(y, v);
    }
}

static void epilogue(const Layer &layer, Activity &a, int n_rows, int panel, bool training, Dropout d) {
    float *const h = a.h + panel * a.panel, *const y = a.y + panel * a.panel;
    with_activation(layer.activation, [&](auto f) { activate_panel<f()>(layer, panel, n_rows, h); });
    std::uint32_t *mask = nullptr;
    if (training && layer.dropout_bits) {
        mask = a.mask + panel * (a.panel / P);
        draw_mask(layer, n_rows, panel, d, mask);
    }
    if (layer.normalise || mask)
        for (int half = 0; half < kHalves; ++half) {
            const std::size_t column = panel * P + half * L;
            Vec mean = Vec{}, slope = splat(1.0f), beta = Vec{};
            if (layer.normalise) {
                if (training) batch_moments(layer, n_rows, column, h + half * L, a);
                mean = training ? load(a.mean + column) : load(layer.moving_mean + column);
                slope = load(layer.gamma.value + column) *
                        (training ? load(a.scale + column)
                                  : 1.0f / square_root(load(layer.moving_variance + column) + layer.epsilon));
                beta = load(layer.beta.value + column);
            }
            normalise_and_drop(h + half * L, y + half * L, n_rows, mean, slope, beta, mask, half, layer.dropout_scale);
        }
    const int used = layer.n_out - panel * P; // columns that pad the last panel must not carry f(0)
    if (used < P)
        for (int r = 0; r < n_rows; ++r)
            for (int c = used; c < P; ++c) y[r * P + c] = 0.0f;
}

// In place: gradient with respect to y becomes gradient with respect to z, for half a panel. With u the gradient
// behind dropout and n = (h - mean) scale:
//     dbeta = sum u;  dgamma = sum u n;  dh = gamma scale (u - dbeta / B - n dgamma / B);  dz = dh f'(z);  db = sum dz
template <Activation f>
MLP_KERNEL void backward_half(Layer &layer, Activity &a, int n_rows, int panel, int half, const AdamStep &step) {
    const std::size_t column = panel * P + half * L;
    float *const g = a.dz + panel * a.panel + half * L;
    const float *const h = a.h + panel * a.panel + half * L;
    const std::uint32_t *const mask = layer.dropout_bits ? a.mask + panel * (a.panel / P) : nullptr;
    const float keep = layer.dropout_scale;
    const auto undropped = [&](int r) {
        const Vec u = load(g + r * P);
        return mask ? select(kept_lanes(mask[r], half), u * keep, Vec{}) : u;
    };
    const Adam adam(step);
    Vec db[1];
    if (layer.normalise) {
        const Vec mean = load(a.mean + column), scale = load(a.scale + column);
        Vec s[2];
        sum_rows<2>(n_rows, s, [&](int r, Vec(&t)[2]) {
            const Vec u = undropped(r);
            t[0] += u;
            t[1] += u * ((load(h + r * P) - mean) * scale);
        });
        const Vec share = splat(1.0f / static_cast<float>(n_rows));
        const Vec slope = load(layer.gamma.value + column) * scale, s0 = s[0] * share, s1 = s[1] * share;
        sum_rows<1>(n_rows, db, [&](int r, Vec(&t)[1]) {
            const Vec value = load(h + r * P), n = (value - mean) * scale;
            const Vec dz = differentiate<f>(slope * (undropped(r) - s0 - n * s1), value);
            store(g + r * P, dz);
            t[0] += dz;
        });
        adam.update(s[1], layer.gamma, column);
        adam.update(s[0], layer.beta, column);
    } else {
        sum_rows<1>(n_rows, db, [&](int r, Vec(&t)[1]) {
            const Vec dz = differentiate<f>(undropped(r), load(h + r * P));
            store(g + r * P, dz);
            t[0] += dz;
        });
    }
    adam.update(db[0], layer.bias, column);
}

} // namespace mlp::MLP_ISA
