// Adam (Kingma & Ba 2015) as Keras places epsilon:
//     m += (g - m) (1 - b1);  v += (g^2 - v) (1 - b2);  w -= alpha m / (sqrt(v) + epsilon)
#pragma once
#include "vectors.h"

namespace mlp::MLP_ISA {

struct Adam {
    Vec alpha, rest_1, rest_2, epsilon;
    explicit Adam(const AdamStep &s)
        : alpha(splat(s.alpha)), rest_1(splat(s.rest_1)), rest_2(splat(s.rest_2)), epsilon(splat(s.epsilon)) {}
    [[gnu::always_inline]] void update(Vec g, const Tensor &t, std::size_t at) const {
        Vec m = load(t.m + at), v = load(t.v + at);
        m = multiply_add(g - m, rest_1, m);
        v = multiply_add(multiply_add(g, g, -v), rest_2, v);
        store(t.m + at, m);
        store(t.v + at, v);
        store(t.value + at, load(t.value + at) - alpha * m / (square_root(v) + epsilon));
    }
};

} // namespace mlp::MLP_ISA
