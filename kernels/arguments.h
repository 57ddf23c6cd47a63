// Checks of arrays that come from Python and arrays that go there.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <string>
#include <vector>

#include "choices.h"

namespace mlp {

namespace nb = nanobind;

using Shape = std::vector<std::int64_t>;
using OutArray = nb::ndarray<nb::numpy, float>;

inline std::string text(const Shape &shape) {
    std::string s = "(";
    for (std::size_t i = 0; i < shape.size(); ++i)
        s += (i ? ", " : "") + (shape[i] < 0 ? std::string("n") : std::to_string(shape[i]));
    return s + (shape.size() == 1 ? ",)" : ")");
}

// A C-contiguous array of T with the given shape (-1 = any length); what names it in the error.
template <typename T> class Checked {
  public:
    Checked(nb::handle object, const std::string &what, const char *dtype, const Shape &shape) {
        const std::string must = what + " must be a C-contiguous " + dtype + " array of shape " + text(shape);
        const std::string fix = std::string(", fix: numpy.ascontiguousarray(array, dtype=numpy.") + dtype + ")";
        if (!nb::ndarray_check(object) || !nb::try_cast(object, array_, false))
            throw nb::type_error((must + ", got " + nb::type_name(object.type()).c_str() + fix).c_str());
        if (array_.dtype() != nb::dtype<T>()) throw nb::type_error((must + ", got another dtype" + fix).c_str());
        Shape found;
        for (std::size_t i = 0; i < array_.ndim(); ++i) found.push_back(static_cast<std::int64_t>(array_.shape(i)));
        bool fits = found.size() == shape.size();
        for (std::size_t i = 0; fits && i < shape.size(); ++i) fits = shape[i] < 0 || shape[i] == found[i];
        if (!fits) throw nb::value_error((must + ", got shape " + text(found)).c_str());
        std::int64_t stride = 1;
        for (std::size_t i = found.size(); i-- > 0; stride *= found[i])
            if (found[i] > 1 && array_.stride(i) != stride)
                throw nb::value_error((must + ", got another memory order" + fix).c_str());
    }
    const T *data() const { return static_cast<const T *>(array_.data()); }
    std::int64_t size() const { return static_cast<std::int64_t>(array_.shape(0)); }

  private:
    nb::ndarray<nb::ro, nb::device::cpu> array_;
};

inline OutArray make_array(const std::vector<std::size_t> &shape) {
    std::size_t n = 1;
    for (const std::size_t s : shape) n *= s;
    float *const data = new float[n];
    return OutArray(data, shape.size(), shape.data(),
                    nb::capsule(data, [](void *p) noexcept { delete[] static_cast<float *>(p); }));
}

[[noreturn]] inline void reject(const std::string &message) { throw nb::value_error(message.c_str()); }

inline void check_range(const char *what, double value, const Range &range) {
    if (value > range.low && value < range.high) return;
    if (range.low_allowed && value == range.low) return;
    reject(std::string(what) + " must be " + range.be + ", got " + nb::str(nb::float_(value)).c_str());
}

inline void check_count(const char *what, std::int64_t value, std::int64_t least, std::int64_t most) {
    if (value < least || value > most)
        reject(std::string(what) + " must lie in " + std::to_string(least) + ".." + std::to_string(most) + ", got " +
               std::to_string(value));
}

} // namespace mlp
