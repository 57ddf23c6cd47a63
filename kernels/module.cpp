// The Python face of the network: every argument is checked here, so that nothing behind it can go out of bounds.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "arguments.h"
#include "dispatch.h"
#include "network.h"
#include "table.h"

namespace nb = nanobind;
using namespace mlp;

namespace {

void check_range(const char *what, double value, double low, double high, bool low_allowed, const char *be) {
    if (value > low && value < high) return;
    if (low_allowed && value == low) return;
    reject(std::string(what) + " must be " + be + ", got " + nb::str(nb::float_(value)).c_str());
}

void check_count(const char *what, std::int64_t value, std::int64_t high) {
    if (value < 1 || value > high)
        reject(std::string(what) + " must lie in 1.." + std::to_string(high) + ", got " + std::to_string(value));
}

class PyNetwork {
  public:
    PyNetwork(std::int64_t n_inputs, const std::vector<std::int64_t> &hidden, std::int64_t n_classes,
              const std::string &activation, bool batch_normalisation, double bn_momentum, double bn_epsilon,
              const std::vector<double> &dropout, double learning_rate, double beta_1, double beta_2,
              double adam_epsilon, std::int64_t batch_size, std::uint64_t dropout_key, nb::object column_groups,
              bool diagnostics, double max_lit_share) {
        Config c{};
        check_count("n_inputs", n_inputs, 1 << 20);
        check_count("n_classes", n_classes, 1 << 16);
        check_count("batch_size", batch_size, 1 << 20);
        for (const std::int64_t width : hidden) check_count("a hidden width", width, 1 << 16);
        if (hidden.size() > 1000) reject("hidden must have at most 1000 layers, got " + std::to_string(hidden.size()));
        if (n_classes < 2) reject("n_classes must be at least 2, got 1");
        if (dropout.size() != hidden.size())
            reject("dropout must have one rate per hidden layer (" + std::to_string(hidden.size()) + "), got " +
                   std::to_string(dropout.size()));
        for (const double rate : dropout) check_range("a dropout rate", rate, 0, 1, true, "in [0, 1)");
        check_range("bn_momentum", bn_momentum, 0, 1, true, "in [0, 1)");
        check_range("bn_epsilon", bn_epsilon, 0, INFINITY, false, "positive and finite");
        check_range("learning_rate", learning_rate, 0, INFINITY, true, "non-negative and finite");
        check_range("beta_1", beta_1, 0, 1, true, "in [0, 1)");
        check_range("beta_2", beta_2, 0, 1, true, "in [0, 1)");
        check_range("adam_epsilon", adam_epsilon, 0, INFINITY, false, "positive and finite");
        check_range("max_lit_share", max_lit_share, 0, INFINITY, true, "non-negative and finite");
        if (activation == "relu") c.activation = Activation::relu;
        else if (activation == "tanh") c.activation = Activation::tanh;
        else if (activation == "sigmoid") c.activation = Activation::sigmoid;
        else if (activation == "linear") c.activation = Activation::linear;
        else reject("activation must be relu, tanh, sigmoid or linear, got '" + activation + "'");
        c.n_inputs = static_cast<int>(n_inputs);
        c.hidden.assign(hidden.begin(), hidden.end());
        c.n_classes = static_cast<int>(n_classes);
        c.normalise = batch_normalisation;
        c.bn_momentum = bn_momentum;
        c.bn_epsilon = bn_epsilon;
        c.dropout = dropout;
        c.learning_rate = learning_rate;
        c.beta_1 = beta_1;
        c.beta_2 = beta_2;
        c.adam_epsilon = adam_epsilon;
        c.batch_size = static_cast<int>(batch_size);
        c.dropout_key = dropout_key;
        c.diagnostics = diagnostics;
        c.max_lit_share = max_lit_share;
        c.column_groups.resize(n_inputs);
        std::iota(c.column_groups.begin(), c.column_groups.end(), 0);
        if (!column_groups.is_none()) {
            const Checked<std::int32_t> groups(column_groups, "column_groups", "int32", {n_inputs});
            std::copy_n(groups.data(), n_inputs, c.column_groups.begin());
            std::vector<std::int32_t> sorted = c.column_groups;
            std::sort(sorted.begin(), sorted.end());
            for (std::int64_t i = 0; i < n_inputs; ++i)
                if (sorted[i] != i) reject("column_groups must be a permutation of the input columns");
        }
        network_ = std::make_unique<Network>(std::move(c), chosen_kernels());
    }

    void set_parameters(nb::sequence list) {
        const Use use(*this);
        std::vector<const Parameter *> all;
        for (const Parameter &p : network_->parameters()) all.push_back(&p);
        write(list, "parameters", all, Network::Part::value);
    }

    nb::list parameters() {
        const Use use(*this);
        nb::list result;
        for (const Parameter &p : network_->parameters()) result.append(read(p, Network::Part::value));
        return result;
    }

    nb::tuple optimizer_state() {
        const Use use(*this);
        nb::list m, v;
        for (const Parameter *p : trainable()) {
            m.append(read(*p, Network::Part::m));
            v.append(read(*p, Network::Part::v));
        }
        return nb::make_tuple(network_->step(), m, v);
    }

    void set_optimizer_state(std::int64_t step, nb::sequence m, nb::sequence v) {
        const Use use(*this);
        constexpr std::int64_t most = std::int64_t{1} << 53; // of which float64 tells one from the next
        if (step < 0 || step > most)
            reject("step must lie in 0.." + std::to_string(most) + ", got " + std::to_string(step));
        write(m, "m", trainable(), Network::Part::m);
        write(v, "v", trainable(), Network::Part::v);
        network_->set_step(step);
    }

    EpochResult train_epoch(nb::object features, nb::object labels, nb::object order, std::int64_t n_threads) {
        const Use use(*this);
        const CheckedTable x(features, network_->config().n_inputs);
        const Checked<std::int32_t> y(labels, "labels", "int32", {x.size()});
        const Checked<std::int64_t> o(order, "order", "int64", {-1});
        check_labels(y);
        if (o.size() == 0) reject("order must select at least one example, got none");
        for (std::int64_t i = 0; i < o.size(); ++i)
            if (o.data()[i] < 0 || o.data()[i] >= x.size())
                reject("order must hold indices in 0.." + std::to_string(x.size() - 1) + ", got " +
                       std::to_string(o.data()[i]) + " at " + std::to_string(i));
        check_count("n_threads", n_threads, 256);
        const nb::gil_scoped_release released;
        return network_->train_epoch(x.table(), y.data(), o.data(), o.size(), static_cast<int>(n_threads));
    }

    std::tuple<double, double> evaluate(nb::object features, nb::object labels, std::int64_t n_threads) {
        const Use use(*this);
        const Examples given(*this, features, labels);
        check_count("n_threads", n_threads, 256);
        const nb::gil_scoped_release released;
        const EpochResult r =
            network_->evaluate(given.x.table(), given.y.data(), given.x.size(), nullptr, static_cast<int>(n_threads));
        return {r.loss, r.accuracy};
    }

    bool prepare(nb::object features, nb::object labels, std::int64_t n_threads) {
        const Use use(*this);
        const Examples given(*this, features, labels);
        check_count("n_threads", n_threads, 256);
        if (given.x.is_sparse()) return false; // the lists of sparse rows are made as fast as they would be read
        const nb::gil_scoped_release released;
        network_->prepare(given.x.table().dense, given.y.data(), given.x.size(), static_cast<int>(n_threads));
        return network_->is_prepared();
    }

    std::tuple<double, double> evaluate_prepared(std::int64_t n_threads) {
        const Use use(*this);
        check_count("n_threads", n_threads, 256);
        if (!network_->is_prepared())
            reject("evaluate_prepared must come after prepare returned True, got no examples");
        const nb::gil_scoped_release released;
        const EpochResult r = network_->evaluate_prepared(static_cast<int>(n_threads));
        return {r.loss, r.accuracy};
    }

    OutArray probabilities(nb::object features, std::int64_t n_threads) {
        const Use use(*this);
        const CheckedTable x(features, network_->config().n_inputs);
        check_count("n_threads", n_threads, 256);
        OutArray result =
            make_array({static_cast<std::size_t>(x.size()), static_cast<std::size_t>(network_->config().n_classes)});
        {
            const nb::gil_scoped_release released;
            network_->evaluate(x.table(), nullptr, x.size(), result.data(), static_cast<int>(n_threads));
        }
        return result;
    }

    std::vector<std::tuple<double, double, double, double, double, double>> diagnostics() {
        const Use use(*this);
        std::vector<std::tuple<double, double, double, double, double, double>> result;
        for (const LayerDiagnostics &d : network_->diagnostics())
            result.emplace_back(d.gradient_norm, d.weight_norm, d.update_ratio, d.dead_share, d.activation_mean,
                                d.activation_std);
        return result;
    }

    void request_stop() { network_->request_stop(); }
    std::string instruction_set() const { return network_->kernels().name; }

    std::vector<std::tuple<std::string, double, double, double>> profile(bool reset) {
        const Use use(*this);
        std::vector<std::tuple<std::string, double, double, double>> result;
        for (const PhaseTime &p : network_->profile(reset))
            result.emplace_back(p.name, p.seconds, p.dense_gflop, p.done_gflop);
        return result;
    }

  private:
    // Features with their labels, at least one.
    struct Examples {
        Examples(const PyNetwork &n, nb::handle features, nb::handle labels)
            : x(features, n.network_->config().n_inputs), y(labels, "labels", "int32", {x.size()}) {
            n.check_labels(y);
            if (x.size() == 0) reject("features must hold at least one example, got none");
        }
        CheckedTable x;
        Checked<std::int32_t> y;
    };

    // One call at a time: the GIL is released inside, so a second thread could come in.
    struct Use {
        explicit Use(PyNetwork &n) : busy(n.busy_) {
            if (busy.exchange(true))
                throw std::runtime_error("a network must be used by one thread at a time, got a second call, fix: wait "
                                         "for train_epoch, or call request_stop first");
        }
        ~Use() { busy.store(false); }
        std::atomic<bool> &busy;
    };

    std::vector<const Parameter *> trainable() const {
        std::vector<const Parameter *> result;
        for (const Parameter &p : network_->parameters())
            if (p.trainable) result.push_back(&p);
        return result;
    }

    OutArray read(const Parameter &p, Network::Part part) const {
        std::vector<std::size_t> shape;
        if (p.rows) shape.push_back(p.rows);
        shape.push_back(p.columns);
        OutArray result = make_array(shape);
        network_->read(p, part, result.data());
        return result;
    }

    // All or nothing: every array is checked before the first is written.
    void write(nb::sequence list, const std::string &what, const std::vector<const Parameter *> &to,
               Network::Part part) {
        if (nb::len(list) != to.size())
            reject(what + " must be a list of " + std::to_string(to.size()) + " arrays, got " +
                   std::to_string(nb::len(list)));
        std::vector<Checked<float>> arrays;
        for (std::size_t i = 0; i < to.size(); ++i) {
            Shape shape;
            if (to[i]->rows) shape.push_back(to[i]->rows);
            shape.push_back(to[i]->columns);
            arrays.emplace_back(list[i], what + "[" + std::to_string(i) + "] (" + to[i]->name + ")", "float32", shape);
        }
        for (std::size_t i = 0; i < to.size(); ++i) network_->write(*to[i], part, arrays[i].data());
    }

    void check_labels(const Checked<std::int32_t> &labels) const {
        const int n_classes = network_->config().n_classes;
        for (std::int64_t i = 0; i < labels.size(); ++i)
            if (labels.data()[i] < 0 || labels.data()[i] >= n_classes)
                reject("labels must lie in 0.." + std::to_string(n_classes - 1) + ", got " +
                       std::to_string(labels.data()[i]) + " at " + std::to_string(i));
    }

    std::unique_ptr<Network> network_;
    std::atomic<bool> busy_{false};
};

} // namespace

NB_MODULE(_kernels, m) {
    m.doc() = "Compiled training step of multilayer perceptrons.";
    m.def(
        "available_instruction_sets",
        [] {
            std::vector<std::string> names;
            for (const Kernels *k : available_kernels()) names.emplace_back(k->name);
            return names;
        },
        "Names of the instruction sets that this machine can run, best first.");
    m.def(
        "instruction_set", [] { return std::string(chosen_kernels().name); },
        "Name of the instruction set that new networks use: the best, or MLPSTUDY_INSTRUCTION_SET.");
    nb::class_<EpochResult>(m, "EpochResult", "Means over the examples of one epoch, seen in training mode.")
        .def_ro("loss", &EpochResult::loss)
        .def_ro("accuracy", &EpochResult::accuracy)
        .def_ro("n_steps", &EpochResult::n_steps)
        .def_ro("stopped", &EpochResult::stopped)
        .def_ro("is_finite", &EpochResult::is_finite);
    nb::class_<PyNetwork>(m, "Network", "One multilayer perceptron and its optimiser.")
        .def(nb::init<std::int64_t, const std::vector<std::int64_t> &, std::int64_t, const std::string &, bool, double,
                      double, const std::vector<double> &, double, double, double, double, std::int64_t, std::uint64_t,
                      nb::object, bool, double>(),
             nb::arg("n_inputs"), nb::arg("hidden"), nb::arg("n_classes"), nb::kw_only(), nb::arg("activation"),
             nb::arg("batch_normalisation"), nb::arg("bn_momentum") = 0.99, nb::arg("bn_epsilon") = 1e-3,
             nb::arg("dropout"), nb::arg("learning_rate") = 1e-3, nb::arg("beta_1") = 0.9, nb::arg("beta_2") = 0.999,
             nb::arg("adam_epsilon") = 1e-7, nb::arg("batch_size"), nb::arg("dropout_key") = 0,
             nb::arg("column_groups") = nb::none(), nb::arg("diagnostics") = false,
             nb::arg("max_lit_share") = Config{}.max_lit_share)
        .def("set_parameters", &PyNetwork::set_parameters, nb::arg("parameters"))
        .def("parameters", &PyNetwork::parameters)
        .def("optimizer_state", &PyNetwork::optimizer_state)
        .def("set_optimizer_state", &PyNetwork::set_optimizer_state, nb::arg("step"), nb::arg("m"), nb::arg("v"))
        .def("train_epoch", &PyNetwork::train_epoch, nb::arg("features"), nb::arg("labels"), nb::arg("order"),
             nb::arg("n_threads") = 1)
        .def("evaluate", &PyNetwork::evaluate, nb::arg("features"), nb::arg("labels"), nb::arg("n_threads") = 1)
        .def("prepare", &PyNetwork::prepare, nb::arg("features"), nb::arg("labels"), nb::arg("n_threads") = 1)
        .def("evaluate_prepared", &PyNetwork::evaluate_prepared, nb::arg("n_threads") = 1)
        .def("probabilities", &PyNetwork::probabilities, nb::arg("features"), nb::arg("n_threads") = 1)
        .def("diagnostics", &PyNetwork::diagnostics)
        .def("request_stop", &PyNetwork::request_stop)
        .def("profile", &PyNetwork::profile, nb::arg("reset") = false)
        .def_prop_ro("instruction_set", &PyNetwork::instruction_set);
}
