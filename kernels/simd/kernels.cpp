// The kernels of one instruction set: this file is compiled once for each, with MLP_ISA as its namespace.
// No standard container appears here: a template instantiated with AVX-512 flags could otherwise be the copy
// that the linker keeps for everybody.
#include "epilogue.h"
#include "input.h"
#include "lit.h"
#include "losses/softmax_cross_entropy.h"
#include "measure.h"
#include "optimisers/adam.h"
#include "sparse.h"
#include "tiles.h"

namespace mlp::MLP_ISA {
namespace {

using Optimisers = Menu<Adam>;
constexpr Loss kLosses[] = {kSoftmaxCrossEntropy};

int smaller(int a, int b) { return a < b ? a : b; }

// Rows that share one pass over a block of W: their results stay in L2 between blocks.
constexpr int kRowBlock = 512;

// Panel of C[n_rows][P] = X[n_rows][k] W[k][P].
void product(const float *x, std::size_t x_panel, const float *w, int k, float *c, int n_rows) {
    for (int r0 = 0; r0 < n_rows; r0 += kRowBlock) {
        const int r1 = smaller(n_rows, r0 + kRowBlock);
        for (int k0 = 0; k0 < k; k0 += kReductionBlock)
            for (int r = r0; r < r1; r += kRowTile)
                tile_rows<kRowTile>(x + k0 / P * x_panel + r * P, x_panel, w + k0 * P, smaller(k - k0, kReductionBlock),
                                    c + r * P, k0 > 0);
    }
}

void forward(const Layer &layer, const float *x, std::size_t x_panel, Activity &a, int n_rows, int task, bool training,
             Dropout d) {
    const std::size_t w_panel = static_cast<std::size_t>(layer.in_rows) * P;
    product(x, x_panel, layer.kernel.value + task * w_panel, layer.n_in, a.h + task * a.panel, n_rows);
    epilogue(layer, a, n_rows, task, training, d);
}

template <int N> void forward_listed(const Layer &layer, const Input &in, Activity &a, int panel, int block, int r) {
    const std::size_t w_panel = static_cast<std::size_t>(layer.in_rows) * P;
    const int index = r / 4 * in.n_blocks + block;
    const std::size_t list =
        in.row_start ? in.row_start[index] : static_cast<std::size_t>(r / 4) * in.in_rows + block * kInputBlock;
    tile_list<N>(in.row_offset + list, in.row_value + 4 * list, in.row_count[index],
                 layer.kernel.value + panel * w_panel, w_panel, a.h + panel * a.panel + r * P, a.panel, block > 0);
}

void forward_input(const Layer &layer, const Input &in, Activity &a, int n_rows, int task, bool training, Dropout d,
                   const Gather &next, int n_next) {
    const int first = task * kPair, last = smaller(layer.n_panels, first + kPair);
    const int n_tiles = divide_up(n_rows, 4) * in.n_blocks, n_tasks = divide_up(layer.n_panels, kPair);
    Ahead ahead(next, in.n_columns, n_next, task * n_tiles, n_tasks * n_tiles);
    for (int r0 = 0; r0 < n_rows; r0 += kRowBlock)
        for (int block = 0; block < in.n_blocks; ++block)
            for (int r = r0; r < smaller(n_rows, r0 + kRowBlock); r += 4) {
                ahead.prefetch();
                if (last - first == kPair) forward_listed<kPair>(layer, in, a, first, block, r);
                else forward_listed<1>(layer, in, a, first, block, r);
            }
    for (int panel = first; panel < last; ++panel) epilogue(layer, a, n_rows, panel, training, d);
}

void forward_sparse(const Layer &layer, const SparseInput &in, Activity &a, int n_rows, int task, bool training,
                    Dropout d) {
    const int first = task * kPair, last = smaller(layer.n_panels, first + kPair);
    forward_packed_lists(layer, in, a, n_rows, first, last);
    for (int panel = first; panel < last; ++panel) epilogue(layer, a, n_rows, panel, training, d);
}

// dX = dZ W^T, panel `task` of it. W^T is made in blocks of kReductionBlock x P, on the fly: a second, transposed
// copy of W would double the optimiser's traffic.
template <typename O> void backward(const Layer &layer, const Activity &a, Layer &below, Activity &below_activity,
                                    int n_rows, int task, const OptimiserStep &step, float *scratch) {
    const std::size_t w_panel = static_cast<std::size_t>(layer.in_rows) * P;
    float *const g = below_activity.dz + task * below_activity.panel;
    for (int k0 = 0; k0 < layer.n_out; k0 += kReductionBlock) {
        const int k = smaller(kReductionBlock, layer.n_out - k0);
        for (int i = 0; i < k; i += P)
            transpose_block(layer.kernel.value + (k0 + i) / P * w_panel + task * P * P, scratch + i * P);
        for (int r = 0; r < n_rows; r += kRowTile)
            tile_rows<kRowTile>(a.dz + k0 / P * a.panel + r * P, a.panel, scratch, k, g + r * P, k0 > 0);
    }
    Activations::with(below.activation, [&](auto f) {
        for (int half = 0; half < kHalves; ++half)
            backward_half<O, decltype(f)>(below, below_activity, n_rows, task, half, step);
    });
}

void forward_lit(const Layer &layer, const Lit &x, Activity &a, int n_rows, int task, bool training, Dropout d) {
    const std::size_t w_panel = static_cast<std::size_t>(layer.in_rows) * P;
    const int first = task * kLitPanels, last = smaller(layer.n_panels, first + kLitPanels);
    for (int block = 0; block * kLitColumns < layer.n_in; ++block)
        product_lit(x, block, 0, n_rows, layer.kernel.value + first * w_panel + block * kLitColumns * P, w_panel,
                    last - first, a.h + first * a.panel, a.panel);
    for (int panel = first; panel < last; ++panel) epilogue(layer, a, n_rows, panel, training, d);
}

template <typename O> void backward_lit(const Layer &layer, const Lit &dz, Layer &below, Activity &below_activity,
                                        int n_rows, int task, const OptimiserStep &step, float *scratch) {
    const std::size_t w_panel = static_cast<std::size_t>(layer.in_rows) * P, block_panel = kLitColumns * P;
    const int first = task * kLitPanels, last = smaller(below.n_panels, first + kLitPanels);
    for (int block = 0; block * kLitColumns < layer.n_out; ++block) {
        const int end = smaller(layer.n_panels, (block + 1) * (kLitColumns / P));
        for (int panel = first; panel < last; ++panel)
            for (int c = block * (kLitColumns / P), i = 0; c < end; ++c, ++i)
                transpose_block(layer.kernel.value + c * w_panel + panel * P * P,
                                scratch + (panel - first) * block_panel + i * P * P);
        product_lit(dz, block, 0, n_rows, scratch, block_panel, last - first,
                    below_activity.dz + first * below_activity.panel, below_activity.panel);
    }
    Activations::with(below.activation, [&](auto f) {
        for (int panel = first; panel < last; ++panel)
            for (int half = 0; half < kHalves; ++half)
                backward_half<O, decltype(f)>(below, below_activity, n_rows, panel, half, step);
    });
}

template <typename O>
void update_bias(Layer &layer, const Activity &a, int n_rows, int task, const OptimiserStep &step) {
    const O optimiser = optimiser_of<O>(step);
    for (int half = 0; half < kHalves; ++half) {
        Vec db[1];
        const float *const dz = a.dz + task * a.panel + half * L;
        sum_rows<1>(n_rows, db, [&](int r, Vec(&t)[1]) { t[0] += load(dz + r * P); });
        optimiser.update(db[0], layer.bias, task * P + half * L);
    }
}

// Task = (panel of columns, panel of rows) of W, columns slower, so that dZ's panel stays in L1.
template <typename O> void update(Layer &layer, const float *x, std::size_t x_panel, const Activity &a, int n_rows,
                                  int task, const OptimiserStep &step) {
    const int x_panels = divide_up(layer.n_in, P), column = task / x_panels, row = task % x_panels;
    const std::size_t tile = (static_cast<std::size_t>(column) * layer.in_rows + row * P) * P;
    const int rows = smaller(P, layer.n_in - row * P);
    for (int r = 0; r < rows; r += kRowTile)
        tile_update<O, kRowTile>(x + row * x_panel + r, a.dz + column * a.panel, n_rows,
                                 moved<O>(layer.kernel, tile + r * P), step);
}

// dz^T x, P columns of dz against two panels of x, transposed into W's layout. Task = (pair of panels of rows of W,
// panel of columns), rows slower, so that x's two panels stay in L1.
template <typename O> void update_lit(Layer &layer, const float *x, std::size_t x_panel, const Lit &dz, int n_rows,
                                      int task, const OptimiserStep &step, float *scratch) {
    const int x_panels = divide_up(layer.n_in, P), column = task % layer.n_panels, row = task / layer.n_panels * 2;
    const int panels = smaller(2, x_panels - row);
    for (int block = 0; block * kLitRows < n_rows; ++block)
        product_lit(dz, block, column * P, (column + 1) * P, x + row * x_panel + block * kLitRows * P, x_panel, panels,
                    scratch, P * P);
    for (int p = 0; p < panels; ++p)
        for (int i = 0; i < P; i += L) {
            const int rows = smaller(L, layer.n_in - (row + p) * P - i);
            const std::size_t tile = (static_cast<std::size_t>(column) * layer.in_rows + (row + p) * P + i) * P;
            for (int j = 0; j < P && rows > 0; j += L)
                update_transposed<O>(scratch + (p * P + j) * P + i, rows, moved<O>(layer.kernel, tile + j), step);
        }
}

template <typename O, int N>
void update_listed(Layer &layer, const Input &in, const Activity &a, int panel, int group, const OptimiserStep &step) {
    if (O::rests_at_zero && !in.column_alive[group]) return; // gradient and slots have been zero since the start
    const std::size_t w_panel = static_cast<std::size_t>(layer.in_rows) * P;
    const std::size_t list = static_cast<std::size_t>(group) * in.stride;
    tile_list_update<O, N>(in.column_offset + list, in.column_value + 4 * list, in.column_count[group],
                           a.dz + panel * a.panel, a.panel, moved<O>(layer.kernel, panel * w_panel + 4 * group * P),
                           w_panel, step);
}

template <typename O> void update_input(Layer &layer, const Input &in, const Activity &a, int task, int first, int last,
                                        const OptimiserStep &step, const Gather &next, int n_next) {
    const int panel = task * kPair, n_groups = in.in_rows / 4;
    const int n_tiles = n_groups * divide_up(layer.n_panels, kPair);
    Ahead ahead(next, in.n_columns, n_next, task * n_groups + first, n_tiles);
    for (int group = first; group < last; ++group) {
        ahead.prefetch();
        if (layer.n_panels - panel >= kPair) update_listed<O, kPair>(layer, in, a, panel, group, step);
        else update_listed<O, 1>(layer, in, a, panel, group, step);
    }
}

template <typename... F> struct Facts {
    static constexpr Activation all[] = {F::facts...};
};
template <typename... F> constexpr List<Activation> facts(Menu<F...>) { return list_of(Facts<F...>::all); }

template <typename O> constexpr Kernels kernels_of = {
    .instruction_set = MLP_NAME,
    .optimiser = {.name = O::name, .slots = list_of(O::slots), .settings = list_of(O::settings)},
    .activations = facts(Activations()),
    .losses = list_of(kLosses),
    .panel = P,
    .pair = kPair,
    .lit_panels = kLitPanels,
    .list_block = list_block,
    .list_lit_rows = list_lit_rows,
    .list_lit_columns = list_lit_columns,
    .forward_input = forward_input,
    .forward_sparse = forward_sparse,
    .forward = forward,
    .forward_lit = forward_lit,
    .start_step = start_step<O>,
    .backward = backward<O>,
    .backward_lit = backward_lit<O>,
    .update_bias = update_bias<O>,
    .update = update<O>,
    .update_lit = update_lit<O>,
    .update_input = update_input<O>,
    .update_sparse = update_sparse<O>,
    .measure_weights = measure_weights,
    .measure_update = measure_update<O>,
    .measure_activation = measure_activation,
};

template <typename... O> struct Tables {
    static constexpr Kernels all[] = {kernels_of<O>...};
};
template <typename... O> constexpr List<Kernels> tables(Menu<O...>) { return list_of(Tables<O...>::all); }

} // namespace

extern const List<Kernels> kernels;
const List<Kernels> kernels = tables(Optimisers());

} // namespace mlp::MLP_ISA
