// A drawing to an image like MNIST's: the steps of mlpstudy.datasets.pictures.digits.digit, for flat paper, in the same
// whole numbers. All of it is exact: sums stay below 2^53.
"use strict";
(() => {
  const FIELD = 28;
  const BOX = 20;
  const INK = 64;
  const quotient = (a, b) => Math.floor(a / b);

  // Grey values, row by row.
  const grey = (rows, columns, values) => ({ rows, columns, values });

  const border = ({ rows, columns, values }) => {
    const edge = [];
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        if (i === 0 || j === 0 || i === rows - 1 || j === columns - 1) edge.push(values[i * columns + j]);
    return edge.sort((a, b) => a - b);
  };

  const inkOf = (image, paper) => {
    let cubes = 0;
    for (const v of image.values) cubes += (v - paper) ** 3;
    const darker = cubes < 0;
    return grey(
      image.rows,
      image.columns,
      image.values.map((v) => Math.max(darker ? paper - v : v - paper, 0)),
    );
  };

  const stretched = (ink) => {
    const most = ink.values.reduce((a, b) => Math.max(a, b), 0);
    if (most === 255) return ink;
    const half = quotient(most, 2);
    return grey(
      ink.rows,
      ink.columns,
      ink.values.map((v) => quotient(255 * v + half, most)),
    );
  };

  const box = ({ rows, columns, values }) => {
    let [top, bottom, left, right] = [rows, -1, columns, -1];
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        if (values[i * columns + j] >= INK) {
          top = Math.min(top, i);
          bottom = Math.max(bottom, i);
          left = Math.min(left, j);
          right = Math.max(right, j);
        }
    const height = bottom - top + 1;
    const width = right - left + 1;
    const cut = new Array(height * width);
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++) cut[i * width + j] = values[(top + i) * columns + left + j];
    return grey(height, width, cut);
  };

  const overlaps = (before, after) => {
    const found = [];
    for (let i = 0; i < after; i++) {
      const shares = [];
      for (let k = quotient(i * before, after); k < Math.ceil(((i + 1) * before) / after); k++)
        shares.push([k, Math.min((k + 1) * after, (i + 1) * before) - Math.max(k * after, i * before)]);
      found.push(shares);
    }
    return found;
  };

  // Rows of so many values before become rows of so many sums after, each over the length that it covers.
  const summed = (values, before, after) => {
    const shares = overlaps(before, after);
    const sums = [];
    for (let row = 0; row < values.length; row += before)
      for (const own of shares) sums.push(own.reduce((sum, [k, share]) => sum + share * values[row + k], 0));
    return sums;
  };

  const turned = (values, columns) => {
    const rows = values.length / columns;
    return values.map((_, i) => values[(i % rows) * columns + quotient(i, rows)]);
  };

  // Mean of the old picture over the rectangle that a new pixel covers.
  const resized = (image, rows, columns) => {
    const { rows: height, columns: width, values } = image;
    if (height === rows && width === columns) return image;
    const area = height * width;
    const strip = turned(summed(values, width, columns), columns);
    const sums = turned(summed(strip, height, rows), rows);
    return grey(
      rows,
      columns,
      sums.map((sum) => quotient(2 * sum + area, 2 * area)),
    );
  };

  const fitted = (ink) => {
    const cut = box(ink);
    const longer = Math.max(cut.rows, cut.columns);
    const side = (n) => Math.max(1, quotient(2 * BOX * n + longer, 2 * longer));
    return resized(cut, side(cut.rows), side(cut.columns));
  };

  const offset = (mass, moment, size) =>
    Math.min(Math.max(quotient((FIELD + 1) * mass - 2 * moment, 2 * mass), 0), FIELD - size);

  const centred = ({ rows, columns, values }) => {
    let [mass, down, across] = [0, 0, 0];
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        const v = values[i * columns + j];
        mass += v;
        down += i * v;
        across += j * v;
      }
    const top = offset(mass, down, rows);
    const left = offset(mass, across, columns);
    const field = new Array(FIELD * FIELD).fill(0);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) field[(top + i) * FIELD + left + j] = values[i * columns + j];
    return grey(FIELD, FIELD, field);
  };

  // Null where nothing is drawn.
  const digit = (image) => {
    const edge = border(image);
    const paper = edge[quotient(edge.length - 1, 2)];
    const ink = inkOf(image, paper);
    if (!ink.values.some((v) => v > 0)) return null;
    if (image.rows === FIELD && image.columns === FIELD && (paper === 0 || paper === 255)) return ink;
    return centred(stretched(fitted(stretched(ink))));
  };

  globalThis.mlpstudy.picture = { digit, resized, grey };
})();
