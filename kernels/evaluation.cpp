// A network in inference mode: of rows as they come, or of lists that were kept.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "network.h"

namespace mlp {
namespace {

constexpr int kInferenceRows = 256; // rows of a pass of evaluation: activations of 1000 columns stay in L2
// A bound: the lists of 10,000 MNIST images take 13 of 40 MB.
constexpr std::size_t kMaxPreparedBytes = std::size_t{256} << 20;

} // namespace

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
            kernels_.losses[config_.loss].compute(layers_.back(), out, labels, here, task * 64,
                                                  std::min(n_rows, task * 64 + 64), 0, w.loss.get(), w.hit.get());
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

} // namespace mlp
