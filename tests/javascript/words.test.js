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
  percent,
  runName,
  runSays,
} from "../../src/mlpstudy/dashboard/assets/words.js";

const says = (words, cases) => {
  for (const [value, text] of cases) assert.equal(words(value), text, String(value));
};

test("A duration is said in its two largest units, rounded to the smaller one.", () => {
  says(duration, [
    [-3, "0 s"],
    [0, "0 s"],
    [0.0123, "12 ms"],
    [0.25, "250 ms"],
    [1.4, "1 s"],
    [59.4, "59 s"],
    [59.5, "1 min 00 s"],
    [61, "1 min 01 s"],
    [3599.6, "1 h 00 min"],
    [3660, "1 h 01 min"],
    [90_000, "25 h 00 min"],
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
    [4000, "about 1 h 05 min"],
  ]);
});

test("What is long ago is said in whole minutes, hours without their minutes where there are none, and days.", () => {
  says(coarse, [
    [12, "12 s"],
    [60, "1 min"],
    [179, "2 min"],
    [3600, "1 h"],
    [3725, "1 h 02 min"],
    [86_399, "23 h 59 min"],
    [86_400, "1 day"],
    [200_000, "2 days"],
  ]);
});

test("Shares and losses have fixed digits, and a dash where nothing was measured.", () => {
  says(percent, [
    [0.987_65, "98.77 %"],
    [1, "100.00 %"],
    [0, "0.00 %"],
    [null, "–"],
  ]);
  assert.equal(percent(0.5, 0), "50 %");
  says(loss, [
    [0.05, "0.0500"],
    [0, "0.0000"],
    [null, "–"],
  ]);
});

test("A difference has its sign and the digits of its unit.", () => {
  assert.equal(difference(0.0123, "percentage points"), "+1.23");
  assert.equal(difference(-0.0123, "percentage points"), "−1.23");
  assert.equal(difference(0, "percentage points"), "+0.00");
  assert.equal(difference(0.012_34, "nats"), "+0.0123");
  assert.equal(difference(-1.5, "nats"), "−1.5000");
  assert.equal(difference(null, "nats"), "–");
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
