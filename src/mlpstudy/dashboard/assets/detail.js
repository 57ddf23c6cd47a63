// One run: what it did, both of its curves, and every epoch as a table.
import { axisOf, Plot } from "./curves.js";
import { counted, duration, el, fill, loss, percent, runName, runSays } from "./words.js";

const byId = (id) => document.getElementById(id);
const NAMES = { loss: "Loss (nats)", accuracy: "Accuracy (%)" };

export class Detail {
  constructor() {
    this.plots = {};
    this.shown = null;
  }

  draw(state, id) {
    const run = state.runs[id];
    byId("detail").hidden = !run;
    if (!run) return;
    if (this.shown !== id) this.build(id);
    const architecture = state.head.architectures[run.architecture];
    byId("detail-title").textContent = runName(state, run);
    byId("detail-says").textContent = runSays(state, run);
    drawFacts(run, architecture);
    const points = state.curves[id] ?? [];
    byId("detail-none").hidden = points.length > 0;
    byId("detail-charts").hidden = points.length === 0;
    if (points.length === 0) return;
    const n = architecture.n_epochs;
    for (const [measure, plot] of Object.entries(this.plots)) {
      plot.draw([{ id, points, kind: "picked" }], measure, axisOf([[points]], measure, n), n);
    }
    drawEpochs(points);
  }

  build(id) {
    this.shown = id;
    const figures = ["loss", "accuracy"].map((measure) => {
      const says = el("p", { class: "readout muted" }, "\u00a0");
      const plot = new Plot({
        height: 260,
        label: `${NAMES[measure]} of this run, epoch by epoch; the table below has the numbers`,
        onPoint: (at) => {
          says.textContent = at
            ? `epoch ${at.i + 1}, ${at.split}: ${measure === "loss" ? loss(at.value) : percent(at.value)}`
            : "\u00a0";
        },
      });
      this.plots[measure] = plot;
      return el("figure", {}, el("figcaption", {}, NAMES[measure]), plot.svg, says);
    });
    byId("detail-charts").replaceChildren(...figures);
  }
}

function drawFacts(run, { levels, n_epochs: n }) {
  const facts = [
    ["Levels", levels.map(([factor, level]) => `${factor} ${level}`).join(", ")],
    ["Epochs", `${run.n_epochs_done} of ${n}`],
    ["Begun", new Date(run.started_at).toLocaleString()],
  ];
  if (run.status !== "running" && run.status !== "interrupted") facts.push(["Took", duration(run.wall_s)]);
  fill(byId("detail-facts"), ...facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}

function drawEpochs(points) {
  byId("detail-epochs-summary").textContent = `${counted(points.length, "epoch")} as a table`;
  const numbers = points.map((point) => [loss(point[0]), percent(point[1]), loss(point[2]), percent(point[3])]);
  const rows = numbers.map((row, i) =>
    el("tr", {}, el("th", { scope: "row" }, String(i + 1)), ...row.map((text) => el("td", { class: "right" }, text))),
  );
  fill(byId("detail-epochs"), ...rows);
}
