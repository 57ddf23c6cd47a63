// Zeroed arrays on cache lines.
#pragma once
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace mlp {

struct Free {
    void operator()(void *p) const { std::free(p); }
};

template <typename T> class Array {
  public:
    Array() = default;
    explicit Array(std::size_t n) : n_(n) {
        if (n == 0) return;
        const std::size_t bytes = (n * sizeof(T) + 63) / 64 * 64;
        void *const p = std::aligned_alloc(64, bytes);
        if (!p) throw std::bad_alloc();
        std::memset(p, 0, bytes);
        data_.reset(static_cast<T *>(p));
    }
    T *get() const { return data_.get(); }
    std::size_t size() const { return n_; }

  private:
    std::unique_ptr<T, Free> data_;
    std::size_t n_ = 0;
};

} // namespace mlp
