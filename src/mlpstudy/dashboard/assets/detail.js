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
    const levels = architecture.levels.map(([factor, level]) => `${factor} ${level}`).join(", ");
    const facts = [["Levels", levels], ["Epochs", `${run.n_epochs_done} of ${architecture.n_epochs}`], ["Begun", new Date(run.started_at).toLocaleString()]];
    if (run.status !== "running" && run.status !== "interrupted") facts.push(["Took", duration(run.wall_s)]);
    fill(byId("detail-facts"), ...facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
    const points = state.curves[id] ?? [];
    byId("detail-none").hidden = points.length > 0;
    byId("detail-charts").hidden = points.length === 0;
    if (!points.length) return;
    for (const measure of ["loss", "accuracy"]) {
      const series = [{ id, points, kind: "picked" }];
      this.plots[measure].draw(series, measure, axisOf([[points]], measure, architecture.n_epochs), architecture.n_epochs);
    }
    byId("detail-epochs-summary").textContent = `${counted(points.length, "epoch")} as a table`;
    fill(byId("detail-epochs"), ...points.map((point, i) => el("tr", {},
      el("th", { scope: "row" }, String(i + 1)),
      ...[loss(point[0]), percent(point[1]), loss(point[2]), percent(point[3])].map((text) => el("td", { class: "right" }, text)))));
  }

  build(id) {
    this.shown = id;
    const figures = ["loss", "accuracy"].map((measure) => {
      const says = el("p", { class: "readout muted" }, "\u00a0");
      const plot = new Plot({
        height: 260, label: `${NAMES[measure]} of this run, epoch by epoch; the table below has the numbers`,
        onPoint: (at) => { says.textContent = at ? `epoch ${at.i + 1}, ${at.split}: ${measure === "loss" ? loss(at.value) : percent(at.value)}` : "\u00a0"; },
      });
      this.plots[measure] = plot;
      return el("figure", {}, el("figcaption", {}, NAMES[measure]), plot.svg, says);
    });
    byId("detail-charts").replaceChildren(...figures);
  }
}
