// Plain data shared by the network (compiled once) and the kernels (compiled once per instruction set).
//
// Panel layout of every matrix with `cols` columns, P = two vectors wide:
//
//     panel 0            panel 1
//     row 0: P floats    row 0: P floats        element (r, c) is at
//     row 1: P floats    row 1: P floats        [(c / P) * rows + r] * P + c % P
//     ...                ...
//
// A tile of a product then reads consecutive addresses only; a row stride of 2048 bytes instead would put
// every row of a 512-wide matrix in the same cache set and halve the speed. Rows and columns that pad a
// matrix to whole tiles hold zeros in parameters and in activations, so that no kernel has an edge case.
#pragma once
#include <cstddef>
#include <cstdint>

#include "choices.h"

namespace mlp {

// static: a copy compiled for AVX-512 must not be the one that the linker keeps for everybody.
static constexpr int divide_up(int a, int b) { return (a + b - 1) / b; }
static constexpr int round_up(int a, int b) { return divide_up(a, b) * b; }

// A moving average a' = b a + (1 - b) x. The float32 next to b = 0.999999 is off by 1.3 % of 1 - b, so b comes in two
// parts, and 1 - b from float64. Neither part is 0, so that an average that has overflowed stays infinite and does not
// become NaN.
struct Average {
    float keep, keep_rest, take; // keep <= b; keep + keep_rest = b; take = 1 - b
};

Average make_average(double b);
float normal(double positive); // in float32, but not below its normal numbers: those are flushed to 0

// A parameter with the optimiser's slots, in separate arrays (interleaving them was slower).
struct Tensor {
    float *value, *slot[kMostSlots];
};

struct Layer {
    int index;             // position in the network: part of the dropout counter
    int n_in, n_out;       // true sizes
    int in_rows, n_panels; // padded: in_rows = multiple of P and 8, n_panels = ceil(n_out / P)
    int activation;        // position among the kernels'
    bool normalise;
    float epsilon;               // of batch normalisation
    Average moving;              // its moving averages
    int dropout_bits;            // random bits an element takes: 8, 16 or 32; 0 = no dropout
    std::uint32_t dropout_below; // an element is dropped when its bits, as an integer, are below this
    float dropout_scale;         // 1 / (1 - rate)
    Tensor kernel;               // [n_panels][in_rows][P]
    Tensor bias, gamma, beta;    // [n_panels * P]
    float *moving_mean, *moving_variance;
};

// What one layer remembers of a batch between forward and backward, each [n_panels][capacity][P].
struct Activity {
    std::size_t panel;   // floats from one panel to the next: capacity * P
    float *h;            // activation(x W + b)
    float *y;            // the layer's output; the same array as h without normalisation and dropout
    float *dz;           // gradient of the loss with respect to x W + b
    std::uint32_t *mask; // [n_panels][capacity]: one bit an element, 1 = kept
    float *mean, *scale; // batch statistics [n_panels * P]; scale = 1 / sqrt(variance + epsilon)
};

struct SparseInput;

// A batch of input rows and the two forms in which its zeros are skipped.
//
//   x               0 .5  0  0 | .1  0  0  0        rows in groups of 4, columns in groups of 4
//   4 rows of it    0  0  0  0 | .2 .3  0  0
//
// by rows:    for each group of 4 rows, the columns lit in any of them, their 4 values side by side
// by columns: for each group of 4 columns, the rows lit in any of them, their 4 values side by side
//
// Lit columns and rows are stored as float offsets into a panel (index * P).
struct Input {
    int n_columns, in_rows, n_blocks; // n_blocks of kInputBlock columns
    int stride;                   // rows + 4: at a power of two the ends of all column lists would share two sets of L1
    std::uint32_t *row_offset;    // [capacity / 4][in_rows]: block b's list starts at b * kInputBlock
    float *row_value;             // [capacity / 4][in_rows][4]
    std::int32_t *row_count;      // [capacity / 4][n_blocks]
    const std::size_t *row_start; // [capacity / 4][n_blocks] of lists that lie packed, else null
    std::uint32_t *column_offset; // [in_rows / 4][stride], null in inference
    float *column_value;          // [in_rows / 4][stride][4]
    std::int32_t *column_count;   // [in_rows / 4]
    std::uint8_t *column_alive;   // [in_rows / 4]: has been lit since the slots were zero
    const SparseInput *sparse;    // where the batch is sparse, its lists: all of the above is then unused
};

// The same lists of a batch of sparse rows, packed (sparse_input.h): list i of either kind is [start[i], start[i + 1]).
struct SparseInput {
    int n_blocks, block_columns;
    const std::size_t *row_start; // [n_rows / 4][n_blocks + 1]
    const std::uint32_t *row_offset;
    const float *row_value;
    const std::size_t *column_start; // [in_rows / 4 + 1], of training
    const std::uint32_t *column_offset;
    const float *column_value;
    const std::uint8_t *column_alive; // as Input's
};

// The lit values of a matrix, line by line, each with the offset in bytes of the row of the other side that it
// multiplies: lines are rows and entries columns for x W and dz W^T, and lines columns and entries rows for dz^T x.
//
//     line 0   | block 0: 0 .5 0 .1 ..  -> (1 row, .5) (3 rows, .1) .. | block 1 ..
//
// Offsets count from a block's start. Blocks hold kLitColumns or kLitRows entries; zeros pad every list to a whole
// number of steps.
struct Lit {
    std::uint16_t *offset;
    float *value;
    std::int32_t *start, *count; // [line][n_blocks]
    std::size_t stride;          // room of a block of all rows, or of a column
    int n_blocks;
};

struct Gather {
    const float *features; // [n][n_columns], the caller's
    const std::int64_t *rows;
    const std::int32_t *columns; // column j of x is the caller's column columns[j]
    int run;                     // 1, 2 or 4: columns[] is made of runs of this many neighbours
};

// Of diagnostics: sums of squares over a panel of a kernel, and sums over a panel's activations.
struct StepSums {
    double gradient = 0, weight = 0, update = 0;
};
struct ActivationSums {
    double sum = 0, square = 0;
};

struct Dropout {
    std::uint64_t key, step;
};

// Rows [first, last) of a network's output: logits become probabilities, or (training) the gradient; per-row loss and
// hit.
struct Loss {
    const char *name;
    void (*compute)(const Layer &, Activity &, const std::int32_t *labels, const std::int64_t *rows, int first,
                    int last, float gradient_scale, float *loss, std::uint8_t *hit);
};

// The entry points of one instruction set, for one optimiser. Each call computes one output tile and nothing else, so
// that tiles can be done in any order by any thread with the same bits as result.
struct Kernels {
    const char *instruction_set;
    Optimiser optimiser;
    List<Activation> activations;
    List<Loss> losses;
    int panel;      // P
    int pair;       // panels that one task of the first layer covers
    int lit_panels; // panels that one task of forward_lit and backward_lit covers

    // Lists of columns [task * kInputBlock, (task + 1) * kInputBlock).
    void (*list_block)(const Gather &, Input &, int n_rows, int task);
    // Lists of what is lit in x or dz of a layer whose activation has zeros.
    void (*list_lit_rows)(const float *x, std::size_t x_panel, int n_panels, int n_rows, Lit &, int task);
    void (*list_lit_columns)(const float *x, std::size_t x_panel, int n_rows, Lit &, int task);

    // Columns of output panel(s) `task`: product, bias, activation, normalisation, dropout. The first layer's calls,
    // here and below, prefetch a part of the next batch, n_next rows or none.
    void (*forward_input)(const Layer &, const Input &, Activity &, int n_rows, int task, bool training, Dropout,
                          const Gather &next, int n_next);
    void (*forward_sparse)(const Layer &, const SparseInput &, Activity &, int n_rows, int task, bool training,
                           Dropout);
    void (*forward)(const Layer &, const float *x, std::size_t x_panel, Activity &, int n_rows, int task, bool training,
                    Dropout);
    void (*forward_lit)(const Layer &, const Lit &x, Activity &, int n_rows, int task, bool training, Dropout);

    // What the optimiser does at step t, from 1; its settings in the order of their declaration.
    void (*start_step)(const double *setting, double learning_rate, double t, OptimiserStep &);

    // Panel `task` of the gradient of layer's input, carried on to the dz of the layer below, whose small
    // parameters are updated on the way.
    void (*backward)(const Layer &, const Activity &, Layer &below, Activity &below_activity, int n_rows, int task,
                     const OptimiserStep &, float *scratch);
    void (*backward_lit)(const Layer &, const Lit &dz, Layer &below, Activity &below_activity, int n_rows, int task,
                         const OptimiserStep &, float *scratch);
    // Panel `task` of the bias of the output layer.
    void (*update_bias)(Layer &, const Activity &, int n_rows, int task, const OptimiserStep &);

    // Tile of a kernel: gradient, then the optimiser on it while it is in registers. The first layer's take column
    // groups [first, last).
    void (*update)(Layer &, const float *x, std::size_t x_panel, const Activity &, int n_rows, int task,
                   const OptimiserStep &);
    void (*update_lit)(Layer &, const float *x, std::size_t x_panel, const Lit &dz, int n_rows, int task,
                       const OptimiserStep &, float *scratch);
    void (*update_input)(Layer &, const Input &, const Activity &, int task, int first, int last, const OptimiserStep &,
                         const Gather &next, int n_next);
    void (*update_sparse)(Layer &, const SparseInput &, const Activity &, int task, int first, int last,
                          const OptimiserStep &);

    // Diagnostics, a panel each: before a step, of the step that has just been done, and of a batch's activations.
    void (*measure_weights)(const Layer &, int panel, StepSums &);
    void (*measure_update)(const Layer &, const float *slot_before, int panel, const OptimiserStep &, StepSums &);
    void (*measure_activation)(const Layer &, const Activity &, int n_rows, int panel, ActivationSums &,
                               std::int32_t *alive);
};

constexpr int kInputBlock = 128;     // columns of the first layer whose weights stay in L1 while the batch passes
constexpr int kReductionBlock = 128; // rows of W that stay in L1 while all rows of a batch pass: 128 * 128 B

constexpr int kLitColumns = 64;           // columns of a block of row lists: their rows of 4 panels of W take 32 kB
constexpr int kScratch = 4 * kLitColumns; // panel rows of scratch that a thread has
constexpr int kLitRows = 128;             // rows of a block of column lists: 2 panels of x take 32 kB

} // namespace mlp
