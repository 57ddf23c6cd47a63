// Sorting a table by a click on a heading, and copying it.
import assert from "node:assert/strict";
import test from "node:test";
import { Element } from "./namespace.js";

const page = globalThis.mlpstudy;
await import("../../src/mlpstudy/page/assets/tables.js");

// A table of one heading and these cells, a row each, and what a click on the heading makes of them.
const table = (cells) => {
  const heading = new Element("th");
  const body = new Element("tbody");
  body.append(
    ...cells.map((cell) => ({ cells: [typeof cell === "object" ? cell : { dataset: {}, textContent: cell }] })),
  );
  Object.defineProperty(body, "rows", { get: () => body.children });
  const head = { rows: [{ cells: [heading] }], querySelectorAll: () => [heading] };
  page.sortable({ tHead: head, tBodies: [body] });
  const click = () => {
    heading.all("button")[0].listeners.click();
    return body.rows.map((row) => row.cells[0].textContent);
  };
  return { click, heading };
};

test("The first click sorts upwards, the second downwards, and the heading says which.", () => {
  const { click, heading } = table(["10", "9", "-1", "2.5"]);
  assert.deepEqual(click(), ["-1", "2.5", "9", "10"]);
  assert.equal(heading.attributes["aria-sort"], "ascending");
  assert.deepEqual(click(), ["10", "9", "2.5", "-1"]);
  assert.equal(heading.attributes["aria-sort"], "descending");
});

test("Numbers stand before words, words by the alphabet, and what is empty last either way.", () => {
  const { click } = table(["", "beta", "3", "Alpha", "20"]);
  assert.deepEqual(click(), ["3", "20", "Alpha", "beta", ""]);
  assert.equal(click().at(-1), "");
});

test("A cell is sorted by the number it stands for, not by what it says.", () => {
  const cell = (sort, textContent) => ({ dataset: { sort }, textContent });
  const { click } = table([cell("3600", "1 h 00 min"), cell("59", "59 s"), cell("", "–"), cell("0.5", "500 ms")]);
  assert.deepEqual(click(), ["500 ms", "59 s", "1 h 00 min", "–"]);
});

test("Equal cells keep their order.", () => {
  const cells = ["b", "a", "c"].map((textContent) => ({ dataset: { sort: "1" }, textContent }));
  assert.deepEqual(table(cells).click(), ["b", "a", "c"]);
});

test("A table is copied as its cells in a line each, apart by tabs, breaks within a cell as blanks.", async () => {
  let copied = null;
  const writeText = (words) => {
    copied = words;
  };
  Object.defineProperty(globalThis, "navigator", { value: { clipboard: { writeText } } });
  const said = [];
  page.report = (_, words) => said.push(words);
  const rows = [
    ["Architecture", " Loss "],
    ["plain-2\n  of 3 runs", "0.08"],
    ["=cmd()", "-0.5 %"],
    ["-x", "+0.02"],
  ];
  let button = null;
  const scroll = {
    after: (made) => {
      button = made;
    },
  };
  const cells = rows.map((row) => ({ cells: row.map((innerText) => ({ innerText })) }));
  page.copyable({ rows: cells, closest: () => scroll });
  await button.listeners.click();
  assert.equal(copied, "Architecture\tLoss\nplain-2 of 3 runs\t0.08\n'=cmd()\t-0.5 %\n'-x\t+0.02");
  assert.deepEqual(said, ["Copied"]);
});
