// Networks in compact form, computed in the page; the layout is that of mlpstudy.report.draw.compact.
"use strict";
(() => {
  const f32 = (buffer, at, n) => {
    const view = new DataView(buffer, at, 4 * n);
    return Float32Array.from({ length: n }, (_, i) => view.getFloat32(4 * i, true));
  };

  const layer = (buffer, { inputs, units, at, activation }) => {
    const n = inputs * units;
    const low = new Uint8Array(buffer, at, n);
    const high = new Uint8Array(buffer, at + n, n);
    let next = at + 2 * n;
    const take = (size) => {
      next += 4 * size;
      return f32(buffer, next - 4 * size, size);
    };
    const [rows, steps, bias, factor, shift] = [take(inputs), take(units), take(units), take(units), take(units)];
    const kernel = new Float32Array(n);
    for (let i = 0, k = 0; i < inputs; i++)
      for (let j = 0; j < units; j++, k++) {
        const zigzag = low[k] | (high[k] << 8);
        kernel[k] = ((zigzag >>> 1) ^ -(zigzag & 1)) * steps[j] * rows[i];
      }
    return { inputs, units, activation, kernel, bias, factor, shift };
  };

  // By their names in the study's menu; the output layer is linear. A test in Python reads the names, and calls the
  // functions, by tests/javascript/node.py.
  const activations = {
    relu: (z) => Math.max(z, 0),
    tanh: Math.tanh,
    sigmoid: (z) => 1 / (1 + Math.exp(-z)),
    linear: (z) => z,
  };

  const applied = ({ inputs, units, activation, kernel, bias, factor, shift }, h) => {
    const z = Float64Array.from(bias);
    for (let i = 0; i < inputs; i++) {
      const x = h[i];
      if (x === 0) continue;
      for (let j = 0, k = i * units; j < units; j++, k++) z[j] += x * kernel[k];
    }
    const f = activations[activation];
    for (let j = 0; j < units; j++) z[j] = f(z[j]) * factor[j] + shift[j];
    return z;
  };

  const softmax = (z) => {
    const top = z.reduce((a, b) => Math.max(a, b), -Infinity);
    const e = z.map((v) => Math.exp(v - top));
    const sum = e.reduce((a, b) => a + b, 0);
    return e.map((v) => v / sum);
  };

  // Probabilities of the classes for one example.
  const predict = (network, features) => softmax(network.layers.reduce((h, one) => applied(one, h), features));

  const networks = (buffer, index) =>
    index.map(({ architecture, seed, layers }) => ({
      architecture,
      seed,
      layers: layers.map((one) => layer(buffer, one)),
    }));

  globalThis.mlpstudy.network = { activations, networks, predict };
})();
