// A drawing becomes an image like MNIST's: in whole numbers, by rules that can be done by hand.
import assert from "node:assert/strict";
import test from "node:test";
import "./namespace.js";
import "../../src/mlpstudy/report/assets/picture.js";

const { digit, grey, resized } = globalThis.mlpstudy.picture;

// A black paper with a white rectangle on it.
const drawing = (rows, columns, [top, left, height, width], ink = 255, paper = 0) => {
  const isInked = (i, j) => i >= top && i < top + height && j >= left && j < left + width;
  const at = (k) => (isInked(Math.floor(k / columns), k % columns) ? ink : paper);
  return grey(
    rows,
    columns,
    Array.from({ length: rows * columns }, (_, k) => at(k)),
  );
};

// The rectangle around what is inked: top, left, height, width.
const inked = ({ rows, columns, values }) => {
  const at = values.flatMap((v, k) => (v > 0 ? [[Math.floor(k / columns), k % columns]] : []));
  const [ys, xs] = [at.map(([i]) => i), at.map(([, j]) => j)];
  assert.equal(values.length, rows * columns);
  const [top, left] = [Math.min(...ys), Math.min(...xs)];
  return [top, left, Math.max(...ys) - top + 1, Math.max(...xs) - left + 1];
};

test("A new pixel is the mean over its rectangle, rounded half up.", () => {
  assert.deepEqual(resized(grey(2, 2, [0, 1, 2, 3]), 1, 1).values, [2]);
  assert.deepEqual(resized(grey(2, 2, [0, 0, 0, 1]), 1, 1).values, [0]);
  assert.deepEqual(resized(grey(1, 3, [0, 90, 240]), 1, 2).values, [30, 190]);
  assert.deepEqual(resized(grey(3, 1, [0, 90, 240]), 2, 1).values, [30, 190]);
});

test("Enlarging repeats pixels, and shares those that lie across an edge.", () => {
  assert.deepEqual(resized(grey(1, 2, [10, 20]), 2, 4).values, [10, 10, 20, 20, 10, 10, 20, 20]);
  assert.deepEqual(resized(grey(1, 2, [0, 30]), 1, 3).values, [0, 15, 30]);
});

test("Rows and columns are not mixed up, and an image of the right size is left alone.", () => {
  const image = grey(2, 3, [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(resized(image, 2, 1).values, [2, 5]);
  assert.deepEqual(resized(image, 1, 3).values, [3, 4, 5]);
  assert.equal(resized(image, 2, 3), image);
});

test("A drawing of any size fills twenty pixels of twenty-eight, as wide as it was in proportion.", () => {
  assert.deepEqual(inked(digit(drawing(280, 280, [10, 20, 200, 100]))), [5, 10, 20, 10]);
  assert.deepEqual(inked(digit(drawing(300, 500, [100, 100, 30, 120]))), [12, 5, 5, 20]);
  assert.deepEqual(inked(digit(drawing(280, 280, [3, 270, 200, 2]))), [5, 14, 20, 1]);
});

test("Its centre of mass comes within half a pixel of the middle, where the edge allows that.", () => {
  // A wide upper half and a lower one of this width: the mean of 20 rows is 7.36, and 5.41.
  const image = (width) => {
    const lower = drawing(280, 280, [140, 105, 100, width]).values;
    const upper = drawing(280, 280, [40, 60, 100, 100]).values;
    return digit(
      grey(
        280,
        280,
        upper.map((v, k) => Math.max(v, lower[k])),
      ),
    );
  };
  assert.deepEqual(inked(image(40)), [7, 9, 20, 10]);
  assert.deepEqual(inked(image(10)), [8, 10, 20, 10]);
});

test("Dark ink on light paper, and faint ink, give what white ink on black gives.", () => {
  const expected = digit(drawing(280, 280, [40, 60, 200, 100]));
  assert.deepEqual(digit(drawing(280, 280, [40, 60, 200, 100], 0, 255)), expected);
  assert.deepEqual(digit(drawing(280, 280, [40, 60, 200, 100], 90, 0)), expected);
  assert.deepEqual(digit(drawing(280, 280, [40, 60, 200, 100], 120, 200)), expected);
});

test("Thin strokes, which fade as they shrink, are made full again.", () => {
  const [down, across] = [drawing(280, 280, [40, 121, 200, 3]), drawing(280, 280, [121, 40, 3, 200])];
  const image = digit(
    grey(
      280,
      280,
      down.values.map((v, k) => Math.max(v, across.values[k])),
    ),
  );
  assert.equal(Math.max(...image.values), 255);
});

test("What has the size of MNIST's images, on black or white paper, is taken as it is, ink made light.", () => {
  const image = drawing(28, 28, [2, 3, 5, 4], 77);
  assert.deepEqual(digit(image), image);
  assert.deepEqual(digit(drawing(28, 28, [2, 3, 5, 4], 178, 255)).values, image.values);
});

test("Where nothing is drawn there is no image.", () => {
  for (const paper of [0, 128, 255]) assert.equal(digit(drawing(40, 50, [0, 0, 0, 0], 9, paper)), null);
});
