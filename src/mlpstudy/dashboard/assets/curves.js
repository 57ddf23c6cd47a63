// Learning curves as SVG: one plot, and the small multiples of a study. Only what changed is drawn again.
import { el } from "./words.js";

const SPLITS = [
  { name: "train", loss: 0, accuracy: 1 },
  { name: "validation", loss: 2, accuracy: 3 },
];
const HEADROOM = 4; // as in the figures: a steep beginning leaves the rest a quarter of the height
const STEPS = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000];

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

// The lowest of all values in some curves, and the highest of the first epochs and of the others. Accuracies have
// their limits by the same rule as losses: as errors.
function endsOf(curves, measure, nEarly) {
  const ends = { low: Infinity, early: -Infinity, late: -Infinity };
  for (const points of curves) {
    for (const [i, point] of points.entries()) {
      for (const split of SPLITS) widen(ends, i < nEarly ? "early" : "late", heightOf(point[split[measure]], measure));
    }
  }
  return ends;
}

function heightOf(value, measure) {
  if (value === null || value === undefined) return null;
  return measure === "loss" ? value : 1 - value;
}

function widen(ends, when, height) {
  if (height === null) return;
  ends.low = Math.min(ends.low, height);
  ends[when] = Math.max(ends[when], height);
}

// Limits that groups of curves share, by the rule of the figures.
export function axisOf(groups, measure, nEpochs) {
  const ends = groups.map((curves) => endsOf(curves, measure, Math.floor(nEpochs / 4)));
  const early = ends.map((each) => each.early).filter(Number.isFinite);
  const late = ends.map((each) => each.late).filter(Number.isFinite);
  const low = Math.min(...ends.map((each) => each.low));
  const top = Math.max(0, ...early, ...late);
  if (top === 0) return { low: 0, high: 1, step: 0.5 };
  // Until an architecture is past its early epochs, these are all there is.
  const tops = late.length > 0 ? late : early;
  const least = measure === "loss" ? 0 : 0.004;
  const high = Math.max(least, Math.min(top, HEADROOM * median(tops)));
  const from = low > 0.5 * high ? low : 0;
  const step = niceStep((high - from) / 3 || high / 3);
  const floor = step * Math.floor(from / step);
  const limits = { low: floor, high: Math.max(floor + step, step * Math.ceil(high / step - 0.05)), step };
  if (measure === "loss") return limits;
  return { low: Math.max(0, 1 - limits.high), high: 1 - limits.low, step };
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 2.5, 5, 10].find((each) => each * power >= rough - 1e-12);
}

export function epochTicks(n, most) {
  const step = STEPS.find((each) => n / each <= most) ?? n;
  const rounds = [];
  for (let epoch = step; epoch <= n; epoch += step) if (epoch > 1) rounds.push(epoch);
  return [1, ...rounds];
}

// Mean over curves, as far as all of them go.
export function meanOf(curves) {
  const n = Math.min(...curves.map((points) => points.length));
  return Array.from({ length: n }, (_, i) =>
    [0, 1, 2, 3].map((k) => {
      const values = curves.map((points) => points[i][k]);
      return values.includes(null) ? null : values.reduce((a, b) => a + b, 0) / values.length;
    }),
  );
}

export class Plot {
  // height in pixels, as wide as there is room; onPick(id) and onPoint(nearest) for the pointer.
  constructor({ height = 190, label, onPick = null, onPoint = null }) {
    Object.assign(this, { width: 300, height, onPick, onPoint });
    this.left = 42;
    this.bottom = 22;
    this.top = 8;
    this.right = 8;
    this.axes = el("svg:g", { class: "axes" });
    this.lines = el("svg:g", { class: "lines" });
    this.mark = el("svg:g", { class: "mark" });
    this.svg = el("svg:svg", { viewBox: `0 0 ${this.width} ${height}`, role: "img", "aria-label": label });
    // One unit is one pixel, so that text has its size on every screen.
    new ResizeObserver(([{ contentRect }]) => this.resize(Math.round(contentRect.width))).observe(this.svg);
    this.svg.append(this.axes, this.lines, this.mark);
    this.drawn = new Map();
    this.key = "";
    if (onPick || onPoint) {
      this.svg.addEventListener("pointermove", (event) => this.point(event));
      this.svg.addEventListener("pointerleave", () => this.leave());
      this.svg.addEventListener("click", () => this.near && onPick?.(this.near.id));
    }
  }

  resize(width) {
    if (width < 50 || width === this.width) return;
    this.width = width;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${this.height}`);
    this.key = "";
    if (this.series) this.draw(this.series, this.measure, this.axis, this.nEpochs);
  }

  x(epoch) {
    const room = this.nEpochs > 1 ? 0.02 * (this.nEpochs - 1) : 0.5;
    const [from, to] = [1 - room, this.nEpochs + room];
    return this.left + ((epoch - from) / (to - from)) * (this.width - this.left - this.right);
  }

  y(value) {
    const share = (value - this.axis.low) / (this.axis.high - this.axis.low);
    // Far outside all values are alike; a renderer loses huge coordinates.
    return this.height - this.bottom - Math.max(-4, Math.min(5, share)) * (this.height - this.bottom - this.top);
  }

  // series: [{id, points, kind}], later ones on top; kind is a class of the lines.
  draw(series, measure, axis, nEpochs) {
    const key = JSON.stringify([measure, axis, nEpochs]);
    const isSame = key === this.key;
    Object.assign(this, { series, measure, axis, nEpochs, key });
    if (!isSame) this.drawAxes();
    const seen = new Set(series.map((each) => each.id));
    for (const [id, entry] of this.drawn) {
      if (!seen.has(id)) {
        entry.group.remove();
        this.drawn.delete(id);
      }
    }
    for (const each of series) this.drawSeries(each, isSame);
  }

  drawSeries({ id, points, kind }, isSame) {
    let entry = this.drawn.get(id);
    if (!entry) {
      const paths = SPLITS.map((split) => el("svg:path", { class: split.name }));
      entry = { paths, group: el("svg:g", {}, ...paths), points: null, kind: null };
      this.drawn.set(id, entry);
      this.lines.append(entry.group);
    }
    if (entry.kind !== kind) {
      entry.group.setAttribute("class", kind);
      entry.kind = kind;
      this.lines.append(entry.group); // strong ones come to lie on top
      const strong = [...this.lines.querySelectorAll(".training, .mean, .picked")];
      this.lines.append(...strong);
    }
    if (isSame && entry.points === points) return;
    entry.points = points;
    for (const [k, split] of SPLITS.entries()) {
      entry.paths[k].setAttribute("d", this.path(points, split[this.measure]));
    }
  }

  path(points, column) {
    let text = "";
    let isPen = false;
    points.forEach((point, i) => {
      const value = point[column];
      if (value === null) {
        isPen = false;
        return;
      }
      const place = `${this.x(i + 1).toFixed(1)} ${this.y(value).toFixed(1)}`;
      text += `${isPen ? "L" : "M"}${place}`;
      isPen = true;
    });
    // A single point is drawn as a dot: a line of no length with round ends.
    return points.length === 1 && text ? `${text}h0` : text;
  }

  drawAxes() {
    const parts = [];
    const { low, high, step } = this.axis;
    for (let i = 0; low + i * step <= high + step / 100; i += 1) {
      const value = low + i * step;
      const y = this.y(value);
      parts.push(el("svg:line", { x1: this.left, x2: this.width - this.right, y1: y, y2: y }));
      parts.push(el("svg:text", { x: this.left - 6, y: y + 4, "text-anchor": "end" }, this.says(value, step)));
    }
    for (const epoch of epochTicks(this.nEpochs, Math.max(2, Math.floor(this.width / 45)))) {
      parts.push(el("svg:text", { x: this.x(epoch), y: this.height - 5, "text-anchor": "middle" }, String(epoch)));
    }
    this.axes.replaceChildren(...parts);
  }

  says(value, step) {
    const unit = this.measure === "loss" ? 1 : 100;
    const digits = [0, 1, 2, 3, 4].find(
      (d) => Math.abs(unit * step * 10 ** d - Math.round(unit * step * 10 ** d)) < 1e-6,
    );
    return (unit * value).toFixed(digits ?? 4);
  }

  // The run and epoch nearest to the pointer.
  point(event) {
    if (!this.series) return;
    const box = this.svg.getBoundingClientRect();
    const px = ((event.clientX - box.left) / box.width) * this.width;
    const py = ((event.clientY - box.top) / box.height) * this.height;
    let best = null;
    for (const { id, points } of this.series) {
      const i = Math.round(Math.max(0, Math.min(points.length - 1, (px - this.x(1)) / (this.x(2) - this.x(1)))));
      for (const split of SPLITS) {
        const value = points[i]?.[split[this.measure]];
        if (value === null || value === undefined) continue;
        const far = Math.hypot(this.x(i + 1) - px, this.y(value) - py);
        if (!best || far < best.far) best = { far, id, i, split: split.name, value, point: points[i] };
      }
    }
    this.near = best;
    if (!best) return;
    const dot = el("svg:circle", { cx: this.x(best.i + 1), cy: this.y(best.value), r: 3.5, class: best.split });
    this.mark.replaceChildren(dot);
    this.onPoint?.(best);
  }

  leave() {
    this.near = null;
    this.mark.replaceChildren();
    this.onPoint?.(null);
  }
}
