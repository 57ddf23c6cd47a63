// Which instruction set runs here.
#pragma once
#include <string>
#include <vector>

#include "layout.h"

namespace mlp {

// Best first.
std::vector<const Kernels *> available_kernels();
// The best, or the one that MLPSTUDY_INSTRUCTION_SET names; throws std::invalid_argument.
const Kernels &chosen_kernels();

} // namespace mlp
