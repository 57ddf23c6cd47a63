// Which instruction set runs here.
#pragma once
#include <string>
#include <vector>

#include "layout.h"

namespace mlp {

// The kernels of each instruction set, one table an optimiser, the best set first.
std::vector<List<Kernels>> available_kernels();
// Those of the best set, or of the one that MLPSTUDY_INSTRUCTION_SET names; throws std::invalid_argument.
List<Kernels> chosen_kernels();

} // namespace mlp
