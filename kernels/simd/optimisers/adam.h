// Adam (Kingma & Ba 2015) as Keras places epsilon:
//     m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  w -= alpha m / (sqrt(v) + epsilon)
//     alpha = learning_rate sqrt(1 - b2^t) / (1 - b1^t)
#pragma once
#include <cmath>

#include "../averages.h"

namespace mlp::MLP_ISA {

struct Adam {
    static constexpr const char *name = "adam";
    static constexpr const char *slots[] = {"m", "v"};
    static constexpr Setting settings[] = {
        {"beta_1", 0.9, kShare}, {"beta_2", 0.999, kShare}, {"epsilon", 1e-7, kPositive}};
    static constexpr bool rests_at_zero = true;

    struct Numbers {
        float alpha, epsilon;
        Average m, v;
    };
    static Numbers numbers(const double *setting, double learning_rate, double t) {
        const double beta_1 = setting[0], beta_2 = setting[1];
        return {static_cast<float>(learning_rate * std::sqrt(taken(beta_2, t)) / taken(beta_1, t)), normal(setting[2]),
                make_average(beta_1), make_average(beta_2)};
    }

    Vec alpha, epsilon;
    Follow first, second;
    explicit Adam(const Numbers &n) : alpha(splat(n.alpha)), epsilon(splat(n.epsilon)), first(n.m), second(n.v) {}

    [[gnu::always_inline]] Vec change(Vec m, Vec v) const { return alpha * m / (square_root(v) + epsilon); }
    [[gnu::always_inline]] void update(Vec g, const Tensor &t, std::size_t at) const {
        g += 0.0f; // -0, which a sum of flushed terms can be unless zeros are added to it, becomes 0
        const Vec m = first.next(load(t.slot[0] + at), g), v = second.next_square(load(t.slot[1] + at), g);
        store(t.slot[0] + at, m);
        store(t.slot[1] + at, v);
        store(t.value + at, load(t.value + at) - change(m, v));
    }

    // m' = b1 m + (1 - b1) g. What g = 0 would have left is rounded as the update rounds it, so that no gradient is
    // exactly 0, and not what the rounding of a larger moment leaves.
    [[gnu::always_inline]] void read_gradient(Vec m_before, const Tensor &t, std::size_t at, Wide &g) const {
        g = (MLP_WIDEN(load(t.slot[0] + at)) - MLP_WIDEN(first.kept(m_before))) / MLP_WIDEN(first.take);
    }
    [[gnu::always_inline]] Vec read_change(const Tensor &t, std::size_t at) const {
        return change(load(t.slot[0] + at), load(t.slot[1] + at));
    }

  private:
    // 1 - b^t, also where b^t is so near 1 that the difference would be rounding.
    static double taken(double b, double t) { return -std::expm1(t * std::log(b)); }
};

} // namespace mlp::MLP_ISA
