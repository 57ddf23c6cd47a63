// A network computed in the page, against closed forms.
import assert from "node:assert/strict";
import test from "node:test";
import "./namespace.js";
import "../../src/mlpstudy/report/assets/network.js";

const { activations, networks, predict } = globalThis.mlpstudy.network;

// The bytes of a layer as mlpstudy.report writes them: low and high bytes of the zigzag numbers, then five vectors.
const packed = ({ q, inputs, units, bias, factor, shift }) => {
  const zigzag = q.map((v) => (v < 0 ? -2 * v - 1 : 2 * v));
  const numbers = new DataView(new ArrayBuffer(4 * (inputs.length + 4 * units.length)));
  for (const [i, v] of [inputs, units, bias, factor, shift].flat().entries()) numbers.setFloat32(4 * i, v, true);
  return [...zigzag.map((v) => v % 256), ...zigzag.map((v) => Math.floor(v / 256)), ...new Uint8Array(numbers.buffer)];
};

// A network of these layers, read from a page's bytes, with some bytes of another one before it.
const network = (...layers) => {
  const bytes = [1, 2, 3];
  const index = layers.map((one) => {
    const at = bytes.length;
    bytes.push(...packed(one));
    return { inputs: one.inputs.length, units: one.units.length, at, activation: one.activation };
  });
  const [made] = networks(Uint8Array.from(bytes).buffer, [{ architecture: "a", seed: 4, layers: index }]);
  return made;
};

// A layer whose weights are its whole numbers, without batch normalisation.
const layer = (activation, nInputs, q, others = {}) => {
  const ones = new Array(q.length / nInputs).fill(1);
  const zeros = ones.map(() => 0);
  const inputs = new Array(nInputs).fill(1);
  return { activation, inputs, units: ones, bias: zeros, factor: ones, shift: zeros, q, ...others };
};

const near = (found, expected, within = 1e-6) => {
  assert.equal(found.length, expected.length);
  for (const [i, v] of expected.entries()) assert.ok(Math.abs(found[i] - v) < within, `${found} is not ${expected}`);
};

test("Every activation has its value at points where that is known in closed form.", () => {
  const known = {
    relu: [
      [-2, 0],
      [0, 0],
      [3, 3],
    ],
    tanh: [
      [0, 0],
      [Math.log(2), 0.6],
      [-Math.log(3), -0.8],
    ],
    sigmoid: [
      [0, 0.5],
      [Math.log(3), 0.75],
      [-Math.log(4), 0.2],
      [-800, 0],
      [800, 1],
    ],
    linear: [
      [-2, -2],
      [7, 7],
    ],
  };
  for (const [name, points] of Object.entries(known)) {
    near(
      points.map(([z]) => activations[name](z)),
      points.map(([, h]) => h),
      1e-12,
    );
  }
});

test("Probabilities are the softmax of the last layer: logits ln 1, ln 2 and ln 5 are an eighth, two and five.", () => {
  const bias = [0, Math.log(2), Math.log(5)];
  near(predict(network(layer("linear", 2, [0, 0, 0, 0, 0, 0], { bias })), [1, 1]), [1 / 8, 2 / 8, 5 / 8]);
});

test("Huge logits are no trouble: the largest takes all.", () => {
  near(predict(network(layer("linear", 1, [0, 0], { bias: [2000, -2000] })), [1]), [1, 0]);
  near(predict(network(layer("linear", 1, [0, 0], { bias: [-3000, -3000] })), [1]), [0.5, 0.5]);
});

test("Weights come back from their bytes: negative ones, ones beyond a byte, scaled by input and by unit.", () => {
  const made = network(layer("linear", 2, [0, -1, 127, 128, -32_768, 32_767], { inputs: [1, 4], units: [0.5, 2, 1] }));
  near([...made.layers[0].kernel], [0, -2, 127, 256, -262_144, 131_068]);
  assert.deepEqual([made.architecture, made.seed], ["a", 4]);
});

test("Batch normalisation is a factor and a shift behind the activation, and layers follow each other.", () => {
  // h = relu([1 -1; 2 3] x + bias) = relu(-1, 6) = (0, 6); then (0, 6) * (3, 0.5) + (1, -1) = (1, 2).
  const hidden = layer("relu", 2, [1, 2, -1, 3], { bias: [-1, 1], factor: [3, 0.5], shift: [1, -1] });
  // Logits (1 * 1 + 2 * 0, 0) and ln 2 for the second: e^1 against 2.
  const output = layer("linear", 2, [1, 0, 0, 0], { bias: [0, Math.log(2)] });
  near(predict(network(hidden, output), [1, 1]), [Math.E / (Math.E + 2), 2 / (Math.E + 2)]);
});

test("Inputs that are zero add nothing, and the others all of theirs.", () => {
  const one = layer("linear", 3, [50, -50, 1, 2, 7, 9]);
  const logits = predict(network(one), [0, 1, 0]);
  near([Math.log(logits[1] / logits[0])], [1]);
});
