// Trains one case from a file and writes what came of it: the kernels without Python, for sanitizers and emulators.
//
//     mlpstudy_runner CASE RESULT
//
// CASE, little end first: the activation's name, 16 bytes with zeros behind it; int64 n_inputs, n_hidden, widths,
// n_classes, normalise, batch_size, n_examples, n_threads, n_epochs, dropout_key; double learning_rate, rates; int32
// column_groups, labels; int64 order; float features, parameters. The optimiser is the menu's first, as its settings
// are where they are not given. RESULT: double loss of the last epoch, evaluation loss; float parameters, slots,
// probabilities.
// The case is trained twice, with its features dense and, with diagnostics, sparse: another bit is an error.
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "dispatch.h"
#include "network.h"

using namespace mlp;

namespace {

template <typename T> std::vector<T> take(std::istream &in, std::size_t n) {
    std::vector<T> values(n);
    in.read(reinterpret_cast<char *>(values.data()), static_cast<std::streamsize>(n * sizeof(T)));
    if (!in) throw std::runtime_error("the case ends too early");
    return values;
}

template <typename T> void put(std::ostream &out, const T *values, std::size_t n) {
    out.write(reinterpret_cast<const char *>(values), static_cast<std::streamsize>(n * sizeof(T)));
}

void put_all(std::ostream &out, const Network &network, int array) {
    for (const Parameter &p : network.parameters()) {
        if (array != Network::kValue && !p.trainable) continue;
        std::vector<float> values(static_cast<std::size_t>(p.rows ? p.rows : 1) * p.columns);
        network.read(p, array, values.data());
        put(out, values.data(), values.size());
    }
}

struct Rows {
    std::vector<float> value;
    std::vector<std::int32_t> column;
    std::vector<std::int64_t> start{0};
    Rows(const std::vector<float> &dense, std::int64_t n, int n_columns) {
        for (std::int64_t r = 0; r < n; ++r) {
            for (int c = 0; c < n_columns; ++c)
                if (dense[r * n_columns + c] != 0) {
                    value.push_back(dense[r * n_columns + c]);
                    column.push_back(c);
                }
            start.push_back(static_cast<std::int64_t>(value.size()));
        }
    }
    Csr csr() const { return {value.data(), column.data(), start.data()}; }
};

struct Task {
    std::vector<std::int32_t> labels;
    std::vector<std::int64_t> order;
    std::vector<std::vector<float>> parameters;
    std::int64_t n_epochs;
    int n_threads;
};

std::string train(const Config &c, const Task &task, const Table &features) {
    Network network(c, chosen_kernels()[0]);
    for (std::size_t i = 0; i < task.parameters.size(); ++i)
        network.write(network.parameters()[i], Network::kValue, task.parameters[i].data());
    const auto n = static_cast<std::int64_t>(task.order.size());
    std::vector<float> probabilities(n * c.n_classes);
    double losses[2] = {};
    for (std::int64_t epoch = 0; epoch < task.n_epochs; ++epoch)
        losses[0] = network.train_epoch(features, task.labels.data(), task.order.data(), n, task.n_threads).loss;
    losses[1] = network.evaluate(features, task.labels.data(), n, nullptr, task.n_threads).loss;
    network.evaluate(features, nullptr, n, probabilities.data(), task.n_threads);
    std::ostringstream out;
    put(out, losses, 2);
    put_all(out, network, Network::kValue);
    for (int slot = 0; slot < network.kernels().optimiser.slots.size; ++slot) put_all(out, network, slot);
    put(out, probabilities.data(), probabilities.size());
    return out.str();
}

void run(const char *case_path, const char *result_path) {
    std::ifstream in(case_path, std::ios::binary);
    const Kernels &kernels = chosen_kernels()[0];
    Config c{};
    const std::string activation(take<char>(in, 16).data(), 16);
    c.activation = find(kernels.activations, activation.c_str());
    if (c.activation < 0) throw std::runtime_error("the case must name an activation");
    c.n_inputs = static_cast<int>(take<std::int64_t>(in, 1)[0]);
    for (const auto width : take<std::int64_t>(in, take<std::int64_t>(in, 1)[0]))
        c.hidden.push_back(static_cast<int>(width));
    const auto h = take<std::int64_t>(in, 7);
    c.n_classes = static_cast<int>(h[0]);
    c.normalise = h[1] != 0;
    c.batch_size = static_cast<int>(h[2]);
    const std::int64_t n = h[3];
    Task task;
    task.n_threads = static_cast<int>(h[4]);
    task.n_epochs = h[5];
    c.dropout_key = static_cast<std::uint64_t>(h[6]);
    c.bn_momentum = 0.99, c.bn_epsilon = 1e-3;
    for (const Setting &s : kernels.optimiser.settings) c.optimiser.push_back(s.otherwise);
    c.learning_rate = take<double>(in, 1)[0];
    c.dropout = take<double>(in, c.hidden.size());
    c.column_groups = take<std::int32_t>(in, c.n_inputs);
    task.labels = take<std::int32_t>(in, n);
    task.order = take<std::int64_t>(in, n);
    const auto features = take<float>(in, n * c.n_inputs);
    const Network shapes(c, kernels);
    for (const Parameter &p : shapes.parameters())
        task.parameters.push_back(take<float>(in, static_cast<std::size_t>(p.rows ? p.rows : 1) * p.columns));

    const Rows rows(features, n, c.n_inputs);
    const std::string dense = train(c, task, features.data());
    c.diagnostics = true;
    const std::string sparse = train(c, task, rows.csr());
    if (dense != sparse) throw std::runtime_error("sparse features gave another result than the same features dense");
    std::ofstream out(result_path, std::ios::binary);
    put(out, dense.data(), dense.size());
}

} // namespace

int main(int argc, char **argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: mlpstudy_runner CASE RESULT\n");
        return 2;
    }
    try {
        run(argv[1], argv[2]);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
