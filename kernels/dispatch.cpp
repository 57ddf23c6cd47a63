#include "dispatch.h"

#include <cstdlib>
#include <stdexcept>

namespace mlp {

#if defined(__x86_64__)
namespace avx512 {
extern const List<Kernels> kernels;
}
namespace avx2 {
extern const List<Kernels> kernels;
}
#endif
namespace baseline {
extern const List<Kernels> kernels;
}

std::vector<List<Kernels>> available_kernels() {
    std::vector<List<Kernels>> all;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) all.push_back(avx512::kernels);
    if (__builtin_cpu_supports("x86-64-v3")) all.push_back(avx2::kernels);
#endif
    all.push_back(baseline::kernels);
    return all;
}

List<Kernels> chosen_kernels() {
    const auto all = available_kernels();
    const char *const forced = std::getenv("MLPSTUDY_INSTRUCTION_SET");
    if (!forced || !*forced) return all.front();
    std::string names;
    for (const List<Kernels> &kernels : all) {
        const std::string name = kernels[0].instruction_set;
        if (name == forced) return kernels;
        names += (names.empty() ? "" : ", ") + name;
    }
    throw std::invalid_argument("MLPSTUDY_INSTRUCTION_SET must be one of " + names + " on this machine, got '" +
                                forced + "', fix: unset it to use the best");
}

} // namespace mlp
