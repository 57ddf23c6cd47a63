// The map of runs: which cell an arrow reaches, how full a cell is, how many cells there are.
import assert from "node:assert/strict";
import test from "node:test";
import { RunsMap } from "../../src/mlpstudy/dashboard/assets/runs.js";
import { Element } from "./namespace.js";

// A map of so many architectures and seeds, drawn with some runs.
const drawn = (nArchitectures, seeds, runs = {}, selected = null) => {
  const more = new Element("p");
  document.getElementById = () => more;
  const architectures = Array.from({ length: nArchitectures }, (_, i) => ({ name: `net-${i}`, n_epochs: 8 }));
  const map = new RunsMap(new Element("div"), () => null);
  map.draw({ head: { architectures, seeds }, runs }, selected);
  return { map, more };
};

// Where a key leads from a cell, null where it leads nowhere.
const reached = (map, place, key) => {
  document.activeElement = null;
  map.key({ target: { dataset: { place } }, key, preventDefault: () => null });
  return document.activeElement?.dataset.place ?? null;
};

test("Arrows go to the neighbours, Home and End to the ends of the row, and none leaves the map.", () => {
  const { map } = drawn(3, 4);
  const led = (key) => reached(map, "1/2", key);
  assert.deepEqual(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].map(led), ["1/1", "1/3", "0/2", "2/2"]);
  assert.deepEqual(["Home", "End", "Enter"].map(led), ["1/0", "1/3", null]);
  assert.deepEqual(
    ["ArrowLeft", "ArrowUp"].map((key) => reached(map, "0/0", key)),
    [null, null],
  );
  assert.equal(reached(map, "2/3", "ArrowRight"), null);
});

test("A cell is as full as its run is far, says so, and shows by a sign what went wrong.", () => {
  const run = { architecture: 0, n_epochs_done: 2 };
  const runs = {
    x: { ...run, seed: 1, status: "running" },
    y: { ...run, seed: 2, status: "diverged", diverged_epoch: 2, reason: "overflow" },
    z: { ...run, seed: 3, status: "finished", n_epochs_done: 9, test_accuracy: 1, test_loss: 0 },
  };
  const { map } = drawn(1, 4, runs, "x");
  const cells = [0, 1, 2, 3].map((seed) => map.cells.get(`0/${seed}`));
  assert.deepEqual(
    cells.map((cell) => cell.style.share),
    ["0%", "25%", "25%", "100%"],
  );
  assert.deepEqual(
    cells.map((cell) => cell.className),
    ["cell planned", "cell running selected", "cell diverged", "cell finished"],
  );
  assert.deepEqual(
    cells.map((cell) => cell.textContent),
    ["", "", "×", ""],
  );
  assert.equal(cells[0].title, "net-0, seed 0: waiting");
  assert.equal(cells[1].title, "net-0, seed 1: training: epoch 2 of 8");
});

test("A huge study is shown as far as a browser can, and said to be cut off.", () => {
  assert.equal(drawn(2, 3).more.textContent, "");
  const { map, more } = drawn(80, 500);
  assert.equal(map.cells.size, 50 * 400);
  assert.equal(more.textContent, "The first 400 seeds of the first 50 architectures, of 40,000 runs.");
});

test("One cell alone is reached by Tab: the first, then the one that had the focus last.", () => {
  const { map } = drawn(2, 2);
  const reachable = () => [...map.cells].filter(([, cell]) => cell.attributes.tabindex === "0").map(([at]) => at);
  assert.deepEqual(reachable(), ["0/0"]);
  map.rove(map.cells.get("1/1"));
  assert.deepEqual(reachable(), ["1/1"]);
});
