#include "network.h"

#include <algorithm>
#include <numeric>

namespace mlp {
namespace {

const char *const kPhaseNames[] = {"gather and lists",    "forward, first layer",          "forward, other layers",
                                   "softmax and loss",    "input gradients and epilogues", "update, first layer",
                                   "update, other layers"};

} // namespace

// Stable counting sort of rows by label. Examples of a class are lit in like places, so a group of four rows of one
// class leaves a tenth less of the first layer's forward work (0.35 of dense against 0.39 on MNIST). Results of
// examples do not depend on it; sums over a batch run in this order.
void sort_by_label(const std::int64_t *rows, std::int64_t n, const std::int32_t *labels, int n_classes,
                   std::vector<std::int64_t> &start, std::int64_t *to) {
    start.assign(n_classes + 1, 0);
    for (std::int64_t i = 0; i < n; ++i) ++start[labels[rows[i]] + 1];
    for (int c = 0; c < n_classes; ++c) start[c + 1] += start[c];
    for (std::int64_t i = 0; i < n; ++i) to[start[labels[rows[i]]]++] = rows[i];
}

Network::Network(Config config, const Kernels &kernels) : config_(std::move(config)), kernels_(kernels) {
    columns_ = config_.column_groups;
    for (const int run : {4, 2}) {
        bool runs = run_ == 1;
        for (std::size_t i = 0; i < columns_.size() && runs; ++i)
            runs = columns_[i] == columns_[i / run * run] + static_cast<std::int32_t>(i % run);
        if (runs) run_ = run;
    }
    make_layers();
    if (config_.diagnostics) diagnostics_ = std::make_unique<Diagnostics>(layers_, kernels_);
    for (const char *name : kPhaseNames) phases_.push_back({name});
}

void Network::set_step(std::int64_t step) {
    step_ = step;
    std::fill_n(column_alive_.get(), column_alive_.size(), std::uint8_t{1}); // slots may hold anything now
}

void Network::count(int phase, double dense, double done) {
    phases_[phase].dense_gflop += dense * 1e-9;
    phases_[phase].done_gflop += done * 1e-9;
}

void Network::list(Team &team, Input &input, const Gather &gather, int n_rows) {
    phase(kGather, team, input.n_blocks, [&](int task, int) { kernels_.list_block(gather, input, n_rows, task); });
}

// The lists of a batch, dense or sparse.
const Input &Network::list(Team &team, Workspace &w, const Table &features, const std::int64_t *rows, int n_rows,
                           bool training) {
    if (!features.is_sparse()) {
        if (!w.input.row_offset) make_input(w, training);
        w.input.sparse = nullptr;
        list(team, w.input, {features.dense, rows, columns_.data(), run_}, n_rows);
        return w.input;
    }
    if (!w.sparse)
        w.sparse = std::make_unique<SparseLists>(columns_, layers_[0].in_rows, kernels_.panel, column_alive_.get());
    const auto start = std::chrono::steady_clock::now();
    w.sparse->list(team, features.csr, rows, n_rows, training);
    phases_[kGather].seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    w.input.sparse = w.sparse->input();
    return w.input;
}

void Network::forward_first(Team &team, Workspace &w, const Input &input, int n_rows, bool training, const Gather &next,
                            int n_next) {
    const Kernels &k = kernels_;
    const Dropout dropout{config_.dropout_key, static_cast<std::uint64_t>(step_)};
    const Layer &first = layers_[0];
    phase(kInputForward, team, divide_up(first.n_panels, k.pair), [&](int task, int) {
        if (input.sparse) k.forward_sparse(first, *input.sparse, w.activity[0], n_rows, task, training, dropout);
        else k.forward_input(first, input, w.activity[0], n_rows, task, training, dropout, next, n_next);
    });
    double listed = 0;
    if (input.sparse) listed = static_cast<double>(w.sparse->n_listed(n_rows));
    else
        for (int i = 0; i < round_up(n_rows, 8) / 4 * input.n_blocks; ++i) listed += input.row_count[i];
    count(kInputForward, 2.0 * n_rows * first.n_in * first.n_out, 8.0 * listed * first.n_out);
}

void Network::forward(Team &team, Workspace &w, const Input &input, int n_rows, bool training, const Gather &next,
                      int n_next) {
    const Kernels &k = kernels_;
    const Dropout dropout{config_.dropout_key, static_cast<std::uint64_t>(step_)};
    forward_first(team, w, input, n_rows, training, next, n_next);
    for (std::size_t i = 1; i < layers_.size(); ++i) {
        const Layer &layer = layers_[i];
        const Activity &x = w.activity[i - 1];
        const double flop = 2.0 * n_rows * layer.n_in * layer.n_out;
        const Layer &below = layers_[i - 1];
        // Batch normalisation leaves no zeros but those of a dropout that drops enough.
        const bool dropped = training && below.dropout_bits && 1 / below.dropout_scale < config_.max_lit_share;
        std::optional<double> lit;
        if ((!below.normalise || dropped) && layer.n_panels >= k.lit_panels)
            lit = list_rows(team, w, kForward, below, x.y, x.panel, n_rows);
        if (lit)
            phase(kForward, team, divide_up(layer.n_panels, k.lit_panels),
                  [&](int task, int) { k.forward_lit(layer, w.rows, w.activity[i], n_rows, task, training, dropout); });
        else
            phase(kForward, team, layer.n_panels, [&](int task, int) {
                k.forward(layer, x.y, x.panel, w.activity[i], n_rows, task, training, dropout);
            });
        count(kForward, flop, lit.value_or(1) * flop);
    }
}

// The lit values of a matrix that comes from a layer, listed by rows; their share, where it is worth while.
std::optional<double> Network::list_rows(Team &team, Workspace &w, int index, const Layer &from, const float *x,
                                         std::size_t x_panel, int n_rows) {
    if (config_.max_lit_share <= 0 || !w.rows.offset || !kernels_.activations[from.activation].has_zeros ||
        from.n_out < kLitColumns)
        return {};
    const int n_blocks = divide_up(from.n_out, kLitColumns);
    w.rows.n_blocks = n_blocks;
    phase(index, team, n_blocks,
          [&](int task, int) { kernels_.list_lit_rows(x, x_panel, from.n_panels, n_rows, w.rows, task); });
    const double listed = std::accumulate(w.rows.count, w.rows.count + n_rows * n_blocks, 0.0);
    const double share = listed / (static_cast<double>(n_rows) * from.n_out);
    return share < config_.max_lit_share ? std::optional(share) : std::nullopt;
}

std::vector<LayerDiagnostics> Network::diagnostics() const {
    return diagnostics_ ? diagnostics_->result() : std::vector<LayerDiagnostics>();
}

std::vector<PhaseTime> Network::profile(bool reset) {
    const std::vector<PhaseTime> result = phases_;
    if (reset)
        for (auto &p : phases_) p = {p.name};
    return result;
}

} // namespace mlp
