#include "network.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

namespace mlp {
namespace {

constexpr int kInferenceRows = 256; // rows of a pass of evaluation: activations of 1000 columns stay in L2
constexpr int kGroupsPerTask = 16;
// A bound: the lists of 10,000 MNIST images take 13 of 40 MB.
constexpr std::size_t kMaxPreparedBytes = std::size_t{256} << 20;

enum Phase { kGather, kInputForward, kForward, kLoss, kBackward, kInputUpdate, kUpdate, kPhases };
const char *const kPhaseNames[] = {"gather and lists",    "forward, first layer",          "forward, other layers",
                                   "softmax and loss",    "input gradients and epilogues", "update, first layer",
                                   "update, other layers"};

// 1 - b^t, also where b^t is so near 1 that the difference would be rounding.
double taken(double b, double t) { return -std::expm1(t * std::log(b)); }

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

} // namespace

Network::Network(Config config, const Kernels &kernels) : config_(std::move(config)), kernels_(kernels) {
    columns_ = config_.column_groups;
    for (const int run : {4, 2}) {
        bool runs = run_ == 1;
        for (std::size_t i = 0; i < columns_.size() && runs; ++i)
            runs = columns_[i] == columns_[i / run * run] + static_cast<std::int32_t>(i % run);
        if (runs) run_ = run;
    }
    adam_ = {0, normal(config_.adam_epsilon), make_average(config_.beta_1), make_average(config_.beta_2)};
    make_layers();
    if (config_.diagnostics) diagnostics_ = std::make_unique<Diagnostics>(layers_, kernels_);
    for (const char *name : kPhaseNames) phases_.push_back({name});
}

void Network::set_step(std::int64_t step) {
    step_ = step;
    std::fill_n(column_alive_.get(), column_alive_.size(), std::uint8_t{1}); // moments may be anything now
}

void Network::count(int phase, double dense, double done) {
    phases_[phase].dense_gflop += dense * 1e-9;
    phases_[phase].done_gflop += done * 1e-9;
}

template <typename Body> void Network::phase(int index, Team &team, int n_tasks, Body &&body) {
    const auto start = std::chrono::steady_clock::now();
    team.run(n_tasks, body);
    phases_[index].seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
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
    if (config_.max_lit_share <= 0 || !w.rows.offset || from.activation != Activation::relu || from.n_out < kLitColumns)
        return {};
    const int n_blocks = divide_up(from.n_out, kLitColumns);
    w.rows.n_blocks = n_blocks;
    phase(index, team, n_blocks,
          [&](int task, int) { kernels_.list_lit_rows(x, x_panel, from.n_panels, n_rows, w.rows, task); });
    const double listed = std::accumulate(w.rows.count, w.rows.count + n_rows * n_blocks, 0.0);
    const double share = listed / (static_cast<double>(n_rows) * from.n_out);
    return share < config_.max_lit_share ? std::optional(share) : std::nullopt;
}

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
                k.backward_lit(layer, w.rows, below, b, n_rows, task, adam_, scratch(thread));
            });
        else
            phase(kBackward, team, below.n_panels,
                  [&](int task, int thread) { k.backward(layer, a, below, b, n_rows, task, adam_, scratch(thread)); });
        count(kBackward, flop, lit.value_or(1) * flop);
        const int row_panels = divide_up(layer.n_in, k.panel);
        if (lit) {
            phase(kUpdate, team, layer.n_panels,
                  [&](int task, int) { k.list_lit_columns(a.dz, a.panel, n_rows, w.columns, task); });
            phase(kUpdate, team, layer.n_panels * divide_up(row_panels, 2), [&](int task, int thread) {
                k.update_lit(layer, b.y, b.panel, w.columns, n_rows, task, adam_, scratch(thread));
            });
        } else
            phase(kUpdate, team, layer.n_panels * row_panels,
                  [&](int task, int) { k.update(layer, b.y, b.panel, a, n_rows, task, adam_); });
        count(kUpdate, flop, lit.value_or(1) * flop);
    }
    phase(kUpdate, team, output.n_panels,
          [&](int task, int) { k.update_bias(output, w.activity.back(), n_rows, task, adam_); });
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
        if (sparse) k.update_sparse(first, *sparse, w.activity[0], task / chunks, chunk, last, adam_);
        else k.update_input(first, w.input, w.activity[0], task / chunks, chunk, last, adam_, next, n_next);
    });
    double listed = 0;
    if (sparse) listed = static_cast<double>(w.sparse->n_listed_by_columns());
    else
        for (int g = 0; g < n_groups; ++g) listed += w.input.column_count[g];
    count(kInputUpdate, 2.0 * n_rows * first.n_in * first.n_out, 8.0 * listed * first.n_out);
}

EpochResult Network::train_epoch(const Table &features, const std::int32_t *labels, const std::int64_t *order,
                                 std::int64_t n_selected, int n_threads) {
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
            kernels_.softmax(layers_.back(), w.activity.back(), labels, rows.data(), task * 64,
                             std::min(n_rows, task * 64 + 64), 1.0f / static_cast<float>(n_rows), w.loss.get(),
                             w.hit.get());
        });
        ++step_;
        const auto t = static_cast<double>(step_);
        adam_.alpha =
            static_cast<float>(config_.learning_rate * std::sqrt(taken(config_.beta_2, t)) / taken(config_.beta_1, t));
        const std::int64_t left = n_selected - seen - n_rows;
        const Gather next{features.dense, order + seen + n_rows, columns_.data(), run_};
        const auto n_next = features.is_sparse() ? 0 : std::min<std::int64_t>(config_.batch_size, left);
        backward(team, w, n_rows, next, static_cast<int>(n_next));
        if (measured) measured->read_updates(team, adam_);
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

// Rows sorted by label, so that groups of four have most zeros in common; as they come where there are no labels.
std::vector<std::int64_t> Network::inference_order(const std::int32_t *labels, std::int64_t n) const {
    std::vector<std::int64_t> natural(n), start;
    std::iota(natural.begin(), natural.end(), std::int64_t{0});
    if (!labels) return natural;
    std::vector<std::int64_t> sorted(n);
    sort_by_label(natural.data(), n, labels, config_.n_classes, start, sorted.data());
    return sorted;
}

void Network::start_inference(int n_threads) {
    if (!inference_) inference_ = make_workspace(kInferenceRows, false);
    while (scratch_.size() < static_cast<std::size_t>(n_threads)) scratch_.emplace_back(kScratch * kernels_.panel);
}

// All rows, kInferenceRows at a time; lists(team, first, n_rows, next, n_next) gives the lists of a pass, and says
// what to prefetch for the next one.
template <typename Lists> EpochResult Network::infer(const std::vector<std::int64_t> &rows, const std::int32_t *labels,
                                                     float *probabilities, int n_threads, Lists &&lists) {
    if (!is_finite()) {
        if (probabilities) std::fill_n(probabilities, rows.size() * config_.n_classes, NAN);
        return {NAN, 0, 0, false, false};
    }
    const FlushDenormals flush;
    start_inference(n_threads);
    Team team(n_threads);
    Workspace &w = *inference_;
    const int P = kernels_.panel, n_classes = config_.n_classes;
    const auto n = static_cast<std::int64_t>(rows.size());
    const std::vector<PhaseTime> saved = phases_;
    EpochResult result{0, 0, 0, false, true};
    for (std::int64_t first = 0; first < n; first += kInferenceRows) {
        const int n_rows = static_cast<int>(std::min<std::int64_t>(kInferenceRows, n - first));
        const std::int64_t *const here = rows.data() + first;
        Gather next{nullptr, here + n_rows, columns_.data(), run_};
        int n_next = static_cast<int>(std::min<std::int64_t>(kInferenceRows, n - first - n_rows));
        const Input input = lists(team, first, n_rows, next, n_next);
        forward(team, w, input, n_rows, false, next, n_next);
        Activity &out = w.activity.back();
        phase(kLoss, team, divide_up(n_rows, 64), [&](int task, int) {
            kernels_.softmax(layers_.back(), out, labels, here, task * 64, std::min(n_rows, task * 64 + 64), 0,
                             w.loss.get(), w.hit.get());
        });
        for (int r = 0; r < n_rows && labels; ++r) {
            result.loss += w.loss.get()[r];
            result.accuracy += w.hit.get()[r];
        }
        for (int r = 0; r < n_rows && probabilities; ++r)
            for (int c = 0; c < n_classes; ++c)
                probabilities[(first + r) * n_classes + c] = out.h[c / P * out.panel + r * P + c % P];
        ++result.n_steps;
    }
    phases_ = saved;
    result.loss /= static_cast<double>(n);
    result.accuracy /= static_cast<double>(n);
    return result;
}

EpochResult Network::evaluate(const Table &features, const std::int32_t *labels, std::int64_t n, float *probabilities,
                              int n_threads) {
    const std::vector<std::int64_t> rows = inference_order(labels, n);
    return infer(rows, labels, probabilities, n_threads,
                 [&](Team &team, std::int64_t first, int n_rows, Gather &next, int &n_next) -> const Input & {
                     next.features = features.dense;
                     if (features.is_sparse()) n_next = 0;
                     return list(team, *inference_, features, rows.data() + first, n_rows, false);
                 });
}

Network::PackedLists Network::pack(const Input &input, int n_rows) const {
    const int n_lists = round_up(n_rows, 8) / 4 * input.n_blocks;
    PackedLists p;
    p.count.assign(input.row_count, input.row_count + n_lists);
    p.n_listed = std::accumulate(p.count.begin(), p.count.end(), std::size_t{0});
    p.lists = Array<float>(5 * p.n_listed);
    p.start.resize(n_lists);
    std::uint32_t *const offsets = reinterpret_cast<std::uint32_t *>(p.lists.get() + 4 * p.n_listed);
    std::size_t end = 0;
    for (int block = 0; block < input.n_blocks; ++block)
        for (int i = block; i < n_lists; i += input.n_blocks) {
            const std::size_t list = static_cast<std::size_t>(i / input.n_blocks) * input.in_rows + block * kInputBlock;
            std::copy_n(input.row_value + 4 * list, 4 * p.count[i], p.lists.get() + 4 * end);
            std::copy_n(input.row_offset + list, p.count[i], offsets + end);
            p.start[i] = end;
            end += p.count[i];
        }
    return p;
}

Input Network::prepared_input(PackedLists &p) const {
    Input input = inference_->input;
    input.sparse = nullptr;
    input.row_value = p.lists.get();
    input.row_offset = reinterpret_cast<std::uint32_t *>(p.lists.get() + 4 * p.n_listed);
    input.row_count = p.count.data();
    input.row_start = p.start.data();
    return input;
}

void Network::prepare(const float *features, const std::int32_t *labels, std::int64_t n, int n_threads) {
    prepared_.reset();
    start_inference(n_threads);
    if (!inference_->input.row_offset) make_input(*inference_, false);
    Input &input = inference_->input;
    const std::size_t cells = static_cast<std::size_t>(n + 3) / 4 * input.in_rows;
    if (cells * (sizeof(std::uint32_t) + 4 * sizeof(float)) > kMaxPreparedBytes) return;
    auto p = std::make_unique<Prepared>();
    p->rows = inference_order(labels, n);
    p->labels.assign(labels, labels + n);
    Team team(n_threads);
    const std::vector<PhaseTime> saved = phases_;
    for (std::int64_t first = 0; first < n; first += kInferenceRows) {
        const int n_rows = static_cast<int>(std::min<std::int64_t>(kInferenceRows, n - first));
        list(team, input, {features, p->rows.data() + first, columns_.data(), run_}, n_rows);
        p->passes.push_back(pack(input, n_rows));
    }
    p->lines.resize(5 * kInferenceRows);
    std::iota(p->lines.begin(), p->lines.end(), std::int64_t{0});
    phases_ = saved;
    prepared_ = std::move(p);
}

EpochResult Network::evaluate_prepared(int n_threads) {
    Prepared &p = *prepared_;
    return infer(
        p.rows, p.labels.data(), nullptr, n_threads, [&](Team &, std::int64_t first, int, Gather &next, int &n_next) {
            const std::size_t pass = static_cast<std::size_t>(first / kInferenceRows);
            n_next = 0;
            if (pass + 1 < p.passes.size()) {
                next.features = p.passes[pass + 1].lists.get();
                next.rows = p.lines.data();
                n_next = static_cast<int>(std::min(5 * p.passes[pass + 1].n_listed / config_.n_inputs, p.lines.size()));
            }
            return prepared_input(p.passes[pass]);
        });
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
