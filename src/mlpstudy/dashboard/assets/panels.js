// Learning curves of every architecture side by side, on one axis: a line a run and split, and their mean.
import { axisOf, meanOf, Plot } from "./curves.js";
import { byArchitecture } from "./model.js";
import { el, loss, percent, runName } from "./words.js";

const byId = (id) => document.getElementById(id);
const MAX_PANELS = 60;
const SAYS = "one line a run and split; each run's numbers are in its table below";

export class Panels {
  constructor(pick) {
    this.pick = pick;
    this.measure = "loss";
    this.panels = [];
    this.means = [];
  }

  draw(state, selected) {
    this.state = state;
    const groups = byArchitecture(state).slice(0, MAX_PANELS);
    this.build(state.head);
    const nEpochs = Math.max(...state.head.architectures.map((each) => each.n_epochs));
    const axis = axisOf(saneCurves(groups, state.curves), this.measure, nEpochs);
    this.panels.forEach(({ plot, note }, i) => {
      const { series, whole } = linesOf(groups[i], state.curves, selected);
      if (whole.length > 1) series.push({ id: "mean", points: this.mean(i, whole), kind: "mean" });
      plot.draw(series, this.measure, axis, nEpochs);
      note.textContent = panelSays(groups[i], whole.length);
    });
    const n = state.head.architectures.length;
    byId("panels-more").textContent = n > MAX_PANELS ? `The first ${MAX_PANELS} of ${n} architectures.` : "";
  }

  // Makes the panels when architectures are new; afterwards only their lines change.
  build({ architectures, factors }) {
    const shown = architectures.slice(0, MAX_PANELS);
    const shape = JSON.stringify(shown);
    if (this.shape === shape) return;
    this.shape = shape;
    byId("panels").style.setProperty("--columns", columnsOf(shown, factors));
    this.panels = shown.map((architecture) => this.panel(architecture));
    byId("panels").replaceChildren(...this.panels.map((panel) => panel.element));
  }

  panel(architecture) {
    const note = el("span", { class: "muted" });
    const readout = byId("readout");
    const plot = new Plot({
      label: `Learning curves of ${architecture.name}: ${SAYS}`,
      onPick: (id) => this.state.runs[id] && this.pick(id),
      onPoint: (at) => {
        readout.textContent = at ? this.pointSays(architecture, at) : readout.dataset.says;
      },
    });
    const caption = el("figcaption", {}, el("b", {}, architecture.name), " ", note);
    return { plot, note, element: el("figure", { class: "panel" }, caption, plot.svg) };
  }

  pointSays(architecture, at) {
    const run = this.state.runs[at.id];
    const value = this.measure === "loss" ? loss(at.value) : percent(at.value);
    const name = run ? runName(this.state, run) : `${architecture.name}, mean`;
    return `${name}: ${at.split} ${this.measure} ${value} after epoch ${at.i + 1}`;
  }

  // The mean changes only when a run of the architecture ends: kept until then.
  mean(i, whole) {
    const kept = this.means[i];
    const isSame = kept?.whole.length === whole.length && kept.whole.every((points, k) => points === whole[k]);
    if (!isSame) this.means[i] = { whole, points: meanOf(whole) };
    return this.means[i].points;
  }
}

// With two factors the second one's levels are the columns, as in the figures.
export function columnsOf(architectures, factors) {
  const n = factors.length === 2 ? new Set(architectures.map((each) => each.levels[1][1])).size : 0;
  return n > 1 && n <= 4 ? n : 3;
}

// A diverged run would push all others to the bottom: it leaves the axis at its top.
export function saneCurves(groups, curves) {
  const sane = groups.map((group) => group.filter(([id, run]) => run.status !== "diverged" && curves[id]));
  return sane.map((group) => group.map(([id]) => curves[id]));
}

// The lines of an architecture's runs, and the curves of those that are finished; one alone is as strong as a mean.
export function linesOf(group, curves, selected) {
  const begun = group.filter(([id]) => curves[id]);
  const series = begun.map(([id, run]) => ({ id, points: curves[id], kind: lineKind(id, run, selected) }));
  const whole = begun.filter(([, run]) => run.status === "finished").map(([id]) => curves[id]);
  if (series.length === 1 && series[0].kind === "one") series[0].kind = "training";
  return { series, whole };
}

function lineKind(id, { status }, selected) {
  if (id === selected) return "picked";
  if (status === "running") return "training";
  return status === "finished" ? "one" : "off";
}

export function panelSays(group, nWhole) {
  const nRunning = group.filter(([, run]) => run.status === "running").length;
  const nDiverged = group.filter(([, run]) => run.status === "diverged").length;
  const parts = nWhole ? [nWhole > 1 ? `mean of ${nWhole}` : "1 run"] : [];
  if (nRunning) parts.push(`${nRunning} training`);
  if (nDiverged) parts.push(`${nDiverged} diverged`);
  return parts.length > 0 ? parts.join(", ") : "waiting";
}
