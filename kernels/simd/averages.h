// Moving averages a' = b a + (1 - b) x: batch normalisation's statistics and the moments of optimisers.
// As differences (a += (x - a) (1 - b)) they would cost two operations less, but lose g^2 beside an average that is 1e8
// times as large where b is small, and turn an infinite one into NaN; and g^2 alone overflows before (1 - b) g^2.
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

} // namespace mlp::MLP_ISA
