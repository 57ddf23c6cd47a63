// One multilayer perceptron: its parameters, its optimiser's state and the loop over steps.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "diagnostics.h"
#include "layout.h"
#include "memory.h"
#include "sparse_input.h"
#include "team.h"

namespace mlp {

struct Config {
    int n_inputs;
    std::vector<int> hidden;
    int n_classes;
    int activation, loss; // positions among the kernels'
    bool normalise;
    double bn_momentum, bn_epsilon;
    std::vector<double> dropout; // a rate per hidden layer
    double learning_rate;
    std::vector<double> optimiser; // its settings, in the order of their declaration
    int batch_size;
    std::uint64_t dropout_key;
    std::vector<std::int32_t> column_groups; // permutation of the input columns; fours are grouped
    bool diagnostics;
    double max_lit_share = 0.6; // of hidden values that are lit: where more are, skipping the others is slower
};

struct EpochResult {
    double loss, accuracy;
    std::int64_t n_steps;
    bool stopped, is_finite;
};

// A parameter as the outside sees it: shape, and how it lies in panels.
struct Parameter {
    std::string name;
    int rows, columns; // rows = 0: a vector
    bool trainable;
    int layer;
    Tensor tensor;
};

struct PhaseTime {
    std::string name;
    double seconds = 0, dense_gflop = 0, done_gflop = 0;
};

// Rows in order of label, into `to`; start is scratch.
void sort_by_label(const std::int64_t *rows, std::int64_t n, const std::int32_t *labels, int n_classes,
                   std::vector<std::int64_t> &start, std::int64_t *to);

class Network {
  public:
    Network(Config config, const Kernels &kernels);

    const Config &config() const { return config_; }
    const Kernels &kernels() const { return kernels_; }
    const std::vector<Parameter> &parameters() const { return parameters_; }

    // One array of a parameter: its value, or a slot of the optimiser.
    static constexpr int kValue = -1;
    void read(const Parameter &, int array, float *to) const;
    void write(const Parameter &, int array, const float *from);
    std::int64_t step() const { return step_; }
    void set_step(std::int64_t step);

    // Whether all parameters and moving averages are. Kernels that skip zeros do not see a NaN that is multiplied by
    // nothing else, and it would reach whichever rows are taken together with one that lights it; so a network that is
    // not finite is evaluated to NaN, every probability of it.
    bool is_finite();

    // Arguments have been validated; features [.][n_inputs] or sparse, order: rows to visit; a learning rate a step, or
    // null: that of the settings for all.
    EpochResult train_epoch(const Table &features, const std::int32_t *labels, const std::int64_t *order,
                            std::int64_t n_selected, int n_threads, const double *learning_rates = nullptr);
    // Any of probabilities and labels may be null.
    EpochResult evaluate(const Table &features, const std::int32_t *labels, std::int64_t n, float *probabilities,
                         int n_threads);
    // Examples that are evaluated again and again, every epoch: their lists are made once and kept, which saves the
    // gathering, a fifth of an evaluation. The results are those of evaluate(), bit for bit.
    void prepare(const float *features, const std::int32_t *labels, std::int64_t n, int n_threads);
    bool is_prepared() const { return prepared_ != nullptr; }
    EpochResult evaluate_prepared(int n_threads);
    void request_stop() { stop_.store(true); }
    std::vector<PhaseTime> profile(bool reset);
    // Of the last epoch that was trained; none where they are off.
    std::vector<LayerDiagnostics> diagnostics() const;

  private:
    struct Workspace {
        int capacity = 0;
        Input input{};
        std::unique_ptr<SparseLists> sparse;
        std::vector<Activity> activity;
        Lit rows{}, columns{}; // of one matrix at a time; empty where the batch is large
        std::vector<Array<float>> floats;
        std::vector<Array<std::uint32_t>> words;
        std::vector<Array<std::uint16_t>> halves;
        std::vector<Array<std::int32_t>> ints;
        std::vector<Array<std::int64_t>> longs;
        Array<float> loss;
        Array<std::uint8_t> hit;
    };
    // The lists of a pass over kInferenceRows rows, packed in the order in which they are used: values, then offsets.
    struct PackedLists {
        Array<float> lists;
        std::size_t n_listed = 0;
        std::vector<std::size_t> start; // as Input's row_start and row_count
        std::vector<std::int32_t> count;
    };
    struct Prepared {
        std::vector<std::int64_t> rows; // in the order of the lists
        std::vector<std::int32_t> labels;
        std::vector<PackedLists> passes;
        std::vector<std::int64_t> lines; // 0, 1, 2 ...: lists to be prefetched, cut into lines as long as a row
    };
    enum Phase { kGather, kInputForward, kForward, kLoss, kBackward, kInputUpdate, kUpdate };
    template <typename Body> void phase(int index, Team &team, int n_tasks, Body &&body) {
        const auto start = std::chrono::steady_clock::now();
        team.run(n_tasks, body);
        phases_[index].seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    std::unique_ptr<Workspace> make_workspace(int rows, bool training);
    void make_layers();
    void make_input(Workspace &, bool training);
    void list(Team &, Input &, const Gather &, int n_rows);
    const Input &list(Team &, Workspace &, const Table &, const std::int64_t *rows, int n_rows, bool training);
    void forward_first(Team &, Workspace &, const Input &, int n_rows, bool training, const Gather &next, int n_next);
    void forward(Team &, Workspace &, const Input &, int n_rows, bool training, const Gather &next, int n_next);
    std::vector<std::int64_t> inference_order(const std::int32_t *labels, std::int64_t n) const;
    PackedLists pack(const Input &, int n_rows) const;
    Input prepared_input(PackedLists &) const;
    void start_inference(int n_threads);
    template <typename Lists> EpochResult infer(const std::vector<std::int64_t> &rows, const std::int32_t *labels,
                                                float *probabilities, int n_threads, Lists &&lists);
    void update_first(Team &, Workspace &, int n_rows, const Gather &next, int n_next);
    void backward(Team &, Workspace &, int n_rows, const Gather &next, int n_next);
    std::optional<double> list_rows(Team &, Workspace &, int index, const Layer &from, const float *x,
                                    std::size_t x_panel, int n_rows);
    void count(int phase, double dense, double done);
    float *array_of(const Parameter &p, int array) const {
        return array == kValue ? p.tensor.value : p.tensor.slot[array];
    }
    float *scratch(int thread) { return scratch_[thread].get(); }

    Config config_;
    const Kernels &kernels_;
    std::vector<Layer> layers_;
    std::vector<Parameter> parameters_;
    std::vector<Array<float>> storage_, scratch_;
    std::vector<std::int32_t> columns_;
    Array<std::uint8_t> column_alive_;
    int run_ = 1;
    std::int64_t step_ = 0;
    OptimiserStep optimiser_step_{};
    std::unique_ptr<Workspace> training_, inference_;
    std::unique_ptr<Prepared> prepared_;
    std::unique_ptr<Diagnostics> diagnostics_;
    std::vector<PhaseTime> phases_;
    std::optional<bool> finite_; // not known after a change
    std::atomic<bool> stop_{false};
};

} // namespace mlp
