// An epoch of training: the way back through the layers, and the optimiser on the way.
#include <algorithm>

#include "network.h"

namespace mlp {
namespace {

constexpr int kGroupsPerTask = 16;

} // namespace

void Network::backward(Team &team, Workspace &w, int n_rows, const Gather &next, int n_next) {
    const Kernels &k = kernels_;
    const int n_layers = static_cast<int>(layers_.size());
    Layer &output = layers_.back();
    // The gradient of a layer's input needs its weights of before the update, so it comes first.
    for (int i = n_layers - 1; i > 0; --i) {
        Layer &layer = layers_[i], &below = layers_[i - 1];
        const Activity &a = w.activity[i];
        Activity &b = w.activity[i - 1];
        const double flop = 2.0 * n_rows * layer.n_in * layer.n_out;
        const std::optional<double> lit = list_rows(team, w, kBackward, layer, a.dz, a.panel, n_rows);
        if (lit)
            phase(kBackward, team, divide_up(below.n_panels, k.lit_panels), [&](int task, int thread) {
                k.backward_lit(layer, w.rows, below, b, n_rows, task, optimiser_step_, scratch(thread));
            });
        else
            phase(kBackward, team, below.n_panels, [&](int task, int thread) {
                k.backward(layer, a, below, b, n_rows, task, optimiser_step_, scratch(thread));
            });
        count(kBackward, flop, lit.value_or(1) * flop);
        const int row_panels = divide_up(layer.n_in, k.panel);
        if (lit) {
            phase(kUpdate, team, layer.n_panels,
                  [&](int task, int) { k.list_lit_columns(a.dz, a.panel, n_rows, w.columns, task); });
            phase(kUpdate, team, layer.n_panels * divide_up(row_panels, 2), [&](int task, int thread) {
                k.update_lit(layer, b.y, b.panel, w.columns, n_rows, task, optimiser_step_, scratch(thread));
            });
        } else
            phase(kUpdate, team, layer.n_panels * row_panels,
                  [&](int task, int) { k.update(layer, b.y, b.panel, a, n_rows, task, optimiser_step_); });
        count(kUpdate, flop, lit.value_or(1) * flop);
    }
    phase(kUpdate, team, output.n_panels,
          [&](int task, int) { k.update_bias(output, w.activity.back(), n_rows, task, optimiser_step_); });
    update_first(team, w, n_rows, next, n_next);
}

void Network::update_first(Team &team, Workspace &w, int n_rows, const Gather &next, int n_next) {
    const Kernels &k = kernels_;
    const SparseInput *const sparse = w.input.sparse;
    Layer &first = layers_[0];
    const int n_groups = first.in_rows / 4, chunks = divide_up(n_groups, kGroupsPerTask);
    const int columns = divide_up(first.n_panels, k.pair);
    phase(kInputUpdate, team, columns * chunks, [&](int task, int) {
        const int chunk = task % chunks * kGroupsPerTask, last = std::min(n_groups, chunk + kGroupsPerTask);
        if (sparse) k.update_sparse(first, *sparse, w.activity[0], task / chunks, chunk, last, optimiser_step_);
        else k.update_input(first, w.input, w.activity[0], task / chunks, chunk, last, optimiser_step_, next, n_next);
    });
    double listed = 0;
    if (sparse) listed = static_cast<double>(w.sparse->n_listed_by_columns());
    else
        for (int g = 0; g < n_groups; ++g) listed += w.input.column_count[g];
    count(kInputUpdate, 2.0 * n_rows * first.n_in * first.n_out, 8.0 * listed * first.n_out);
}

EpochResult Network::train_epoch(const Table &features, const std::int32_t *labels, const std::int64_t *order,
                                 std::int64_t n_selected, int n_threads, const double *learning_rates) {
    const FlushDenormals flush;
    const auto batch = static_cast<int>(std::min<std::int64_t>(config_.batch_size, n_selected));
    if (!training_ || training_->capacity < batch) {
        training_.reset();
        training_ = make_workspace(batch, true);
    }
    finite_.reset();
    while (scratch_.size() < static_cast<std::size_t>(n_threads)) scratch_.emplace_back(kScratch * kernels_.panel);
    Team team(n_threads);
    Workspace &w = *training_;
    EpochResult result{0, 0, 0, false, true};
    std::vector<std::int64_t> rows(batch), start;
    std::int64_t seen = 0;
    if (diagnostics_) diagnostics_->start(n_selected, config_.batch_size);
    while (seen < n_selected) {
        if (stop_.exchange(false)) {
            result.stopped = true;
            break;
        }
        const int n_rows = static_cast<int>(std::min<std::int64_t>(config_.batch_size, n_selected - seen));
        sort_by_label(order + seen, n_rows, labels, config_.n_classes, start, rows.data());
        list(team, w, features, rows.data(), n_rows, true);
        forward(team, w, w.input, n_rows, true, {}, 0);
        Diagnostics *const measured =
            diagnostics_ && diagnostics_->measures(result.n_steps) ? diagnostics_.get() : nullptr;
        if (measured) {
            measured->read_activations(team, w.activity, n_rows); // softmax overwrites the logits
            measured->read_weights(team);
        }
        phase(kLoss, team, divide_up(n_rows, 64), [&](int task, int) {
            kernels_.losses[config_.loss].compute(layers_.back(), w.activity.back(), labels, rows.data(), task * 64,
                                                  std::min(n_rows, task * 64 + 64), 1.0f / static_cast<float>(n_rows),
                                                  w.loss.get(), w.hit.get());
        });
        ++step_;
        const double learning_rate = learning_rates ? learning_rates[result.n_steps] : config_.learning_rate;
        kernels_.start_step(config_.optimiser.data(), learning_rate, static_cast<double>(step_), optimiser_step_);
        const std::int64_t left = n_selected - seen - n_rows;
        const Gather next{features.dense, order + seen + n_rows, columns_.data(), run_};
        const auto n_next = features.is_sparse() ? 0 : std::min<std::int64_t>(config_.batch_size, left);
        backward(team, w, n_rows, next, static_cast<int>(n_next));
        if (measured) measured->read_updates(team, optimiser_step_);
        for (int r = 0; r < n_rows; ++r) {
            result.loss += w.loss.get()[r];
            result.accuracy += w.hit.get()[r];
        }
        seen += n_rows;
        ++result.n_steps;
    }
    result.loss /= static_cast<double>(seen);
    result.accuracy /= static_cast<double>(seen);
    result.is_finite = is_finite();
    return result;
}

} // namespace mlp
