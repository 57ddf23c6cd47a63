// Adam (Kingma & Ba 2015) as Keras places epsilon:
//     m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  w -= alpha m / (sqrt(v) + epsilon)
// As differences (m += (g - m) (1 - b1)) the averages would cost two operations less, but lose g^2 beside a v that is
// 1e8 times as large where b2 is small, and turn an infinite v into NaN; and g^2 alone overflows before (1 - b2) g^2.
#pragma once
#include "vectors.h"

namespace mlp::MLP_ISA {

struct Follow {
    Vec keep, keep_rest, take;
    explicit Follow(const Average &a) : keep(splat(a.keep)), keep_rest(splat(a.keep_rest)), take(splat(a.take)) {}
    // What is left of an average where x = 0.
    [[gnu::always_inline]] Vec kept(Vec average) const { return multiply_add(keep, average, keep_rest * average); }
    [[gnu::always_inline]] Vec next(Vec average, Vec x) const { return multiply_add(take, x, kept(average)); }
    [[gnu::always_inline]] Vec next_square(Vec average, Vec x) const {
        return multiply_add(take * x, x, kept(average));
    }
};

struct Adam {
    Vec alpha, epsilon;
    Follow first, second;
    explicit Adam(const AdamStep &s) : alpha(splat(s.alpha)), epsilon(splat(s.epsilon)), first(s.m), second(s.v) {}
    [[gnu::always_inline]] Vec change(Vec m, Vec v) const { return alpha * m / (square_root(v) + epsilon); }
    [[gnu::always_inline]] void update(Vec g, const Tensor &t, std::size_t at) const {
        g += 0.0f; // -0, which a sum of flushed terms can be unless zeros are added to it, becomes 0
        const Vec m = first.next(load(t.m + at), g), v = second.next_square(load(t.v + at), g);
        store(t.m + at, m);
        store(t.v + at, v);
        store(t.value + at, load(t.value + at) - change(m, v));
    }
};

} // namespace mlp::MLP_ISA
