#include "dispatch.h"

#include <cstdlib>
#include <stdexcept>

namespace mlp {

#if defined(__x86_64__)
namespace avx512 {
extern const Kernels kernels;
}
namespace avx2 {
extern const Kernels kernels;
}
#endif
namespace baseline {
extern const Kernels kernels;
}

std::vector<const Kernels *> available_kernels() {
    std::vector<const Kernels *> all;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) all.push_back(&avx512::kernels);
    if (__builtin_cpu_supports("x86-64-v3")) all.push_back(&avx2::kernels);
#endif
    all.push_back(&baseline::kernels);
    return all;
}

const Kernels &chosen_kernels() {
    const auto all = available_kernels();
    const char *const forced = std::getenv("MLPSTUDY_INSTRUCTION_SET");
    if (!forced || !*forced) return *all.front();
    std::string names;
    for (const Kernels *k : all) {
        if (std::string(forced) == k->name) return *k;
        names += (names.empty() ? "" : ", ") + std::string(k->name);
    }
    throw std::invalid_argument("MLPSTUDY_INSTRUCTION_SET must be one of " + names + " on this machine, got '" +
                                forced + "', fix: unset it to use the best");
}

} // namespace mlp
