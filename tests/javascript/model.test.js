// A page's state of a study, and the changes that are applied to it.
import assert from "node:assert/strict";
import test from "node:test";
import { apply, byArchitecture } from "../../src/mlpstudy/dashboard/assets/model.js";

const known = () => ({
  head: { status: "running", name: "notebook" },
  runs: { a: { architecture: 0, seed: 0 }, b: { architecture: 1, seed: 0 } },
  curves: { a: [[3], [2], [1]], b: [[5]] },
  verdict: { sentence: "too early" },
  judging: { is_present: false },
});

test("Fields of the head and runs are replaced one by one, and the others stay.", () => {
  const state = apply(known(), { head: { status: "finished" }, runs: { b: { architecture: 1, seed: 4 } } });
  assert.deepEqual(state.head, { status: "finished", name: "notebook" });
  assert.deepEqual(state.runs, { a: { architecture: 0, seed: 0 }, b: { architecture: 1, seed: 4 } });
});

test("A curve keeps as many points as the change says, and goes on with its new ones.", () => {
  const { curves } = apply(known(), { curves: { a: [2, [[9], [8]]], b: [1, [[4]]], c: [0, [[7]]] } });
  assert.deepEqual(curves, { a: [[3], [2], [9], [8]], b: [[5], [4]], c: [[7]] });
});

test("A curve of which nothing is kept is no more, and so are a run that is gone and its curve.", () => {
  const state = apply(known(), { gone: ["b"], curves: { a: [0, []] } });
  assert.deepEqual(Object.keys(state.runs), ["a"]);
  assert.deepEqual(state.curves, {});
});

test("A verdict is replaced, also by none, and stays where the change is silent.", () => {
  assert.equal(apply(known(), { verdict: null }).verdict, null);
  assert.equal(apply(known(), {}).verdict.sentence, "too early");
  assert.equal(apply(known(), { judging: { is_present: true } }).judging.is_present, true);
});

test("An applied curve is a new array: who draws sees by that that it changed.", () => {
  const state = known();
  const before = state.curves.a;
  apply(state, { curves: { a: [3, [[0]]] } });
  assert.notEqual(state.curves.a, before);
  assert.equal(before.length, 3);
});

test("Runs are grouped by architecture in the order of their seeds; those of an unknown one are in no group.", () => {
  const runs = {
    x: { architecture: 1, seed: 10 },
    y: { architecture: 1, seed: 9 },
    z: { architecture: 0, seed: 0 },
    other: { architecture: 5, seed: 0 },
  };
  const groups = byArchitecture({ head: { architectures: [{}, {}, {}] }, runs });
  assert.deepEqual(
    groups.map((group) => group.map(([id]) => id)),
    [["z"], ["y", "x"], []],
  );
});
