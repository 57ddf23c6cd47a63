// Axes, ticks, means and paths of learning curves.
import assert from "node:assert/strict";
import test from "node:test";
import { axisOf, epochTicks, meanOf, Plot } from "../../src/mlpstudy/dashboard/assets/curves.js";
import { Element } from "./namespace.js";

// A curve of these losses, with the validation's a tenth above the training's, and accuracies that fit them.
const curve = (losses) => losses.map((loss) => [loss, 1 - loss / 10, loss + 0.1, 1 - loss / 10]);

const near = (found, expected) => {
  for (const [name, value] of Object.entries(expected)) {
    assert.ok(Math.abs(found[name] - value) < 1e-9, `${name}: ${found[name]} is not ${value}`);
  }
};

// A plot as it is when it has been drawn, without a screen: 300 wide and 190 high.
const plot = (fields = {}) => {
  const made = Object.create(Plot.prototype);
  const sizes = { width: 300, height: 190, left: 42, right: 8, top: 8, bottom: 22 };
  const drawn = { measure: "loss", axis: { low: 0, high: 2, step: 0.5 }, nEpochs: 11 };
  const marks = { axes: new Element("g"), mark: new Element("g"), svg: { getBoundingClientRect: () => box } };
  return Object.assign(made, sizes, drawn, marks, fields);
};
const box = { left: 1000, top: 500, width: 600, height: 380 };

test("A steep beginning leaves the rest a quarter of the height: the top is four times the highest late loss.", () => {
  // Late is from the second of four epochs on: 1.1. Four times that are 4.4, in steps of 2 as far as 6.
  near(axisOf([[curve([9, 1, 0.9, 0.8])]], "loss", 4), { low: 0, high: 6, step: 2 });
});

test("Losses that are all alike have an axis of their own, which does not begin at nothing.", () => {
  const flat = [
    [1, 0, 1, 0],
    [1.05, 0, 1.1, 0],
  ];
  near(axisOf([[flat]], "loss", 2), { low: 1, high: 1.1, step: 0.05 });
});

test("Accuracies have the limits of their errors, and never more than 100 %.", () => {
  // Errors of 0.08 and 0.02: in steps of 0.05 from 0 to 0.1.
  const axis = axisOf(
    [
      [
        [
          [0, 0.92, 0, 0.98],
          [0, 0.98, 0, 0.92],
        ],
      ],
    ],
    "accuracy",
    2,
  );
  near(axis, { low: 0.9, high: 1, step: 0.05 });
});

test("Before a curve is past its first quarter its beginning is all there is.", () => {
  near(axisOf([[curve([0.9])]], "loss", 100), { low: 0.9, high: 1, step: 0.05 });
});

test("One wild architecture among three leaves the others their height.", () => {
  const groups = [[curve([1, 0.9])], [curve([1, 0.9])], [curve([1, 50])]];
  near(axisOf(groups, "loss", 2), { low: 0, high: 6, step: 2 });
});

test("Where nothing was measured the axis goes from 0 to 1; what was not validated is left out.", () => {
  assert.deepEqual(axisOf([], "loss", 5), { low: 0, high: 1, step: 0.5 });
  assert.deepEqual(axisOf([[], [[]]], "accuracy", 5), { low: 0, high: 1, step: 0.5 });
  near(axisOf([[[[2, 0, null, null]]]], "loss", 5), { low: 2, high: 3, step: 1 });
});

test("Ticks of epochs are round, no more than there is room for, and begin with the first.", () => {
  assert.deepEqual(epochTicks(1, 6), [1]);
  assert.deepEqual(epochTicks(5, 6), [1, 2, 3, 4, 5]);
  assert.deepEqual(epochTicks(30, 6), [1, 5, 10, 15, 20, 25, 30]);
  assert.deepEqual(epochTicks(100, 3), [1, 50, 100]);
  assert.deepEqual(epochTicks(50_000, 2), [1, 50_000]);
});

test("A mean goes as far as every curve does, and is none where one of them has none.", () => {
  const curves = [
    [
      [1, 2, 3, 4],
      [0, 0, 0, 0],
      [9, 9, 9, 9],
    ],
    [
      [3, 2, null, 5],
      [1, 1, 1, 1],
    ],
  ];
  assert.deepEqual(meanOf(curves), [
    [2, 2, null, 4.5],
    [0.5, 0.5, 0.5, 0.5],
  ]);
});

test("The first and the last epoch stand within the frame, a fiftieth of its width from either side.", () => {
  const made = plot();
  assert.ok(Math.abs(made.x(1) - (42 + 250 * (0.2 / 10.4))) < 1e-9);
  assert.ok(Math.abs(made.x(11) - (292 - 250 * (0.2 / 10.4))) < 1e-9);
  assert.equal(plot({ nEpochs: 1 }).x(1), 42 + 125);
});

test("Values stand between the ends of the axis, and those far outside all alike.", () => {
  const made = plot();
  assert.equal(made.y(0), 168);
  assert.equal(made.y(2), 8);
  assert.equal(made.y(1), 88);
  assert.equal(made.y(1e9), made.y(1e300));
});

test("A line is interrupted where nothing was measured, and a single point is a line of no length.", () => {
  const made = plot();
  const points = [[0], [null], [2], [1]];
  assert.match(made.path(points, 0), /^M\S+ 168\.0M\S+ 8\.0L\S+ 88\.0$/u);
  assert.match(made.path([[1]], 0), /^M\S+ 88\.0h0$/u);
  assert.equal(made.path([[null]], 0), "");
});

test("Numbers at an axis have the digits of its step: losses in nats, accuracies in percent.", () => {
  assert.equal(plot().says(1.5, 0.5), "1.5");
  assert.equal(plot().says(2, 1), "2");
  assert.equal(plot().says(0.125, 0.025), "0.125");
  assert.equal(plot({ measure: "accuracy" }).says(0.975, 0.005), "97.5");
  assert.equal(plot({ measure: "accuracy" }).says(0.9, 0.1), "90");
});

test("An axis has a line and a number a step, and numbers of epochs below.", () => {
  const made = plot();
  made.drawAxes();
  const texts = made.axes.all("text").map((each) => each.textContent);
  assert.deepEqual(texts, ["0.0", "0.5", "1.0", "1.5", "2.0", "1", "2", "4", "6", "8", "10"]);
  assert.deepEqual(
    made.axes.all("line").map((each) => Number(each.attributes.y1)),
    [168, 128, 88, 48, 8],
  );
});

test("The pointer finds the nearest point of all runs and both splits, wherever the plot is on the screen.", () => {
  const told = [];
  // Three epochs of these losses, the same for training, and a tenth less for validation.
  const points = (losses) => losses.map((loss) => [loss, 0, loss - 0.1, 0]);
  const series = [
    { id: "a", points: points([2, 0.8, 0.7]) },
    { id: "b", points: points([2, 1.3, 1.2]) },
  ];
  const made = plot({ series, onPoint: (at) => told.push(at) });
  // The box is twice as large as the plot's own units.
  made.point({ clientX: box.left + 2 * (made.x(2) + 1), clientY: box.top + 2 * (made.y(1.2) + 1) });
  const expected = { id: "b", i: 1, split: "validation", value: 1.3 - 0.1, point: series[1].points[1] };
  const { far, ...found } = told[0];
  assert.deepEqual(found, expected);
  assert.ok(Math.abs(far - Math.SQRT2) < 1e-9);
  made.leave();
  assert.deepEqual([told[1], made.near], [null, null]);
});
