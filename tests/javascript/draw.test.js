// Votes on a drawing: means over seeds, and what the networks see of it.
import assert from "node:assert/strict";
import test from "node:test";
import { Element } from "./namespace.js";

const page = globalThis.mlpstudy;
const ink = { fillRect: () => null, clearRect: () => null };
document.getElementById = () => Object.assign(new Element("canvas"), { width: 2, height: 2, getContext: () => ink });
await import("../../src/mlpstudy/report/assets/picture.js");

// Three networks that see one pixel, black or white, and what they make of it.
const said = {
  black: [
    [0.5, 0.3, 0.2],
    [0.1, 0.5, 0.4],
    [0, 0, 1],
  ],
  white: [
    [0, 1, 0],
    [0, 1, 0],
    [0.25, 0.5, 0.25],
  ],
};
const set = { shape: [2, 1], digit: false, scale: 255, classes: ["a", "b", "c"], images: [], networks: [] };
const networks = ["small", "small", "large"].map((architecture, i) => ({ architecture, seed: i % 2, i }));
page.data = async () => set;
page.bytes = async () => new ArrayBuffer(0);
page.network = {
  networks: () => networks,
  predict: ({ i }, [x]) => Float64Array.from({ 0: said.black, 1: said.white }[x][i]),
};
await import("../../src/mlpstudy/report/assets/draw.js");

test("An architecture votes by the mean of its seeds' probabilities; each seed has a class of its own.", async () => {
  const [small, large] = await page.drawing.vote([0]);
  assert.deepEqual(
    small.probabilities.map((p) => p.toFixed(3)),
    ["0.300", "0.400", "0.300"],
  );
  assert.deepEqual([small.architecture, small.predicted], ["small", 1]);
  assert.deepEqual(small.seeds, [
    { seed: 0, predicted: 0 },
    { seed: 1, predicted: 1 },
  ]);
  assert.deepEqual([large.architecture, large.probabilities, large.predicted], ["large", [0, 0, 1], 2]);
});

test("Networks see grey values divided by the study's scale.", async () => {
  const [small] = await page.drawing.vote([255]);
  assert.deepEqual(small.probabilities, [0, 1, 0]);
});

test("A drawing gets the size that the study's images have, and none where nothing is drawn.", async () => {
  const { prepared, grey } = page.drawing;
  assert.deepEqual(await prepared(grey(2, 2, [10, 20, 0, 40])), grey(2, 1, [15, 20]));
  assert.equal(await prepared(grey(2, 2, [0, 0, 0, 0])), null);
});
