// Numbers, durations and differences as words.
import assert from "node:assert/strict";
import test from "node:test";
import {
  about,
  coarse,
  counted,
  difference,
  duration,
  loss,
  measured,
  percent,
  runName,
  runSays,
  shareDone,
  studySays,
} from "../../src/mlpstudy/dashboard/assets/words.js";

const says = (words, cases) => {
  for (const [value, text] of cases) assert.equal(words(value), text, String(value));
};

test("A duration is said in one unit, with about two digits, as mlpstudy says it everywhere.", () => {
  says(duration, [
    [-3, "0 s"],
    [0, "0 s"],
    [0.0123, "12 ms"],
    [0.25, "250 ms"],
    [1.4, "1.4 s"],
    [9.97, "10 s"],
    [75, "75 s"],
    [4000, "67 min"],
    [9000, "2.5 h"],
    [90_000, "25 h"],
  ]);
});

test("Time left has no more digits than an estimate has.", () => {
  says(about, [
    [0, "less than 20 s"],
    [19.9, "less than 20 s"],
    [24, "about 20 s"],
    [89, "about 90 s"],
    [90, "about 2 min"],
    [3000, "about 50 min"],
    [4000, "about 67 min"],
    [9000, "about 2.5 h"],
  ]);
});

test("What is long ago is said in tens of seconds, or whole minutes, hours or days.", () => {
  says(coarse, [
    [5, "10 s"],
    [12, "20 s"],
    [60, "1 min"],
    [179, "2 min"],
    [3600, "1 h"],
    [7199, "1 h"],
    [86_399, "23 h"],
    [86_400, "1 day"],
    [200_000, "2 days"],
  ]);
});

test("Shares and losses have fixed digits, of two that are equally near the even one, and a dash is nothing.", () => {
  says(percent, [
    [0.987_65, "98.77 %"],
    [97 / 800, "12.12 %"],
    [99 / 800, "12.38 %"],
    [1, "100.00 %"],
    [0, "0.00 %"],
    [null, "–"],
  ]);
  assert.equal(percent(0.5, 0), "50 %");
  says(loss, [
    [0.05, "0.0500"],
    [0, "0.0000"],
    [999.99, "999.9900"],
    [123_456, "1.23e5"],
    [null, "–"],
  ]);
});

const POINTS = { factor: 100, digits: 2, of_values: "%" };
const NATS = { factor: 1, digits: 4, of_values: "nats" };

test("A value of the metric has the digits and the unit that the study sends.", () => {
  assert.equal(measured(0.5, POINTS), "50.00 %");
  assert.equal(measured(0.0712, NATS), "0.0712 nats");
  assert.equal(measured(1.5, { factor: 1, digits: 3, of_values: "cm" }), "1.500 cm");
  assert.equal(measured(null, NATS), "–");
});

test("A difference has its sign and the digits of its unit.", () => {
  assert.equal(difference(0.0123, POINTS), "+1.23");
  assert.equal(difference(-0.0123, POINTS), "−1.23");
  for (const nothing of [0, -0.000_01, 0.000_01]) assert.equal(difference(nothing, POINTS), "0.00");
  assert.equal(difference(0.012_34, NATS), "+0.0123");
  assert.equal(difference(-1.5, NATS), "−1.5000");
  assert.equal(difference(null, NATS), "–");
});

test("What is counted has its plural and its thousands apart.", () => {
  assert.equal(counted(1, "run"), "1 run");
  assert.equal(counted(0, "run"), "0 runs");
  assert.equal(counted(12_345, "run"), "12,345 runs");
});

test("A run is said by its architecture and seed, and by what became of it.", () => {
  const state = { head: { architectures: [{ name: "plain-2", n_epochs: 20 }] } };
  const run = { architecture: 0, seed: 3, n_epochs_done: 7, diverged_epoch: 8, reason: "the loss is no number" };
  assert.equal(runName(state, run), "plain-2, seed 3");
  const done = { ...run, test_accuracy: 0.9765, test_loss: 0.0812 };
  assert.equal(runSays(state, { ...done, status: "finished" }), "finished: test accuracy 97.65 %, loss 0.0812");
  assert.equal(runSays(state, { ...run, status: "running" }), "training: epoch 7 of 20");
  assert.equal(runSays(state, { ...run, status: "interrupted" }), "interrupted after epoch 7 of 20");
  assert.equal(runSays(state, { ...run, status: "diverged" }), "diverged at epoch 8: the loss is no number");
  assert.equal(runSays(state, { ...run, status: "failed" }), "failed: the loss is no number");
});

test("A study is said by its runs, what failed, and when it changed unless it is training.", () => {
  const study = { n_done: 5, n_planned: 8, n_failed: 0, changed_at: "2026-11-26T10:00:00Z", status: "done", key: "a" };
  const after = (seconds) => Date.parse(study.changed_at) + 1000 * seconds;
  assert.equal(shareDone(study), 0.625);
  assert.equal(shareDone({ ...study, n_planned: 0 }), 0);
  assert.equal(studySays(study, after(4)), "5 of 8 runs (62 %) · last change now · a");
  const failed = { ...study, n_failed: 2 };
  assert.equal(studySays(failed, after(180)), "5 of 8 runs (62 %), 2 failed · last change 3 min ago · a");
  assert.equal(studySays({ ...study, status: "running" }, after(180)), "5 of 8 runs (62 %) · a");
});
