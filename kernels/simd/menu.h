// What a network may be made of, a type each: everything that depends on a choice is made from such a list.
#pragma once
#include "vectors.h"

namespace mlp::MLP_ISA {

template <typename... Choices> struct Menu {
    // body(Choice()) of the choice at a position.
    template <typename Body> MLP_INLINE void with(int position, Body body) {
        int i = 0;
        ((position == i++ ? body(Choices()) : void()), ...);
    }
};

} // namespace mlp::MLP_ISA
