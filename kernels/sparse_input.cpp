#include "sparse_input.h"

#include <algorithm>

namespace mlp {
namespace {

constexpr int kWord = 64;
constexpr int kLeastList = 32; // entries of a list that pay for loading and storing a tile's sums
constexpr int kListsPerTask = 8;

// Columns of a block: as few as fill a list, so that the block's weights stay in the cache while the batch passes.
int block_columns(double lit_per_row, int n_columns) {
    const double lit = std::min(1.0, 4 * lit_per_row / n_columns); // of a group of four rows, at most
    int columns = kInputBlock;
    while (columns * lit < kLeastList && columns < n_columns) columns *= 2;
    return columns;
}

} // namespace

SparseLists::SparseLists(const std::vector<std::int32_t> &columns, int in_rows, int panel, std::uint8_t *alive)
    : columns_(columns), position_(columns.size()), in_rows_(in_rows), panel_(panel), alive_(alive),
      column_start_(in_rows / 4 + 1), column_end_(in_rows / 4), last_row_(in_rows / 4) {
    for (std::size_t j = 0; j < columns.size(); ++j) position_[columns[j]] = static_cast<std::int32_t>(j);
}

void SparseLists::list(Team &team, const Csr &x, const std::int64_t *rows, int n_rows, bool training) {
    const int n_groups = divide_up(n_rows, 4);
    base_.assign(n_groups + 1, 0);
    for (int r = 0; r < n_rows; ++r)
        base_[r / 4 + 1] += static_cast<std::size_t>(x.start[rows[r] + 1] - x.start[rows[r]]);
    for (int g = 0; g < n_groups; ++g) base_[g + 1] += base_[g];
    const std::size_t n = base_.back(), capacity = std::max<std::size_t>(n + n / 4, 1);
    // The offsets, whose size is asked, last: there may be no memory for the values, and then a next batch.
    if (row_offset_.size() < n) {
        row_value_ = Array<float>(4 * capacity);
        row_offset_ = Array<std::uint32_t>(capacity);
    }
    if (training && column_offset_.size() < n) {
        column_value_ = Array<float>(4 * capacity);
        column_offset_ = Array<std::uint32_t>(capacity);
    }
    while (scratch_.size() < static_cast<std::size_t>(team.size()))
        scratch_.push_back({Array<float>(4 * static_cast<std::size_t>(in_rows_)),
                            std::vector<std::uint64_t>(divide_up(in_rows_, kWord))});
    input_.block_columns = block_columns(static_cast<double>(n) / n_rows, in_rows_);
    input_.n_blocks = divide_up(in_rows_, input_.block_columns);
    row_start_.resize(static_cast<std::size_t>(n_groups) * (input_.n_blocks + 1));
    const int n_tasks = divide_up(n_groups, kListsPerTask);
    team.run(n_tasks + training, [&](int task, int thread) {
        if (training && task == 0) return list_columns(x, rows, n_rows); // the longest task first
        const int first = (task - training) * kListsPerTask;
        for (int g = first; g < std::min(n_groups, first + kListsPerTask); ++g)
            list_group(x, rows + 4 * g, std::min(4, n_rows - 4 * g), g, scratch_[thread]);
    });
    input_.row_start = row_start_.data();
    input_.row_offset = row_offset_.get();
    input_.row_value = row_value_.get();
    input_.column_start = column_start_.data();
    input_.column_offset = column_offset_.get();
    input_.column_value = column_value_.get();
    input_.column_alive = alive_;
}

// A bit for each lit column puts the columns of four rows in order in one pass, whatever the order of columns.
void SparseLists::list_group(const Csr &x, const std::int64_t *rows, int n, int group, Scratch &scratch) {
    float *const block = scratch.x.get();
    for (int i = 0; i < n; ++i)
        for (std::int64_t k = x.start[rows[i]]; k < x.start[rows[i] + 1]; ++k) {
            if (x.value[k] == 0) continue;
            const std::int32_t c = position_[x.column[k]];
            block[4 * static_cast<std::size_t>(c) + i] = x.value[k];
            scratch.bits[c / kWord] |= std::uint64_t{1} << c % kWord;
        }
    std::size_t end = base_[group],
                *start = row_start_.data() + static_cast<std::size_t>(group) * (input_.n_blocks + 1);
    const int n_words = static_cast<int>(scratch.bits.size()), words_per_block = input_.block_columns / kWord;
    for (int word = 0; word < n_words; ++word) {
        if (word % words_per_block == 0) *start++ = end;
        for (std::uint64_t bits = scratch.bits[word]; bits; bits &= bits - 1, ++end) {
            const std::size_t c = static_cast<std::size_t>(word) * kWord + __builtin_ctzll(bits);
            row_offset_.get()[end] = static_cast<std::uint32_t>(c) * panel_;
            std::copy_n(block + 4 * c, 4, row_value_.get() + 4 * end);
            std::fill_n(block + 4 * c, 4, 0.0f);
        }
        scratch.bits[word] = 0;
    }
    *start = end;
}

// Counted first, then written: the lists of all groups of columns lie packed.
void SparseLists::list_columns(const Csr &x, const std::int64_t *rows, int n_rows) {
    const int n_groups = in_rows_ / 4;
    const auto each = [&](auto body) {
        std::fill(last_row_.begin(), last_row_.end(), -1);
        for (int r = 0; r < n_rows; ++r)
            for (std::int64_t k = x.start[rows[r]]; k < x.start[rows[r] + 1]; ++k) {
                if (x.value[k] == 0) continue;
                const std::int32_t c = position_[x.column[k]];
                body(r, c / 4, c % 4, x.value[k], last_row_[c / 4] != r);
                last_row_[c / 4] = r;
            }
    };
    std::fill(column_end_.begin(), column_end_.end(), std::size_t{0});
    each([&](int, int group, int, float, bool first) { column_end_[group] += first; });
    std::size_t end = 0;
    for (int g = 0; g < n_groups; ++g) {
        column_start_[g] = end;
        end += column_end_[g];
        alive_[g] |= column_end_[g] > 0;
        column_end_[g] = column_start_[g];
    }
    column_start_[n_groups] = end;
    each([&](int r, int group, int i, float value, bool first) {
        if (first) {
            column_offset_.get()[column_end_[group]] = static_cast<std::uint32_t>(r) * panel_;
            std::fill_n(column_value_.get() + 4 * column_end_[group]++, 4, 0.0f);
        }
        column_value_.get()[4 * (column_end_[group] - 1) + i] = value;
    });
}

std::int64_t SparseLists::n_listed(int n_rows) const {
    std::int64_t n = 0;
    const std::size_t ends = input_.n_blocks + 1;
    for (int g = 0; g < divide_up(n_rows, 4); ++g)
        n += static_cast<std::int64_t>(row_start_[g * ends + input_.n_blocks] - row_start_[g * ends]);
    return n;
}

} // namespace mlp
