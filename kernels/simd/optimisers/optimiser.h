// What an optimiser is, for the kernels that carry it out on a gradient while that is in registers. It is a struct in a
// file of its own here, and its place in the menu of kernels.cpp:
//
//     name, slots, settings    as Optimiser (choices.h) says; the first slot tells the gradient of a step
//     rests_at_zero            whether weights stay as they are where gradient and slots are 0
//     Numbers                  what a step needs beside gradient and slots, the same for all weights
//     numbers(setting, learning_rate, t)    of step t, from 1; settings in the order in which they are declared
//     update(g, tensor, at)    a vector of weights and slots takes its gradient
//     read_gradient(before, tensor, at, g)  after a step: its gradient, from the first slot of before
//     read_change(tensor, at)  after a step: what it has taken off the weights
//
// Weights of 0 with gradient and slots of 0 must stay 0: rows and columns that pad a matrix are updated with it.
#pragma once
#include "../vectors.h"

namespace mlp::MLP_ISA {

template <typename O> constexpr int n_slots = sizeof O::slots / sizeof *O::slots;

template <typename O> MLP_INLINE O optimiser_of(const OptimiserStep &step) {
    return O(step.get<typename O::Numbers>());
}

template <typename O> void start_step(const double *setting, double learning_rate, double t, OptimiserStep &step) {
    step.set(O::numbers(setting, learning_rate, t));
}

template <typename O> MLP_INLINE Tensor moved(const Tensor &t, std::size_t offset) {
    static_assert(n_slots<O> <= kMostSlots);
    Tensor to{};
    to.value = t.value + offset;
    for (int i = 0; i < n_slots<O>; ++i) to.slot[i] = t.slot[i] + offset;
    return to;
}

} // namespace mlp::MLP_ISA
