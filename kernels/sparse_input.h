// The first layer's view of a batch of sparse rows: the lists of Input (layout.h), made from the non-zero values alone
// and packed one after the other, so that time and memory follow their number instead of rows x columns.
#pragma once
#include <vector>

#include "layout.h"
#include "memory.h"
#include "team.h"

namespace mlp {

// Compressed sparse rows: row r has value[i] in column[i], i in [start[r], start[r + 1]), columns rising.
struct Csr {
    const float *value;
    const std::int32_t *column;
    const std::int64_t *start;
};

// The caller's features: [n][n_columns], or sparse.
struct Table {
    Table(const float *all) : dense(all) {}
    Table(const Csr &rows) : csr(rows) {}
    bool is_sparse() const { return csr.start != nullptr; }
    const float *dense = nullptr;
    Csr csr{};
};

// Makes the lists of a batch, and keeps them until the next. The lists hold the same rows and columns in the same
// order as those of the same batch given dense, so that the results are the same to the bit.
class SparseLists {
  public:
    // columns: column j of x is the caller's column columns[j]; alive: as Input's column_alive.
    SparseLists(const std::vector<std::int32_t> &columns, int in_rows, int panel, std::uint8_t *alive);

    // The lists by rows, and in training those by columns, of n_rows rows of x.
    void list(Team &, const Csr &x, const std::int64_t *rows, int n_rows, bool training);
    const SparseInput *input() const { return &input_; }
    std::int64_t n_listed(int n_rows) const; // by rows: what forward visits
    std::int64_t n_listed_by_columns() const { return static_cast<std::int64_t>(column_start_.back()); }

  private:
    // A thread's own: one group of four rows, dense, and a bit for each column that is lit. Zero between groups.
    struct Scratch {
        Array<float> x;
        std::vector<std::uint64_t> bits;
    };
    void list_group(const Csr &x, const std::int64_t *rows, int n, int group, Scratch &);
    void list_columns(const Csr &x, const std::int64_t *rows, int n_rows);

    const std::vector<std::int32_t> &columns_;
    std::vector<std::int32_t> position_; // of the caller's column in x
    int in_rows_, panel_;
    std::uint8_t *alive_;
    SparseInput input_{};
    std::vector<Scratch> scratch_;
    std::vector<std::size_t> base_, row_start_, column_start_, column_end_;
    std::vector<std::int32_t> last_row_;
    Array<std::uint32_t> row_offset_, column_offset_;
    Array<float> row_value_, column_value_;
};

} // namespace mlp
