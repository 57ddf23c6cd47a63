// What a network may be made of, as everybody but the kernels sees it: names, and the little that must be known of
// each. The choices themselves are types of simd/, and their menus are there.
#pragma once
#include <cstddef>
#include <new>
#include <string_view>
#include <type_traits>

namespace mlp {

// An array whose length the table that holds it knows.
template <typename T> struct List {
    const T *first = nullptr;
    int size = 0;
    const T &operator[](int i) const { return first[i]; }
    const T *begin() const { return first; }
    const T *end() const { return first + size; }
};
template <typename T, int n> constexpr List<T> list_of(const T (&all)[n]) { return {all, n}; }

// Where the choice of a name stands, -1 where there is none.
template <typename T> int find(const List<T> &all, std::string_view name) {
    for (int i = 0; i < all.size; ++i)
        if (name == all[i].name) return i;
    return -1;
}

// The choices themselves, a type each.
template <typename... Choices> struct Menu {
    // body(Choice()) of the choice at a position.
    template <typename Body> [[gnu::always_inline]] static void with(int position, Body body) {
        int i = 0;
        ((position == i++ ? body(Choices()) : void()), ...);
    }
};

// What an activation of simd/activations.h is called, and whether so many of its values are 0, and its slopes with
// them, that products skip them.
struct Activation {
    const char *name;
    bool has_zeros;
};
constexpr const char *kOutputActivation = "linear"; // the last layer's: its loss has the softmax

struct Range {
    double low, high; // excluded, but for low where it is allowed
    bool low_allowed;
    const char *be; // the range in words
};
constexpr Range kShare = {0, 1, true, "in [0, 1)"};
constexpr Range kPositive = {0, __builtin_inf(), false, "positive and finite"};
constexpr Range kNonNegative = {0, __builtin_inf(), true, "non-negative and finite"};

struct Setting {
    const char *name;
    double otherwise; // where it is not given
    Range range;
};

// An optimiser of simd/optimisers/, its learning rate not among the settings; slots are the arrays that it keeps beside
// each parameter.
struct Optimiser {
    const char *name;
    List<const char *> slots;
    List<Setting> settings;
};
constexpr int kMostSlots = 2; // of any optimiser

// What an optimiser makes of its settings for one step, for its own eyes.
class OptimiserStep {
  public:
    template <typename Numbers> void set(const Numbers &numbers) {
        static_assert(sizeof numbers <= sizeof bytes_ && std::is_trivially_copyable_v<Numbers>);
        new (bytes_) Numbers(numbers);
    }
    template <typename Numbers> const Numbers &get() const {
        return *std::launder(reinterpret_cast<const Numbers *>(bytes_));
    }

  private:
    alignas(8) std::byte bytes_[64];
};

} // namespace mlp
