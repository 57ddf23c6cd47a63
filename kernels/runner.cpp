// Trains one case from a file and writes what came of it: the kernels without Python, for sanitizers and emulators.
//
//     mlpstudy_runner CASE RESULT
//
// CASE, little end first: int64 n_inputs, n_hidden, widths, n_classes, activation, normalise, batch_size, n_examples,
// n_threads, n_epochs, dropout_key; double learning_rate, rates; int32 column_groups, labels; int64 order; float
// features, parameters. RESULT: double loss of the last epoch, evaluation loss; float parameters, m, v, probabilities.
#include <cstdio>
#include <fstream>
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

void put_all(std::ostream &out, const Network &network, Network::Part part) {
    for (const Parameter &p : network.parameters()) {
        if (part != Network::Part::value && !p.trainable) continue;
        std::vector<float> values(static_cast<std::size_t>(p.rows ? p.rows : 1) * p.columns);
        network.read(p, part, values.data());
        put(out, values.data(), values.size());
    }
}

void run(const char *case_path, const char *result_path) {
    std::ifstream in(case_path, std::ios::binary);
    Config c{};
    c.n_inputs = static_cast<int>(take<std::int64_t>(in, 1)[0]);
    for (const auto width : take<std::int64_t>(in, take<std::int64_t>(in, 1)[0]))
        c.hidden.push_back(static_cast<int>(width));
    const auto h = take<std::int64_t>(in, 8);
    c.n_classes = static_cast<int>(h[0]);
    c.activation = static_cast<Activation>(h[1]);
    c.normalise = h[2] != 0;
    c.batch_size = static_cast<int>(h[3]);
    const std::int64_t n = h[4];
    const int n_threads = static_cast<int>(h[5]);
    c.dropout_key = static_cast<std::uint64_t>(h[7]);
    c.bn_momentum = 0.99, c.bn_epsilon = 1e-3, c.beta_1 = 0.9, c.beta_2 = 0.999, c.adam_epsilon = 1e-7;
    c.learning_rate = take<double>(in, 1)[0];
    c.dropout = take<double>(in, c.hidden.size());
    c.column_groups = take<std::int32_t>(in, c.n_inputs);
    const auto labels = take<std::int32_t>(in, n);
    const auto order = take<std::int64_t>(in, n);
    const auto features = take<float>(in, n * c.n_inputs);
    std::vector<float> probabilities(n * c.n_classes);

    Network network(c, chosen_kernels());
    for (const Parameter &p : network.parameters())
        network.write(p, Network::Part::value,
                      take<float>(in, static_cast<std::size_t>(p.rows ? p.rows : 1) * p.columns).data());
    double losses[2] = {};
    for (std::int64_t epoch = 0; epoch < h[6]; ++epoch)
        losses[0] = network.train_epoch(features.data(), labels.data(), order.data(), n, n_threads).loss;
    losses[1] = network.evaluate(features.data(), labels.data(), n, nullptr, n_threads).loss;
    network.evaluate(features.data(), nullptr, n, probabilities.data(), n_threads);

    std::ofstream out(result_path, std::ios::binary);
    put(out, losses, 2);
    put_all(out, network, Network::Part::value);
    put_all(out, network, Network::Part::m);
    put_all(out, network, Network::Part::v);
    put(out, probabilities.data(), probabilities.size());
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
