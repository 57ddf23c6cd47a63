// The canvas: drawn on by mouse, pen or touch, or filled with a test image; every network votes at once.
"use strict";
(() => {
  const page = globalThis.mlpstudy;
  const { digit, resized, grey } = page.picture;
  const pad = document.getElementById("pad");
  const seen = document.getElementById("seen");
  const headline = document.getElementById("vote");
  const ink = pad.getContext("2d", { willReadFrequently: true });
  const STROKE = 0.075;

  const ready = (async () => {
    const set = await page.data("draw");
    const networks = page.network.networks(await page.bytes("networks"), set.networks);
    return { ...set, networks };
  })();

  const clear = () => {
    ink.fillStyle = "#000";
    ink.fillRect(0, 0, pad.width, pad.height);
    show(null);
  };

  const drawn = () => {
    const { data } = ink.getImageData(0, 0, pad.width, pad.height);
    const values = new Array(pad.width * pad.height);
    for (let i = 0; i < values.length; i++) values[i] = data[4 * i];
    return grey(pad.height, pad.width, values);
  };

  // What the networks see of a drawing: an image of the study's size, null where nothing is drawn.
  const prepared = async (image) => {
    const {
      shape: [rows, columns],
      digit: centred,
    } = await ready;
    if (!image.values.some((v) => v > 0)) return null;
    return centred ? digit(image) : resized(image, rows, columns);
  };

  const largest = (p) => p.reduce((best, v, k) => (v > p[best] ? k : best), 0);

  // The vote of every architecture: mean probabilities over its seeds, and each seed's own class.
  const vote = async (pixels) => {
    const { networks, scale } = await ready;
    const features = Float32Array.from(pixels, (v) => v / scale);
    const votes = new Map();
    for (const network of networks) {
      const p = page.network.predict(network, features);
      const own = votes.get(network.architecture) ?? { architecture: network.architecture, total: null, seeds: [] };
      own.total = own.total ? own.total.map((v, k) => v + p[k]) : p;
      own.seeds.push({ seed: network.seed, predicted: largest(p) });
      votes.set(network.architecture, own);
    }
    return [...votes.values()].map(({ architecture, total, seeds }) => {
      const probabilities = Array.from(total, (v) => v / seeds.length);
      return { architecture, probabilities, predicted: largest(probabilities), seeds };
    });
  };

  const drawSeen = (image, canvas) => {
    canvas.width = image.columns;
    canvas.height = image.rows;
    const context = canvas.getContext("2d");
    const shown = context.createImageData(image.columns, image.rows);
    image.values.forEach((v, i) => {
      shown.data.set([v, v, v, 255], 4 * i);
    });
    context.putImageData(shown, 0, 0);
  };

  const rows = () => [...document.querySelectorAll("[data-votes]")];

  const show = async (image) => {
    const { classes } = await ready;
    if (!image) {
      seen.getContext("2d").clearRect(0, 0, seen.width, seen.height);
      headline.textContent = "Nothing is drawn yet.";
      for (const row of rows()) {
        row.querySelector(".class").textContent = "\u2013";
        row.querySelector(".share").textContent = "";
        row.querySelector(".agree").textContent = "";
        row.querySelector("meter").value = 0;
      }
      return;
    }
    drawSeen(image, seen);
    const votes = await vote(image.values);
    const counts = new Array(classes.length).fill(0);
    for (const { seeds } of votes) for (const { predicted } of seeds) counts[predicted] += 1;
    const all = counts.reduce((a, b) => a + b, 0);
    const winner = largest(counts);
    headline.textContent = `${classes[winner]}: ${counts[winner]} of ${all} networks`;
    for (const row of rows()) {
      const own = votes.find(({ architecture }) => architecture === row.dataset.votes);
      const agree = own.seeds.filter(({ predicted }) => predicted === own.predicted).length;
      const share = own.probabilities[own.predicted];
      row.querySelector(".class").textContent = classes[own.predicted];
      row.querySelector(".share").textContent = `${(100 * share).toFixed(1)} %`;
      row.querySelector(".agree").textContent = `${agree} of ${own.seeds.length}`;
      row.querySelector("meter").value = share;
    }
  };

  let waiting = false;
  const update = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(async () => {
      waiting = false;
      await show(await prepared(drawn()));
    });
  };

  const place = (event) => {
    const frame = pad.getBoundingClientRect();
    return [
      ((event.clientX - frame.left) / frame.width) * pad.width,
      ((event.clientY - frame.top) / frame.height) * pad.height,
    ];
  };

  let last = null;
  pad.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    last = place(event);
    stroke(last);
  });
  pad.addEventListener("pointermove", (event) => {
    if (!last) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) stroke(place(one));
    stroke(place(event));
  });
  const lift = () => {
    last = null;
  };
  for (const name of ["pointerup", "pointercancel"]) pad.addEventListener(name, lift);

  const stroke = (to) => {
    ink.strokeStyle = "#fff";
    ink.lineWidth = STROKE * Math.max(pad.width, pad.height);
    ink.lineCap = "round";
    ink.lineJoin = "round";
    ink.beginPath();
    ink.moveTo(...last);
    ink.lineTo(...to);
    ink.stroke();
    last = to;
    update();
  };

  document.getElementById("clear").addEventListener("click", clear);

  // A test image is already what a network sees: it is shown large, and asked about as it is.
  const pick = async (image) => {
    const small = document.createElement("canvas");
    drawSeen(image, small);
    clear();
    ink.imageSmoothingEnabled = false;
    ink.drawImage(small, 0, 0, pad.width, pad.height);
    await show(image);
  };

  ready.then(({ images, shape: [height, width] }) => {
    for (const one of images) {
      const values = Array.from(atob(one.pixels), (c) => c.charCodeAt(0));
      const image = grey(height, width, values);
      const button = document.querySelector(`[data-example="${one.example}"]`);
      drawSeen(image, button.querySelector("canvas"));
      button.addEventListener("click", () => pick(image));
    }
    clear();
    document.getElementById("draw").dataset.ready = "yes";
  });

  page.drawing = { vote, prepared, drawn, clear, grey, ready };
})();
