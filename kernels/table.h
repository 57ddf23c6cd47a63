// Checks of features that come from Python: a dense array, or anything with the members of a SciPy CSR array.
#pragma once
#include <optional>

#include "arguments.h"
#include "sparse_input.h"

namespace mlp {

// Features of shape (n, n_columns). Of a sparse one every row pointer and every column has been looked at, so that
// nothing behind it can go out of bounds.
class CheckedTable {
  public:
    CheckedTable(nb::handle object, std::int64_t n_columns) {
        if (nb::ndarray_check(object) || !nb::hasattr(object, "indptr")) {
            dense_.emplace(object, "features", "float32", Shape{-1, n_columns});
            n_ = dense_->size();
            return;
        }
        read_shape(object, n_columns);
        value_.emplace(object.attr("data"), "features.data", "float32", Shape{-1});
        column_.emplace(object.attr("indices"), "features.indices", "int32", Shape{value_->size()});
        read_starts(object.attr("indptr"));
        check_columns(n_columns);
    }
    std::int64_t size() const { return n_; }
    bool is_sparse() const { return !dense_; }
    Table table() const {
        if (dense_) return dense_->data();
        return Csr{value_->data(), column_->data(), start_.data()};
    }

  private:
    void read_shape(nb::handle object, std::int64_t n_columns) {
        Shape found;
        if (!nb::hasattr(object, "shape") || !nb::try_cast(object.attr("shape"), found) || found.size() != 2 ||
            found[0] < 0 || found[1] != n_columns)
            reject("features must be a sparse array of shape " + text({-1, n_columns}) + ", got shape " + text(found));
        n_ = found[0];
    }

    // SciPy takes 32 bits where they suffice.
    void read_starts(nb::object indptr) {
        const char *const what = "features.indptr";
        nb::ndarray<nb::ro, nb::device::cpu> array;
        if (nb::ndarray_check(indptr) && nb::try_cast(indptr, array, false) &&
            array.dtype() == nb::dtype<std::int32_t>()) {
            const Checked<std::int32_t> given(indptr, what, "int32", {n_ + 1});
            start_.assign(given.data(), given.data() + n_ + 1);
        } else {
            const Checked<std::int64_t> given(indptr, what, "int64", {n_ + 1});
            start_.assign(given.data(), given.data() + n_ + 1);
        }
        bool rises = start_.front() == 0 && start_.back() <= value_->size();
        for (std::int64_t r = 0; rises && r < n_; ++r) rises = start_[r] <= start_[r + 1];
        if (!rises)
            reject("features.indptr must rise from 0 to at most " + std::to_string(value_->size()) +
                   ", the number of values, got another");
    }

    void check_columns(std::int64_t n_columns) const {
        const std::int32_t *const column = column_->data();
        for (std::int64_t r = 0; r < n_; ++r) {
            std::int64_t last = -1;
            for (std::int64_t i = start_[r]; i < start_[r + 1]; last = column[i++])
                if (column[i] <= last || column[i] >= n_columns)
                    reject("features.indices must rise within each row and lie in 0.." + std::to_string(n_columns - 1) +
                           ", got " + std::to_string(column[i]) + " in row " + std::to_string(r) +
                           ", fix: features.sum_duplicates()");
        }
    }

    std::int64_t n_ = 0;
    std::optional<Checked<float>> dense_, value_;
    std::optional<Checked<std::int32_t>> column_;
    std::vector<std::int64_t> start_;
};

} // namespace mlp
