#include "diagnostics.h"

#include <algorithm>
#include <cmath>

namespace mlp {
namespace {

constexpr std::int64_t kMostSteps = 8, kStepsForEach = 32; // one measured step in 32 costs less than 5 % of them

} // namespace

Diagnostics::Diagnostics(const std::vector<Layer> &layers, const Kernels &kernels)
    : layers_(layers), kernels_(kernels), totals_(layers.size()) {
    for (const Layer &layer : layers_) {
        for (int p = 0; p < layer.n_panels; ++p) panels_.push_back({layer.index, p, {}, {}});
        slots_.emplace_back(kernel_size(layer));
    }
}

void Diagnostics::start(std::int64_t n_examples, int batch_size) {
    n_full_ = std::max<std::int64_t>(1, n_examples / batch_size);
    n_wanted_ = std::clamp<std::int64_t>(n_full_ / kStepsForEach, 1, kMostSteps);
    n_measured_ = 0;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
        totals_[i] = {};
        totals_[i].alive.assign(static_cast<std::size_t>(layers_[i].n_panels) * kernels_.panel, 0);
    }
}

bool Diagnostics::measures(std::int64_t step) const {
    return n_measured_ < n_wanted_ && step == (n_measured_ + 1) * n_full_ / n_wanted_ - 1;
}

void Diagnostics::read_activations(Team &team, const std::vector<Activity> &activity, int n_rows) {
    team.run(static_cast<int>(panels_.size()), [&](int task, int) {
        Panel &p = panels_[task];
        kernels_.measure_activation(layers_[p.layer], activity[p.layer], n_rows, p.panel, p.activation,
                                    totals_[p.layer].alive.data() + p.panel * kernels_.panel);
    });
    for (const Panel &p : panels_) {
        totals_[p.layer].sum += p.activation.sum;
        totals_[p.layer].square += p.activation.square;
    }
    for (const Layer &layer : layers_) totals_[layer.index].n += static_cast<double>(n_rows) * layer.n_out;
}

void Diagnostics::read_weights(Team &team) {
    team.run(static_cast<int>(panels_.size()), [&](int task, int) {
        Panel &p = panels_[task];
        kernels_.measure_weights(layers_[p.layer], p.panel, p.step);
        const std::size_t size = static_cast<std::size_t>(layers_[p.layer].in_rows) * kernels_.panel;
        std::copy_n(layers_[p.layer].kernel.slot[0] + p.panel * size, size, slots_[p.layer].get() + p.panel * size);
    });
}

void Diagnostics::read_updates(Team &team, const OptimiserStep &step) {
    team.run(static_cast<int>(panels_.size()), [&](int task, int) {
        Panel &p = panels_[task];
        kernels_.measure_update(layers_[p.layer], slots_[p.layer].get(), p.panel, step, p.step);
    });
    std::vector<StepSums> sums(layers_.size());
    for (const Panel &p : panels_) {
        sums[p.layer].gradient += p.step.gradient;
        sums[p.layer].weight += p.step.weight;
        sums[p.layer].update += p.step.update;
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const double weight = std::sqrt(sums[i].weight), update = std::sqrt(sums[i].update);
        totals_[i].gradient += std::sqrt(sums[i].gradient);
        totals_[i].weight += weight;
        totals_[i].ratio += update == 0 ? 0 : update / weight;
    }
    ++n_measured_;
}

std::vector<LayerDiagnostics> Diagnostics::result() const {
    std::vector<LayerDiagnostics> all;
    const auto n = static_cast<double>(n_measured_);
    for (std::size_t i = 0; i < layers_.size() && n_measured_ > 0; ++i) {
        const Totals &t = totals_[i];
        const auto n_alive = std::count_if(t.alive.begin(), t.alive.end(), [](std::int32_t lit) { return lit != 0; });
        const double mean = t.sum / t.n, variance = t.square / t.n - mean * mean;
        all.push_back({t.gradient / n, t.weight / n, t.ratio / n, 1 - static_cast<double>(n_alive) / layers_[i].n_out,
                       mean, std::sqrt(variance < 0 ? 0 : variance)});
    }
    return all;
}

} // namespace mlp
