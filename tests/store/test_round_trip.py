"""What is written is what is read: every record, every array, in the order promised."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mlpstudy.errors import ResultsError, StoreError
from mlpstudy.records import EpochRecord
from mlpstudy.store import Store, WritableStore, verify
from mlpstudy.study import load_study
from store import samples

if TYPE_CHECKING:
    from pathlib import Path

STUDY = samples.tiny_study()


def test_a_study_is_read_back(tmp_path: Path) -> None:
    """A folder says all of its study and data that reading results needs, without the data."""
    data = samples.tiny_data()
    samples.fill(tmp_path / "s", [])
    with Store.open(tmp_path / "s") as store:
        assert store.study() == STUDY
        assert store.study().identity() == STUDY.identity()
        assert store.class_names == data.class_names
        assert store.image_shape == (2, 3)
        assert store.data_sha256 == data.sha256
        assert store.engine == "native"
        assert store.validation_source == "held out"
        assert (store.n_features, store.n_examples) == (6, (20, 7, 11))
        assert (store.planned_seeds, store.semantics_version) == (2, 1)
        np.testing.assert_array_equal(store.test_labels(), data.test.labels)
        assert store.test_labels().dtype == np.int32
        assert store.preprocessing() == samples.PREPROCESSING
        assert store.runs() == ()


def test_data_without_preprocessing(tmp_path: Path) -> None:
    """What was never known is None."""
    data = replace(samples.tiny_data(), preprocessing=None)
    with WritableStore.create_or_open(tmp_path, STUDY, data, "native") as store:
        assert store.preprocessing() is None
        assert verify(store) == []


def test_diagnostics_are_read_back(tmp_path: Path) -> None:
    """Of a running, a failed and a finished run, in the order of the layers; a number that is none stays none."""
    begun, expected = samples.record(STUDY), str(samples.diagnostics(1) + samples.diagnostics(2))
    with samples.write(tmp_path) as store:
        store.begin_run(begun)
        for number in (1, 2, 1):
            store.add_epoch(begun.run_id, samples.epoch(number), samples.diagnostics(number))
        assert str(store.diagnostics(begun.run_id)) == str(samples.diagnostics(1) + samples.diagnostics(2))
        store.fail_run(replace(samples.failed(STUDY), n_epochs_done=2))
        assert str(store.diagnostics(begun.run_id)) == expected
        store.fail_run(replace(samples.failed(STUDY), n_epochs_done=1))
        assert str(store.diagnostics(begun.run_id)) == str(samples.diagnostics(1))
        store.finish_run(samples.finished(STUDY))
        assert str(store.diagnostics(begun.run_id)) == expected[:-1] + ", " + str(samples.diagnostics(3))[1:]
        assert verify(store) == []


def test_diagnostics_of_an_epoch_that_was_not(tmp_path: Path) -> None:
    """Diagnostics must belong to an epoch that was completed."""
    result = replace(samples.finished(STUDY), diagnostics=samples.diagnostics(4))
    with samples.write(tmp_path) as store, pytest.raises(StoreError, match="diagnostics of the epochs 1 to 3 only"):
        store.finish_run(result)


def test_baselines_are_read_back(tmp_path: Path) -> None:
    """In the order in which they were recorded; one that is recorded again is replaced."""
    first, second = samples.baseline("b"), samples.baseline("a")
    with samples.write(tmp_path) as store:
        for baseline in (first, second, replace(first, test_loss=7.0)):
            store.put_baseline(baseline)
    with Store.open(tmp_path) as store:
        found = {baseline.name: baseline for baseline in store.baselines()}
        assert (found["b"].test_loss, found["a"].test_loss) == (7.0, second.test_loss)
        for name, written in (("b", first), ("a", second)):
            assert found[name].test_accuracy == written.test_accuracy
            np.testing.assert_array_equal(found[name].predicted, written.predicted)
            np.testing.assert_array_equal(found[name].p_true, written.p_true)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"predicted": np.zeros(3, np.int32)}, r"what it did on 11 test examples, got lengths \[3, 11\]"),
        ({"test_loss": float("nan")}, "must have a finite test loss and accuracy, got loss nan"),
    ],
)
def test_baselines_that_do_not_fit(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    """A baseline of other examples, or without a loss, is refused."""
    with samples.write(tmp_path) as store, pytest.raises(StoreError, match=message):
        store.put_baseline(replace(samples.baseline(), **changes))


def test_order_of_factors_survives(tmp_path: Path) -> None:
    """The notebook's nine architectures come back in the order of its file, not of the alphabet."""
    notebook = load_study("notebook")
    samples.fill(tmp_path, [], notebook)
    with Store.open(tmp_path) as store:
        assert [a.name for a in store.study().architectures] == [a.name for a in notebook.architectures]
        assert store.study().identity() == notebook.identity()


def test_no_images(tmp_path: Path) -> None:
    """Data that are no images have no image shape."""
    with WritableStore.create_or_open(tmp_path, STUDY, samples.tiny_data(image_shape=None), "native") as store:
        assert store.image_shape is None


def test_a_finished_run_is_read_back(tmp_path: Path) -> None:
    """Record, epochs, outcome and both sets of weights come back bit by bit, tensors in the order of the layers."""
    result = samples.finished(STUDY, "3", 1)
    samples.fill(tmp_path, [result])
    run_id = result.record.run_id
    with Store.open(tmp_path) as store:
        assert store.runs() == (result.record,)
        assert store.run(run_id) == result.record
        assert store.epochs(run_id) == result.epochs
        assert store.all_epochs() == {run_id: result.epochs}
        assert store.completed_run_ids() == {run_id}
        assert result.outcome is not None
        for found in (store.outcome(run_id), store.outcomes()[run_id], store.outcomes([run_id])[run_id]):
            for name in ("predicted", "p_predicted", "p_true"):
                np.testing.assert_array_equal(getattr(found, name), getattr(result.outcome, name))
                assert getattr(found, name).dtype == getattr(result.outcome, name).dtype
        for which, written in (("initial", result.initial_weights), ("final", result.final_weights)):
            read = store.weights(run_id, "initial" if which == "initial" else "final")
            assert list(read) == list(written)
            for name, tensor in written.items():
                np.testing.assert_array_equal(read[name], tensor)
                assert read[name].dtype == np.float32
        assert verify(store) == []


def test_runs_are_ordered_by_architecture_then_seed(tmp_path: Path) -> None:
    """In whatever order runs end, they are listed as the study lists them."""
    wanted = [("4", 0), ("4", 1), ("3", 0), ("3", 1)]
    samples.fill(tmp_path, [samples.finished(STUDY, *key) for key in reversed(wanted)])
    with Store.open(tmp_path) as store:
        assert [(run.architecture, run.seed) for run in store.runs()] == wanted
        assert len(store.outcomes()) == 4


def test_outcomes_keep_the_order_asked_for(tmp_path: Path) -> None:
    """Outcomes come in the order of the run ids; runs without one are missing."""
    results = [samples.finished(STUDY, "4", seed) for seed in (0, 1)]
    ids = [result.record.run_id for result in results]
    samples.fill(tmp_path, [*results, samples.diverged(STUDY, "3")])
    with Store.open(tmp_path) as store:
        assert list(store.outcomes([ids[1], samples.record(STUDY, "3").run_id, ids[0]])) == [ids[1], ids[0]]
        assert list(store.outcomes([f"{i:016x}" for i in range(2000)])) == []


def test_a_diverged_run_is_complete_without_outcome(tmp_path: Path) -> None:
    """A run that diverged keeps its epoch of divergence, has no outcome and no weights, and is not run again."""
    result = samples.diverged(STUDY)
    run_id = result.record.run_id
    samples.fill(tmp_path, [result])
    with Store.open(tmp_path) as store:
        assert store.runs() == (result.record,)
        assert store.completed_run_ids() == {run_id}
        with pytest.raises(ResultsError, match=r"must be finished to have an outcome, got 'diverged'"):
            store.outcome(run_id)
        with pytest.raises(ResultsError, match=r"must be finished to have weights, got the status diverged"):
            store.weights(run_id, "final")
        assert verify(store) == []


def test_infinite_and_missing_numbers_survive(tmp_path: Path) -> None:
    """A loss of infinity comes back as infinity, one of NaN as NaN."""
    result = samples.diverged(STUDY)
    odd = EpochRecord(1, math.inf, 0.25, math.nan, 0.5, 1.0, 2.0)
    with samples.write(tmp_path) as store:
        store.finish_run(replace(result, epochs=(odd,)))
        (read,) = store.epochs(result.record.run_id)
        assert verify(store) == []
    assert read.train_loss == math.inf
    assert math.isnan(read.val_loss)
    assert read.val_accuracy == 0.5


def test_unknown_runs_are_named(tmp_path: Path) -> None:
    """Asking for a run that is not there says so."""
    with samples.write(tmp_path) as store:
        for ask in (store.run, store.outcome, lambda run_id: store.weights(run_id, "final")):
            with pytest.raises(ResultsError, match=r"run 0123456789abcdef must be one of the study in"):
                ask("0123456789abcdef")
        assert store.epochs("0123456789abcdef") == ()


def test_a_reader_follows_a_writer(tmp_path: Path) -> None:
    """A reader sees each epoch as soon as it is recorded, and the change counter moves with it and only then."""
    begun = samples.record(STUDY)
    with samples.write(tmp_path) as writer, Store.open(tmp_path) as reader:
        writer.begin_run(begun)
        counters = [reader.change_counter()]
        for i in (1, 2):
            assert reader.change_counter() == counters[-1]
            writer.add_epoch(begun.run_id, samples.epoch(i))
            counters.append(reader.change_counter())
            assert reader.epochs(begun.run_id) == samples.epochs(i)
            assert reader.run(begun.run_id).n_epochs_done == i
            assert reader.run(begun.run_id).status == "running"
        assert len(set(counters)) == 3
        own = writer.change_counter()
        writer.finish_run(samples.finished(STUDY))
        assert writer.change_counter() != own
        assert reader.run(begun.run_id).status == "finished"


def test_a_reader_may_be_used_from_any_thread(tmp_path: Path) -> None:
    """Many threads read through one reader at once, and all see the same."""
    samples.fill(tmp_path, [samples.finished(STUDY, "4", seed) for seed in (0, 1)])
    seen: list[int] = []
    with Store.open(tmp_path) as store:

        def read() -> None:
            seen.extend(len(store.runs()) + len(store.outcomes()) for _ in range(20))

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == [4] * 80


def test_the_writer_belongs_to_one_thread(tmp_path: Path) -> None:
    """Writing from a second thread is refused with one line."""
    caught: list[StoreError] = []
    with samples.write(tmp_path) as store:

        def begin() -> None:
            try:
                store.begin_run(samples.record(STUDY))
            except StoreError as error:
                caught.append(error)

        thread = threading.Thread(target=begin)
        thread.start()
        thread.join()
        assert store.runs() == ()
    assert len(caught) == 1
    assert "thread" in str(caught[0])


def test_weights_must_be_float32(tmp_path: Path) -> None:
    """Weights of another type are refused, not rounded silently."""
    result = samples.finished(STUDY)
    wrong: Any = {name: tensor.astype(np.float64) for name, tensor in result.final_weights.items()}
    with samples.write(tmp_path) as store:
        with pytest.raises(StoreError, match=r"weights final/hidden_1.kernel .* must be float32"):
            store.finish_run(replace(result, final_weights=wrong))
        assert store.runs() == ()


def test_weights_of_any_layout_are_read_back(tmp_path: Path) -> None:
    """A transposed view is stored as what it shows."""
    result = samples.finished(STUDY)
    kernel = result.final_weights["output.kernel"]
    view = np.ascontiguousarray(kernel.T).T
    assert not view.flags.c_contiguous
    with samples.write(tmp_path) as store:
        store.finish_run(replace(result, final_weights={**result.final_weights, "output.kernel": view}))
        np.testing.assert_array_equal(store.weights(result.record.run_id, "final")["output.kernel"], kernel)


def test_the_same_weights_give_the_same_file(tmp_path: Path) -> None:
    """The file of weights is a function of the weights: two folders hold the same bytes."""
    result = samples.finished(STUDY)
    contents = []
    for name in ("a", "b"):
        samples.fill(tmp_path / name, [result])
        (file,) = (tmp_path / name / "weights").iterdir()
        contents.append(file.read_bytes())
    assert contents[0] == contents[1]
