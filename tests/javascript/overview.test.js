// Who leads and how long it takes: order, medians, and what may be said without a judgement.
import assert from "node:assert/strict";
import test from "node:test";
import "./namespace.js";
import {
  intervalPicture,
  judgedSays,
  leaderRow,
  Overview,
  pairRow,
  ranked,
  shownVerdict,
  unjudged,
} from "../../src/mlpstudy/dashboard/assets/overview.js";

const head = {
  architectures: ["a", "b", "c", "d"].map((name) => ({ name })),
  table: [
    { n: 3, accuracy: 0.9, loss: 0.2 },
    { n: 0, accuracy: null, loss: null },
    { n: 3, accuracy: 0.95, loss: 0.3 },
    { n: 1, accuracy: 0.9, loss: 0.1 },
  ],
};

const POINTS = { factor: 100, digits: 2, of_values: "%", in_full: "percentage points", higher_is_better: true };
const NATS = { factor: 1, digits: 4, of_values: "nats", in_full: "nats", higher_is_better: false };
const CM = { factor: 1, digits: 3, of_values: "cm", in_full: "cm", higher_is_better: false };
const by = (metric, values) => ({
  ...head,
  metric,
  table: head.table.map((row, i) => ({ ...row, value: values[i] })),
});

test("The best mean is first, by the study's metric; equals keep their order, those without a run are last.", () => {
  const names = (metric, values) => ranked(by(metric, values)).map((row) => row.name);
  const accuracies = head.table.map((row) => row.accuracy);
  assert.deepEqual(names(POINTS, accuracies), ["c", "a", "d", "b"]);
  assert.deepEqual(
    names(
      NATS,
      head.table.map((row) => row.loss),
    ),
    ["d", "a", "c", "b"],
  );
  assert.deepEqual(
    ranked(by(POINTS, accuracies)).map((row) => row.i),
    [2, 0, 3, 1],
  );
});

test("By a metric that runs do not record the verdict's means decide; without them the study's order stays.", () => {
  const unknown = by(CM, [null, null, null, null]);
  const means = [1.5, null, 2.5, 0.5];
  const names = (given) => ranked(unknown, given).map((row) => row.name);
  assert.deepEqual(names(undefined), ["a", "b", "c", "d"]);
  assert.deepEqual(names(means), ["d", "a", "c", "b"]);
  const known = ranked(unknown, means);
  assert.equal(unjudged(known, CM, 4, { problem: null }), "d is ahead with 0.500 cm; not judged yet.");
});

test("Without a judgement it is said who is ahead, and of one architecture no comparison.", () => {
  const best = { name: "a", value: 0.9765 };
  const other = { name: "b", value: 0.9 };
  const waiting = { problem: null };
  assert.equal(unjudged([], POINTS, 2, waiting), "No run has finished yet.");
  assert.equal(unjudged([best], POINTS, 1, waiting), "a reaches 97.65 %; there is nothing to compare it with.");
  assert.equal(
    unjudged([{ name: "a", value: 0.08 }], NATS, 2, waiting),
    "Only a has finished runs so far: 0.0800 nats. There is nothing to compare yet.",
  );
  assert.equal(unjudged([best, other], POINTS, 2, waiting), "a is ahead with 97.65 %; not judged yet.");
  assert.equal(unjudged([best, other], POINTS, 2, { problem: "too few" }), "a is ahead with 97.65 %; not judged.");
});

test("An older verdict is shown while runs still end, and none but the last word afterwards.", () => {
  const verdict = { sentence: "a leads" };
  const shown = (status, isPresent) => shownVerdict({ head: { status }, verdict, judging: { is_present: isPresent } });
  assert.equal(shown("running", false), verdict);
  assert.equal(shown("finished", true), verdict);
  assert.equal(shown("finished", false), null);
  assert.equal(shown("stopped", false), null);
});

test("The time left is the median of the last seven estimates: one alone does not move it.", () => {
  const overview = new Overview();
  const left = (s) => overview.leftSays({ status: "running", progress: { left_s: s } });
  for (const s of [40, 40, 40, 40, 3000, 3000]) left(s);
  assert.equal(left(3000), "about 40 s left");
  assert.match(left(3000), /^about 50 min left, until \d\d:\d\d/u);
});

test("A study that nobody trains has no time left, and begins to estimate anew.", () => {
  const overview = new Overview();
  const says = (status, s) => overview.leftSays({ status, progress: { left_s: s } });
  assert.equal(says("running", null), "Time left: known after the first epoch.");
  for (let i = 0; i < 5; i++) says("running", 30);
  assert.match(says("stopped", 30), /^Nobody is training it now/u);
  assert.equal(says("running", 80), "about 80 s left");
  assert.equal(says("finished", 0), "All runs are done.");
});

test("Mean and interval lie on an axis of all rows; where all are equal, in its middle.", () => {
  const row = { accuracy: 0.75, low: 0.5, high: 1 };
  const [line] = intervalPicture(row, { low: 0.5, high: 1 }).all("line");
  assert.deepEqual([line.attributes.x1, line.attributes.x2], ["4", "116"]);
  const [dot] = intervalPicture(row, { low: 0.5, high: 1 }).all("circle");
  assert.equal(dot.attributes.cx, "60");
  const single = intervalPicture({ accuracy: 0.9, low: null, high: null }, { low: 0.9, high: 0.9 });
  assert.equal(single.all("line").length, 0);
  assert.equal(single.all("circle")[0].attributes.cx, "60");
});

// What the cells of a row say.
const cells = (row) => row.children.map((cell) => cell.textContent);

test("A row of the table has dashes where nothing was measured, and a tier where there are any.", () => {
  const row = { name: "a", n: 2, accuracy: 0.9, low: 0.85, high: 0.95, loss: 0.25, wall_s: 12 };
  const none = { name: "b", n: 0, accuracy: null, low: null, high: null, loss: null, wall_s: null };
  const range = { low: 0.8, high: 1 };
  assert.deepEqual(cells(leaderRow(row, { seeds: 5 }, range, null)), [
    "a",
    "2 of 5",
    "90.00 %",
    "85.00 % to 95.00 %",
    "0.2500",
    "12 s",
  ]);
  assert.deepEqual(cells(leaderRow(none, { seeds: 5 }, range, "a")), ["b", "–", "0 of 5", "–", "–", "–", "–"]);
  assert.equal(cells(leaderRow(row, { seeds: 5 }, range, "b"))[1], "b");
});

test("A comparison has its difference and interval in its unit, or none that is bounded.", () => {
  const pair = { a: "x", b: "y", difference: -0.0125, low: -0.02, high: 0.001, kind: "REAL", winner: "y", reason: "r" };
  assert.deepEqual(cells(pairRow(pair, POINTS)), ["x minus y", "−1.25", "−2.00 to +0.10", "REALy", "r"]);
  assert.deepEqual(cells(pairRow(pair, NATS)).slice(1, 3), ["−0.0125", "−0.0200 to +0.0010"]);
  const open = { ...pair, high: null, winner: null };
  assert.deepEqual(cells(pairRow(open, NATS)).slice(2), ["unbounded", "REAL", "r"]);
});

test("It is said of which runs a verdict is, and what keeps a newer one away.", () => {
  const says = (judging, shown) => {
    const progress = { n_finished: 5, n_diverged: 1, n_planned: 10 };
    const parts = judgedSays({ head: { progress }, judging: { problem: null, is_present: false, ...judging } }, shown);
    return parts.map((part) => part.textContent ?? part).join("");
  };
  const verdict = { n_runs: 4 };
  assert.equal(says({ is_present: true }, verdict), "Judged from 4 of 10 runs.");
  assert.equal(says({}, verdict), "Judged from 4 of the 6 runs that have ended; the next judgement takes them all.");
  assert.equal(
    says({}, { n_runs: 6 }),
    "Judged from other runs than have ended by now; the next judgement takes them all.",
  );
  assert.equal(
    says({ problem: "one seed" }, verdict),
    "Judged from 4 of the 6 runs that have ended. No verdict of the later ones: one seed. ",
  );
  assert.equal(says({ problem: "one seed" }, null), "No verdict of these runs: one seed. ");
});
