// The settings of a network as Python gives them: here each has its name, what it may be, and what it is where it is
// not given.
#pragma once
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>

#include "arguments.h"
#include "dispatch.h"
#include "network.h"

namespace mlp {

// Keyword arguments, taken one by one; end() refuses what nobody has taken.
class Keywords {
  public:
    Keywords(const char *what, nb::dict given) : what_(what), given_(std::move(given)) {}

    template <typename T> T take(const char *name, const char *kind, std::optional<T> otherwise = {}) {
        known_.insert(name);
        if (!given_.contains(name)) {
            if (otherwise) return *otherwise;
            throw nb::type_error((std::string(name) + " must be given, got none").c_str());
        }
        T value;
        const nb::object object = given_[name];
        if (!nb::try_cast(object, value))
            throw nb::type_error(
                (std::string(name) + " must be " + kind + ", got " + nb::type_name(object.type()).c_str()).c_str());
        return value;
    }
    double number(const char *name, const Range &range, std::optional<double> otherwise = {}) {
        const double value = take(name, "a number", otherwise);
        check_range(name, value, range);
        return value;
    }
    int count(const char *name, std::int64_t least, std::int64_t most) {
        const auto value = take<std::int64_t>(name, "an int");
        check_count(name, value, least, most);
        return static_cast<int>(value);
    }
    // Where a name stands in a list of choices.
    template <typename Names>
    int choice(const char *name, const Names &names, std::optional<std::string> otherwise = {}) {
        const auto value = take(name, "a str", otherwise);
        std::string all;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] == value) return static_cast<int>(i);
            all += (i == 0 ? "" : i + 1 < names.size() ? ", " : " or ") + names[i];
        }
        reject(std::string(name) + " must be " + all + ", got '" + value + "'");
    }
    void end() const {
        std::string all;
        for (const std::string &name : known_) all += (all.empty() ? "" : ", ") + name;
        for (const auto &[key, value] : given_)
            if (const std::string name = nb::str(key).c_str(); !known_.contains(name))
                throw nb::type_error((what_ + " must be among " + all + ", got '" + name + "'").c_str());
    }

  private:
    std::string what_;
    nb::dict given_;
    std::set<std::string> known_;
};

inline const char *name_of(const Activation &activation) { return activation.name; }
inline const char *name_of(const Loss &loss) { return loss.name; }
inline const char *name_of(const Kernels &kernels) { return kernels.optimiser.name; }

template <typename T> std::vector<std::string> names_of(const List<T> &all) {
    std::vector<std::string> names;
    for (const T &one : all) names.emplace_back(name_of(one));
    return names;
}

inline std::vector<std::int32_t> column_groups(nb::object given, int n_inputs) {
    std::vector<std::int32_t> groups(n_inputs);
    std::iota(groups.begin(), groups.end(), 0);
    if (given.is_none()) return groups;
    const Checked<std::int32_t> array(given, "column_groups", "int32", {n_inputs});
    std::vector<std::int32_t> sorted(array.data(), array.data() + n_inputs);
    std::sort(sorted.begin(), sorted.end());
    if (sorted != groups) reject("column_groups must be a permutation of the input columns");
    return {array.data(), array.data() + n_inputs};
}

inline std::unique_ptr<Network> network_of(nb::kwargs given) {
    const List<Kernels> all = chosen_kernels();
    Keywords k("settings", given);
    Config c{};
    const Kernels &kernels = all[k.choice("optimiser", names_of(all), "adam")];
    c.n_inputs = k.count("n_inputs", 1, 1 << 20);
    for (const std::int64_t width : k.take<std::vector<std::int64_t>>("hidden", "a list of int")) {
        check_count("a hidden width", width, 1, 1 << 16);
        c.hidden.push_back(static_cast<int>(width));
    }
    if (c.hidden.size() > 1000) reject("hidden must have at most 1000 layers, got " + std::to_string(c.hidden.size()));
    c.n_classes = k.count("n_classes", 2, 1 << 16);
    c.activation = k.choice("activation", names_of(kernels.activations));
    c.normalise = k.take<bool>("batch_normalisation", "a bool");
    c.bn_momentum = k.number("bn_momentum", kShare, 0.99);
    c.bn_epsilon = k.number("bn_epsilon", kPositive, 1e-3);
    c.dropout = k.take<std::vector<double>>("dropout", "a list of float");
    if (c.dropout.size() != c.hidden.size())
        reject("dropout must have one rate per hidden layer (" + std::to_string(c.hidden.size()) + "), got " +
               std::to_string(c.dropout.size()));
    for (const double rate : c.dropout) check_range("a dropout rate", rate, kShare);
    c.loss = k.choice("loss", names_of(kernels.losses), "softmax_cross_entropy");
    c.learning_rate = k.number("learning_rate", kNonNegative, 1e-3);
    Keywords of_optimiser("optimiser_settings", k.take<nb::dict>("optimiser_settings", "a dict", nb::dict()));
    for (const Setting &s : kernels.optimiser.settings)
        c.optimiser.push_back(of_optimiser.number(s.name, s.range, s.otherwise));
    of_optimiser.end();
    c.batch_size = k.count("batch_size", 1, 1 << 20);
    c.dropout_key = k.take<std::uint64_t>("dropout_key", "an int of 64 bits", 0);
    c.column_groups = column_groups(k.take<nb::object>("column_groups", "an array", nb::none()), c.n_inputs);
    c.diagnostics = k.take<bool>("diagnostics", "a bool", false);
    c.max_lit_share = k.number("max_lit_share", kNonNegative, c.max_lit_share);
    k.end();
    return std::make_unique<Network>(std::move(c), kernels);
}

} // namespace mlp
