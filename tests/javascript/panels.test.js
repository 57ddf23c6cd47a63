// Learning curves side by side: which lines a panel has, what stands beside them, how many columns there are.
import assert from "node:assert/strict";
import test from "node:test";
import "./namespace.js";
import { columnsOf, linesOf, Panels, panelSays, saneCurves } from "../../src/mlpstudy/dashboard/assets/panels.js";

const curves = { a: [[3], [1]], b: [[5], [3]], c: [[7]], d: [[900]] };
const group = ["finished", "finished", "running", "diverged", "planned"].map((status, k) => ["abcde"[k], { status }]);

test("A run's line is strong while it trains or is selected, faint when it is finished, and off otherwise.", () => {
  const { series, whole } = linesOf(group, curves, "b");
  assert.deepEqual(
    series.map(({ id, kind }) => [id, kind]),
    [
      ["a", "one"],
      ["b", "picked"],
      ["c", "training"],
      ["d", "off"],
    ],
  );
  assert.equal(series[0].points, curves.a);
  assert.deepEqual(whole, [curves.a, curves.b]);
});

test("One finished run alone is drawn as strong as a mean would be, unless it is selected.", () => {
  const kinds = (selected) => linesOf(group.slice(0, 1), curves, selected).series.map(({ kind }) => kind);
  assert.deepEqual([kinds(null), kinds("a")], [["training"], ["picked"]]);
});

test("Beside a panel stands what its lines are.", () => {
  assert.equal(panelSays(group, 2), "mean of 2, 1 training, 1 diverged");
  assert.equal(panelSays(group.slice(0, 1), 1), "1 run");
  assert.equal(panelSays(group.slice(2, 3), 0), "1 training");
  assert.equal(panelSays([], 0), "waiting");
});

test("Curves of diverged runs and runs without any do not count for the axis.", () => {
  assert.deepEqual(saneCurves([group, []], curves), [[curves.a, curves.b, curves.c], []]);
});

test("The second of two factors has a column a level, up to four; all else stands in three columns.", () => {
  const study = (n) =>
    Array.from({ length: n }, (_, i) => ({
      levels: [
        ["depth", "2"],
        ["width", String(i)],
      ],
    }));
  const both = ["depth", "width"];
  assert.deepEqual(
    [1, 2, 4, 5].map((n) => columnsOf(study(n), both)),
    [3, 2, 4, 3],
  );
  assert.equal(columnsOf(study(2), ["depth"]), 3);
});

test("A mean is computed anew only when a run ends or one of its curves is replaced.", () => {
  const panels = new Panels(() => null);
  const first = panels.mean(0, [curves.a, curves.b]);
  assert.deepEqual(
    first.map(([loss]) => loss),
    [4, 2],
  );
  assert.equal(panels.mean(0, [curves.a, curves.b]), first);
  const later = panels.mean(0, [curves.a, [[7], [5]]]);
  assert.deepEqual(
    later.map(([loss]) => loss),
    [5, 3],
  );
  assert.notEqual(panels.mean(0, [curves.a]), later);
});

test("What a point says is the run, or that it is the mean, and its value as the measure is written.", () => {
  const panels = new Panels(() => null);
  panels.state = { head: { architectures: [{ name: "net" }] }, runs: { a: { architecture: 0, seed: 2 } } };
  const at = { id: "a", i: 4, split: "validation", value: 0.25 };
  assert.equal(panels.pointSays({ name: "net" }, at), "net, seed 2: validation loss 0.2500 after epoch 5");
  panels.measure = "accuracy";
  assert.equal(
    panels.pointSays({ name: "net" }, { ...at, id: "mean" }),
    "net, mean: validation accuracy 25.00 % after epoch 5",
  );
});
