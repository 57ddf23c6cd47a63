// The activations: a struct each, and its place in the menu at the end. Nothing else lists them.
//
//     facts        what the rest of the engine must know of it (choices.h)
//     steepest     the largest value of f'
//     of(z)        f(z); NaN stays NaN
//     back(g, h)   g f'(z), from h = f(z): z is not kept
#pragma once
#include "vectors.h"

namespace mlp::MLP_ISA {

struct Relu {
    static constexpr Activation facts = {.name = "relu", .has_zeros = true};
    static constexpr float steepest = 1;
    MLP_INLINE Vec of(Vec z) { return select(z < 0.0f, Vec{}, z); }
    MLP_INLINE Vec back(Vec g, Vec h) { return select(h > 0.0f, g, Vec{}); }
};

struct Tanh {
    static constexpr Activation facts = {.name = "tanh", .has_zeros = false};
    static constexpr float steepest = 1;
    MLP_INLINE Vec of(Vec z) { return hyperbolic_tangent(z); }
    MLP_INLINE Vec back(Vec g, Vec h) { return g * (1.0f - h * h); }
};

struct Sigmoid {
    static constexpr Activation facts = {.name = "sigmoid", .has_zeros = false};
    static constexpr float steepest = 0.25f;
    MLP_INLINE Vec of(Vec z) { return logistic(z); }
    MLP_INLINE Vec back(Vec g, Vec h) { return g * (h * (1.0f - h)); }
};

struct Linear {
    static constexpr Activation facts = {.name = kOutputActivation, .has_zeros = false};
    static constexpr float steepest = 1;
    MLP_INLINE Vec of(Vec z) { return z; }
    MLP_INLINE Vec back(Vec g, Vec) { return g; }
};

using Activations = Menu<Relu, Tanh, Sigmoid, Linear>;

} // namespace mlp::MLP_ISA
