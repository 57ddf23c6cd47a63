// What every layer does in an epoch: the numbers of mlpstudy.records.LayerDiagnostics, whose docstring defines them.
#pragma once
#include <vector>

#include "layout.h"
#include "memory.h"
#include "team.h"

namespace mlp {

struct LayerDiagnostics {
    double gradient_norm, weight_norm, update_ratio, dead_share, activation_mean, activation_std;
};

// Reads a network while it trains, on a few steps of an epoch, and changes nothing in it. Each panel's sums are one
// task and are added in the order of panels, so that threads change no bit.
class Diagnostics {
  public:
    Diagnostics(const std::vector<Layer> &layers, const Kernels &kernels);

    void start(std::int64_t n_examples, int batch_size);
    bool measures(std::int64_t step) const; // of the epoch, from 0
    // In this order, on each measured step: after forward, before the update, after it.
    void read_activations(Team &, const std::vector<Activity> &, int n_rows);
    void read_weights(Team &); // and keeps the first slots
    void read_updates(Team &, const OptimiserStep &);
    // A layer each; none where nothing has been measured.
    std::vector<LayerDiagnostics> result() const;

  private:
    struct Panel {
        int layer, panel;
        ActivationSums activation; // of the current step
        StepSums step;
    };
    struct Totals {
        double gradient = 0, weight = 0, ratio = 0, sum = 0, square = 0, n = 0;
        std::vector<std::int32_t> alive; // a unit each, padded to panels
    };
    std::size_t kernel_size(const Layer &layer) const {
        return static_cast<std::size_t>(layer.n_panels) * layer.in_rows * kernels_.panel;
    }

    const std::vector<Layer> &layers_;
    const Kernels &kernels_;
    std::vector<Panel> panels_;
    std::vector<Totals> totals_;
    std::vector<Array<float>> slots_;
    std::int64_t n_full_ = 1, n_wanted_ = 1, n_measured_ = 0;
};

} // namespace mlp
