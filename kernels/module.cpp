// The Python face of the network: every argument is checked here, so that nothing behind it can go out of bounds.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <cmath>
#include <optional>
#include <tuple>

#include "arguments.h"
#include "dispatch.h"
#include "settings.h"
#include "table.h"

namespace nb = nanobind;
using namespace mlp;

namespace {

class PyNetwork {
  public:
    explicit PyNetwork(nb::kwargs settings) : network_(network_of(settings)) {}

    void set_parameters(nb::sequence list) {
        const Use use(*this);
        std::vector<const Parameter *> all;
        for (const Parameter &p : network_->parameters()) all.push_back(&p);
        write(checked(list, "parameters", all), all, Network::kValue);
    }

    nb::list parameters() {
        const Use use(*this);
        nb::list result;
        for (const Parameter &p : network_->parameters()) result.append(read(p, Network::kValue));
        return result;
    }

    nb::tuple slots() const {
        nb::list names;
        for (const char *name : network_->kernels().optimiser.slots) names.append(name);
        return nb::tuple(names);
    }

    nb::tuple optimiser_state() {
        const Use use(*this);
        nb::list slots;
        for (int slot = 0; slot < network_->kernels().optimiser.slots.size; ++slot) {
            nb::list arrays;
            for (const Parameter *p : trainable()) arrays.append(read(*p, slot));
            slots.append(arrays);
        }
        return nb::make_tuple(network_->step(), slots);
    }

    void set_optimiser_state(std::int64_t step, nb::sequence slots) {
        const Use use(*this);
        constexpr std::int64_t most = std::int64_t{1} << 53; // of which float64 tells one from the next
        check_count("step", step, 0, most);
        const List<const char *> &names = network_->kernels().optimiser.slots;
        if (static_cast<int>(nb::len(slots)) != names.size)
            reject("slots must be " + std::to_string(names.size) + " lists of arrays, got " +
                   std::to_string(nb::len(slots)));
        std::vector<std::vector<Checked<float>>> all;
        for (int i = 0; i < names.size; ++i) all.push_back(checked(slots[i], names[i], trainable()));
        for (int i = 0; i < names.size; ++i) write(all[i], trainable(), i);
        network_->set_step(step);
    }

    EpochResult train_epoch(nb::object features, nb::object labels, nb::object order, std::int64_t n_threads,
                            nb::object learning_rates) {
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
        check_count("n_threads", n_threads, 1, 256);
        const std::optional<Checked<double>> rates = checked_rates(learning_rates, o.size());
        const nb::gil_scoped_release released;
        return network_->train_epoch(x.table(), y.data(), o.data(), o.size(), static_cast<int>(n_threads),
                                     rates ? rates->data() : nullptr);
    }

    std::tuple<double, double> evaluate(nb::object features, nb::object labels, std::int64_t n_threads) {
        const Use use(*this);
        const Examples given(*this, features, labels);
        check_count("n_threads", n_threads, 1, 256);
        const nb::gil_scoped_release released;
        const EpochResult r =
            network_->evaluate(given.x.table(), given.y.data(), given.x.size(), nullptr, static_cast<int>(n_threads));
        return {r.loss, r.accuracy};
    }

    bool prepare(nb::object features, nb::object labels, std::int64_t n_threads) {
        const Use use(*this);
        const Examples given(*this, features, labels);
        check_count("n_threads", n_threads, 1, 256);
        if (given.x.is_sparse()) return false; // the lists of sparse rows are made as fast as they would be read
        const nb::gil_scoped_release released;
        network_->prepare(given.x.table().dense, given.y.data(), given.x.size(), static_cast<int>(n_threads));
        return network_->is_prepared();
    }

    std::tuple<double, double> evaluate_prepared(std::int64_t n_threads) {
        const Use use(*this);
        check_count("n_threads", n_threads, 1, 256);
        if (!network_->is_prepared())
            reject("evaluate_prepared must come after prepare returned True, got no examples");
        const nb::gil_scoped_release released;
        const EpochResult r = network_->evaluate_prepared(static_cast<int>(n_threads));
        return {r.loss, r.accuracy};
    }

    OutArray probabilities(nb::object features, std::int64_t n_threads) {
        const Use use(*this);
        const CheckedTable x(features, network_->config().n_inputs);
        check_count("n_threads", n_threads, 1, 256);
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
    std::string instruction_set() const { return network_->kernels().instruction_set; }

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

    OutArray read(const Parameter &p, int array) const {
        std::vector<std::size_t> shape;
        if (p.rows) shape.push_back(p.rows);
        shape.push_back(p.columns);
        OutArray result = make_array(shape);
        network_->read(p, array, result.data());
        return result;
    }

    // All or nothing: every array is checked before the first is written.
    static std::vector<Checked<float>> checked(nb::object given, const std::string &what,
                                               const std::vector<const Parameter *> &to) {
        nb::sequence list;
        if (!nb::try_cast(given, list))
            throw nb::type_error(
                (what + " must be a list of arrays, got " + nb::type_name(given.type()).c_str()).c_str());
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
        return arrays;
    }

    void write(const std::vector<Checked<float>> &arrays, const std::vector<const Parameter *> &to, int array) {
        for (std::size_t i = 0; i < to.size(); ++i) network_->write(*to[i], array, arrays[i].data());
    }

    // One a step of an epoch over so many rows; none where they are not given.
    std::optional<Checked<double>> checked_rates(nb::handle given, std::int64_t n_rows) const {
        if (given.is_none()) return {};
        const std::int64_t batch = network_->config().batch_size;
        const Checked<double> rates(given, "learning_rates", "float64", {(n_rows + batch - 1) / batch});
        for (std::int64_t i = 0; i < rates.size(); ++i)
            if (!(rates.data()[i] >= 0 && std::isfinite(rates.data()[i])))
                reject("learning_rates must hold finite numbers of at least 0, got " +
                       std::string(nb::str(nb::float_(rates.data()[i])).c_str()) + " at " + std::to_string(i));
        return rates;
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
            for (const List<Kernels> &k : available_kernels()) names.emplace_back(k[0].instruction_set);
            return names;
        },
        "Names of the instruction sets that this machine can run, best first.");
    m.def(
        "instruction_set", [] { return std::string(chosen_kernels()[0].instruction_set); },
        "Name of the instruction set that new networks use: the best, or MLPSTUDY_INSTRUCTION_SET.");
    const List<Kernels> kernels = available_kernels().front();
    m.attr("ACTIVATIONS") = nb::tuple(nb::cast(names_of(kernels[0].activations)));
    m.attr("OPTIMISERS") = nb::tuple(nb::cast(names_of(kernels)));
    m.attr("LOSSES") = nb::tuple(nb::cast(names_of(kernels[0].losses)));
    nb::class_<EpochResult>(m, "EpochResult", "Means over the examples of one epoch, seen in training mode.")
        .def_ro("loss", &EpochResult::loss)
        .def_ro("accuracy", &EpochResult::accuracy)
        .def_ro("n_steps", &EpochResult::n_steps)
        .def_ro("stopped", &EpochResult::stopped)
        .def_ro("is_finite", &EpochResult::is_finite);
    nb::class_<PyNetwork>(m, "Network", "One multilayer perceptron and its optimiser.")
        .def(nb::init<nb::kwargs>())
        .def("set_parameters", &PyNetwork::set_parameters, nb::arg("parameters"))
        .def("parameters", &PyNetwork::parameters)
        .def("optimiser_state", &PyNetwork::optimiser_state)
        .def("set_optimiser_state", &PyNetwork::set_optimiser_state, nb::arg("step"), nb::arg("slots"))
        .def("train_epoch", &PyNetwork::train_epoch, nb::arg("features"), nb::arg("labels"), nb::arg("order"),
             nb::arg("n_threads") = 1, nb::arg("learning_rates") = nb::none())
        .def("evaluate", &PyNetwork::evaluate, nb::arg("features"), nb::arg("labels"), nb::arg("n_threads") = 1)
        .def("prepare", &PyNetwork::prepare, nb::arg("features"), nb::arg("labels"), nb::arg("n_threads") = 1)
        .def("evaluate_prepared", &PyNetwork::evaluate_prepared, nb::arg("n_threads") = 1)
        .def("probabilities", &PyNetwork::probabilities, nb::arg("features"), nb::arg("n_threads") = 1)
        .def("diagnostics", &PyNetwork::diagnostics)
        .def("request_stop", &PyNetwork::request_stop)
        .def("profile", &PyNetwork::profile, nb::arg("reset") = false)
        .def_prop_ro("slots", &PyNetwork::slots)
        .def_prop_ro("instruction_set", &PyNetwork::instruction_set);
}
