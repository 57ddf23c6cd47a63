// Batch normalisation (Ioffe & Szegedy 2015), of half a panel:
//     y = gamma n + beta,  n = (h - mean) / sqrt(variance + epsilon)
// and back, with u = dL/dy over a batch of B rows:
//     dbeta = sum u;  dgamma = sum u n;  dh = gamma / sqrt(variance + epsilon) (u - dbeta / B - n dgamma / B)
#pragma once
#include "averages.h"

namespace mlp::MLP_ISA {

// Biased batch moments; the moving averages follow them in training.
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

// y = (h - mean) slope + beta.
struct Affine {
    Vec mean = Vec{}, slope = splat(1.0f), beta = Vec{};
};

MLP_INLINE Affine normalisation(const Layer &layer, Activity &a, int n_rows, std::size_t column, const float *h,
                                bool training) {
    if (training) batch_moments(layer, n_rows, column, h, a);
    Affine n;
    n.mean = training ? load(a.mean + column) : load(layer.moving_mean + column);
    n.slope =
        load(layer.gamma.value + column) *
        (training ? load(a.scale + column) : 1.0f / square_root(load(layer.moving_variance + column) + layer.epsilon));
    n.beta = load(layer.beta.value + column);
    return n;
}

// The way back, u(row) being the gradient of y.
struct BatchBack {
    Vec mean, scale, slope, s0, s1, dgamma, dbeta;

    template <typename Gradient> [[gnu::always_inline]] BatchBack(const Layer &layer, const Activity &a, int n_rows,
                                                                  std::size_t column, const float *h, Gradient u)
        : mean(load(a.mean + column)), scale(load(a.scale + column)) {
        Vec s[2];
        sum_rows<2>(n_rows, s, [&](int r, Vec(&t)[2]) {
            const Vec g = u(r);
            t[0] += g;
            t[1] += g * ((load(h + r * P) - mean) * scale);
        });
        const Vec share = splat(1.0f / static_cast<float>(n_rows));
        slope = load(layer.gamma.value + column) * scale;
        s0 = s[0] * share;
        s1 = s[1] * share;
        dbeta = s[0];
        dgamma = s[1];
    }
    // dh of a row.
    [[gnu::always_inline]] Vec gradient(Vec u, Vec h) const { return slope * (u - s0 - (h - mean) * scale * s1); }
};

} // namespace mlp::MLP_ISA
