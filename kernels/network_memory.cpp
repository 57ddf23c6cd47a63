// The network's arrays: parameters in panels, what a batch leaves behind, and the way in and out of both.
#include <algorithm>
#include <cmath>
#include <limits>

#include "network.h"

namespace mlp {
namespace {

constexpr int kMaxLitRows = 1024; // lists of larger batches would leave the cache before they are used

bool all_finite(const float *x, std::size_t n) {
    std::uint32_t bad = 0;
    for (std::size_t i = 0; i < n; ++i) {
        std::uint32_t bits;
        std::memcpy(&bits, x + i, sizeof bits);
        bad |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    return !bad;
}

// Least of 8, 16, 32 bits in which the rate is exact; 32 for any other rate.
int bits_for(double rate) {
    for (const int bits : {8, 16})
        if (rate * std::ldexp(1.0, bits) == std::floor(rate * std::ldexp(1.0, bits))) return bits;
    return 32;
}

} // namespace

Average make_average(double b) {
    constexpr float least = std::numeric_limits<float>::min();
    float keep = static_cast<float>(b);
    if (keep > b) keep = std::nextafter(keep, 0.0f);
    return {std::max(keep, least), std::max(static_cast<float>(b - keep), least), static_cast<float>(1 - b)};
}

float normal(double positive) { return std::max(static_cast<float>(positive), std::numeric_limits<float>::min()); }

void Network::make_layers() {
    const int P = kernels_.panel;
    const auto array = [&](std::size_t n) {
        storage_.emplace_back(n);
        return storage_.back().get();
    };
    const auto tensor = [&](std::size_t n) {
        Tensor t{};
        t.value = array(n);
        for (int i = 0; i < kernels_.optimiser.slots.size; ++i) t.slot[i] = array(n);
        return t;
    };
    const int output_activation = find(kernels_.activations, kOutputActivation);
    const int n_layers = static_cast<int>(config_.hidden.size()) + 1;
    for (int i = 0; i < n_layers; ++i) {
        const bool hidden = i + 1 < n_layers;
        Layer layer{};
        layer.index = i;
        layer.n_in = i == 0 ? config_.n_inputs : config_.hidden[i - 1];
        layer.n_out = hidden ? config_.hidden[i] : config_.n_classes;
        layer.in_rows = round_up(layer.n_in, P);
        layer.n_panels = divide_up(layer.n_out, P);
        layer.activation = hidden ? config_.activation : output_activation;
        layer.normalise = hidden && config_.normalise;
        layer.epsilon = normal(config_.bn_epsilon);
        layer.moving = make_average(config_.bn_momentum);
        layer.dropout_scale = 1;
        if (hidden && config_.dropout[i] > 0) {
            const double rate = config_.dropout[i];
            layer.dropout_bits = bits_for(rate);
            const auto below = static_cast<std::uint64_t>(std::llround(std::ldexp(rate, layer.dropout_bits)));
            layer.dropout_below = static_cast<std::uint32_t>(std::min<std::uint64_t>(below, UINT32_MAX));
            layer.dropout_scale = static_cast<float>(std::min(1 / (1 - rate), 0x1p32)); // of what the clamp keeps
        }
        const std::size_t width = static_cast<std::size_t>(layer.n_panels) * P;
        layer.kernel = tensor(width * layer.in_rows);
        layer.bias = tensor(width);
        parameters_.push_back({"kernel", layer.n_in, layer.n_out, true, i, layer.kernel});
        parameters_.push_back({"bias", 0, layer.n_out, true, i, layer.bias});
        if (layer.normalise) {
            layer.gamma = tensor(width);
            layer.beta = tensor(width);
            layer.moving_mean = array(width);
            layer.moving_variance = array(width);
            std::fill_n(layer.gamma.value, layer.n_out, 1.0f);
            std::fill_n(layer.moving_variance, layer.n_out, 1.0f);
            parameters_.push_back({"gamma", 0, layer.n_out, true, i, layer.gamma});
            parameters_.push_back({"beta", 0, layer.n_out, true, i, layer.beta});
            parameters_.push_back({"moving mean", 0, layer.n_out, false, i, {layer.moving_mean, {}}});
            parameters_.push_back({"moving variance", 0, layer.n_out, false, i, {layer.moving_variance, {}}});
        }
        layers_.push_back(layer);
    }
    column_alive_ = Array<std::uint8_t>(layers_[0].in_rows / 4);
}

std::unique_ptr<Network::Workspace> Network::make_workspace(int rows, bool training) {
    const int P = kernels_.panel;
    auto w = std::make_unique<Workspace>();
    w->capacity = round_up(rows, 8);
    const std::size_t capacity = w->capacity;
    const auto floats = [&](std::size_t n) {
        w->floats.emplace_back(n);
        return w->floats.back().get();
    };
    const auto words = [&](std::size_t n) {
        w->words.emplace_back(n);
        return w->words.back().get();
    };
    const auto ints = [&](std::size_t n) {
        w->ints.emplace_back(n);
        return w->ints.back().get();
    };
    for (const Layer &layer : layers_) {
        const std::size_t width = static_cast<std::size_t>(layer.n_panels) * P;
        Activity a{};
        a.panel = capacity * P;
        a.h = floats(capacity * width);
        const bool separate = training && (layer.normalise || layer.dropout_bits);
        a.y = separate ? floats(capacity * width) : a.h;
        if (training) {
            a.dz = floats(capacity * width);
            if (layer.dropout_bits) a.mask = words(layer.n_panels * capacity);
            if (layer.normalise) {
                a.mean = floats(width);
                a.scale = floats(width);
            }
        }
        w->activity.push_back(a);
    }
    if (capacity <= kMaxLitRows) {
        std::size_t widest = 0;
        for (const Layer &layer : layers_) widest = std::max<std::size_t>(widest, layer.n_panels * P);
        constexpr std::size_t kEnd = 32; // a whole vector and the padding are written behind the last entry
        const auto lists = [&](std::size_t n_lists, std::size_t stride, std::size_t n_lines, std::size_t n_blocks) {
            w->halves.emplace_back(n_lists * stride);
            Lit lit{};
            lit.offset = w->halves.back().get();
            lit.value = floats(n_lists * stride);
            lit.start = ints(n_lines * n_blocks);
            lit.count = ints(n_lines * n_blocks);
            lit.stride = stride;
            lit.n_blocks = static_cast<int>(n_blocks);
            return lit;
        };
        const int blocks = divide_up(static_cast<int>(widest), kLitColumns), parts = divide_up(w->capacity, kLitRows);
        w->rows = lists(blocks, capacity * kLitColumns + kEnd, capacity, blocks);
        if (training) w->columns = lists(widest, parts * kLitRows + kEnd, widest, parts);
    }
    w->loss = Array<float>(capacity);
    w->hit = Array<std::uint8_t>(capacity);
    return w;
}

// The lists of dense batches, which grow with rows x columns: made for the first dense batch.
void Network::make_input(Workspace &w, bool training) {
    const auto floats = [&](std::size_t n) {
        w.floats.emplace_back(n);
        return w.floats.back().get();
    };
    const auto words = [&](std::size_t n) {
        w.words.emplace_back(n);
        return w.words.back().get();
    };
    const auto ints = [&](std::size_t n) {
        w.ints.emplace_back(n);
        return w.ints.back().get();
    };
    const std::size_t capacity = w.capacity;
    Input in{};
    in.n_columns = config_.n_inputs;
    in.in_rows = layers_[0].in_rows;
    in.n_blocks = divide_up(in.in_rows, kInputBlock);
    in.stride = w.capacity + 4;
    const std::size_t cells = capacity * in.in_rows;
    in.row_offset = words(cells / 4);
    in.row_value = floats(cells);
    in.row_count = ints(capacity / 4 * in.n_blocks);
    in.column_alive = column_alive_.get();
    if (training) {
        in.column_offset = words(static_cast<std::size_t>(in.in_rows) / 4 * in.stride);
        in.column_value = floats(static_cast<std::size_t>(in.in_rows) * in.stride);
        in.column_count = ints(in.in_rows / 4);
    }
    w.input = in;
}

bool Network::is_finite() {
    if (!finite_)
        finite_ = std::all_of(parameters_.begin(), parameters_.end(), [&](const Parameter &p) {
            const Layer &layer = layers_[p.layer];
            const std::size_t width = static_cast<std::size_t>(layer.n_panels) * kernels_.panel;
            return all_finite(p.tensor.value, width * (p.rows ? layer.in_rows : 1));
        });
    return *finite_;
}

void Network::read(const Parameter &p, int array, float *to) const {
    const float *const from = array_of(p, array);
    const int P = kernels_.panel;
    if (p.rows == 0) {
        std::copy_n(from, p.columns, to);
        return;
    }
    const Layer &layer = layers_[p.layer];
    for (int r = 0; r < p.rows; ++r) {
        const std::size_t outside = p.layer == 0 ? columns_[r] : r;
        for (int c = 0; c < p.columns; ++c)
            to[outside * p.columns + c] = from[(static_cast<std::size_t>(c / P) * layer.in_rows + r) * P + c % P];
    }
}

void Network::write(const Parameter &p, int array, const float *from) {
    finite_.reset();
    float *const to = array_of(p, array);
    const int P = kernels_.panel;
    const Layer &layer = layers_[p.layer];
    if (p.rows == 0) {
        std::fill_n(to, layer.n_panels * P, 0.0f); // a network that diverged leaves NaN in the padding, too
        std::copy_n(from, p.columns, to);
        return;
    }
    std::fill_n(to, static_cast<std::size_t>(layer.n_panels) * layer.in_rows * P, 0.0f);
    for (int r = 0; r < p.rows; ++r) {
        const std::size_t outside = p.layer == 0 ? columns_[r] : r;
        for (int c = 0; c < p.columns; ++c)
            to[(static_cast<std::size_t>(c / P) * layer.in_rows + r) * P + c % P] = from[outside * p.columns + c];
    }
}

} // namespace mlp
