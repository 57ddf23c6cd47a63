// The page of one study: listens, keeps the state, draws it again when something changed and somebody looks.
import { listen } from "./connection.js";
import { axisOf, meanOf, Plot } from "./curves.js";
import { Detail } from "./detail.js";
import { apply, byArchitecture } from "./model.js";
import { Overview } from "./overview.js";
import { RunsMap } from "./runs.js";
import { about, el, loss, percent, runName } from "./words.js";

const byId = (id) => document.getElementById(id);
const MAX_PANELS = 60;
const SAY_EVERY_MS = 30_000;
const PANEL_SAYS = "one line a run and split; each run's numbers are in its table below";
const SELECTED = /^#run=(?<id>[0-9a-f]{16})$/u;

const page = { state: null, selected: null, measure: "loss", panels: [], isDue: false, said: 0, wasStatus: null };
const overview = new Overview();
const detail = new Detail();
const map = new RunsMap(byId("map"), (id) => select(id));

function hear(message) {
  if (message.kind === "link") connection(message.isUp);
  else if (message.kind === "problem") problem(message.problem);
  else if (message.kind === "state") know(message.state);
  else if (message.kind === "delta" && page.state) know(apply(page.state, message.delta));
}

function know(state) {
  page.state = state;
  problem(null);
  draw();
}

// Draws at the next frame; a hidden tab has none, and draws when it is looked at.
function draw() {
  if (page.isDue) return;
  page.isDue = true;
  const act = () => {
    page.isDue = false;
    drawAll();
  };
  requestAnimationFrame(act);
}

function drawAll() {
  const { state } = page;
  if (!state) return;
  byId("waiting").hidden = true;
  byId("study").hidden = false;
  overview.draw(state);
  drawPanels(state);
  map.draw(state, page.selected);
  detail.draw(state, page.selected);
  announce(state);
}

function drawPanels(state) {
  const groups = byArchitecture(state).slice(0, MAX_PANELS);
  const names = state.head.architectures.slice(0, MAX_PANELS);
  const shape = JSON.stringify(names);
  if (page.shape !== shape) buildPanels(state, names, shape);
  const nEpochs = Math.max(...state.head.architectures.map((each) => each.n_epochs));
  // A diverged run would push all others to the bottom: it leaves the axis at its top.
  const sane = groups.map((group) =>
    group
      .filter(([, run]) => run.status !== "diverged")
      .map(([id]) => state.curves[id])
      .filter(Boolean),
  );
  const axis = axisOf(sane, page.measure, nEpochs);
  page.panels.forEach(({ plot, note }, i) => {
    const { series, nWhole } = linesOf(i, groups[i], state.curves);
    plot.draw(series, page.measure, axis, nEpochs);
    note.textContent = panelSays(groups[i], nWhole);
  });
  byId("panels-more").textContent =
    state.head.architectures.length > MAX_PANELS
      ? `The first ${MAX_PANELS} of ${state.head.architectures.length} architectures.`
      : "";
}

// The lines of an architecture's runs and of the mean of those that are finished, and how many these are.
function linesOf(i, group, curves) {
  const begun = group.filter(([id]) => curves[id]);
  const series = begun.map(([id, run]) => ({ id, points: curves[id], kind: lineKind(id, run) }));
  const whole = begun.filter(([, run]) => run.status === "finished").map(([id]) => curves[id]);
  if (whole.length > 1) series.push({ id: "mean", points: page.means(i, whole), kind: "mean" });
  else if (series.length === 1 && series[0].kind === "one") series[0].kind = "training";
  return { series, nWhole: whole.length };
}

function lineKind(id, { status }) {
  if (id === page.selected) return "picked";
  if (status === "running") return "training";
  return status === "finished" ? "one" : "off";
}

// The mean changes only when a run of the architecture ends: kept until then.
page.means = (() => {
  const kept = [];
  return (i, whole) => {
    if (kept[i]?.n !== whole.length || kept[i].whole.some((points, k) => points !== whole[k]))
      kept[i] = { n: whole.length, whole, mean: meanOf(whole) };
    return kept[i].mean;
  };
})();

function panelSays(group, nWhole) {
  const nRunning = group.filter(([, run]) => run.status === "running").length;
  const nDiverged = group.filter(([, run]) => run.status === "diverged").length;
  const parts = nWhole ? [nWhole > 1 ? `mean of ${nWhole}` : "1 run"] : [];
  if (nRunning) parts.push(`${nRunning} training`);
  if (nDiverged) parts.push(`${nDiverged} diverged`);
  return parts.length > 0 ? parts.join(", ") : "waiting";
}

function buildPanels(state, architectures, shape) {
  page.shape = shape;
  // With two factors the second one's levels are the columns, as in the figures.
  const nColumns = state.head.factors.length === 2 ? new Set(architectures.map((each) => each.levels[1][1])).size : 0;
  byId("panels").style.setProperty("--columns", nColumns > 1 && nColumns <= 4 ? nColumns : 3);
  page.panels = architectures.map((architecture) => {
    const note = el("span", { class: "muted" });
    const readout = byId("readout");
    const plot = new Plot({
      label: `Learning curves of ${architecture.name}: ${PANEL_SAYS}`,
      onPick: (id) => page.state.runs[id] && select(id),
      onPoint: (at) => {
        readout.textContent = at ? pointSays(architecture, at) : readout.dataset.says;
      },
    });
    return {
      plot,
      note,
      element: el(
        "figure",
        { class: "panel" },
        el("figcaption", {}, el("b", {}, architecture.name), " ", note),
        plot.svg,
      ),
    };
  });
  byId("panels").replaceChildren(...page.panels.map((panel) => panel.element));
}

function pointSays(architecture, at) {
  const run = page.state.runs[at.id];
  const value = page.measure === "loss" ? loss(at.value) : percent(at.value);
  const name = run ? runName(page.state, run) : `${architecture.name}, mean`;
  return `${name}: ${at.split} ${page.measure} ${value} after epoch ${at.i + 1}`;
}

function select(id, isMove = true) {
  page.selected = id;
  const hash = id ? `#run=${id}` : "";
  if (isMove && location.hash !== hash) history.replaceState(null, "", hash || location.pathname);
  drawAll();
  if (id && isMove) {
    byId("detail-title").focus({ preventScroll: true });
    byId("detail").scrollIntoView({
      block: "nearest",
      behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth",
    });
  }
}

// Says now and then how far the study is, to those who hear the page.
function announce({ head }) {
  const isNews = head.status !== page.wasStatus && page.wasStatus !== null;
  page.wasStatus = head.status;
  if (!isNews && Date.now() - page.said < SAY_EVERY_MS) return;
  page.said = Date.now();
  const { n_finished: n, n_diverged: d, n_planned: all, left_s: left } = head.progress;
  byId("live").textContent =
    head.status === "running"
      ? `${n + d} of ${all} runs done${left === null ? "" : `, ${about(left)} left`}.`
      : `The study is ${head.status}. ${n + d} of ${all} runs done.`;
}

function connection(isUp) {
  byId("offline").hidden = isUp;
}

function problem(text) {
  byId("problem").hidden = text === null;
  byId("problem").textContent = text === null ? "" : `The study cannot be read: ${text}`;
}

const fromAddress = () => SELECTED.exec(location.hash)?.groups.id ?? null;

function follow() {
  const id = fromAddress();
  if (id) select(id);
}

byId("measure").addEventListener("change", (event) => {
  page.measure = event.target.value;
  draw();
});
byId("detail-close").addEventListener("click", () => {
  const cell = document.querySelector(".cell.selected");
  select(null);
  cell?.focus();
});
addEventListener("hashchange", follow);
page.selected = fromAddress();
listen(`${location.pathname}/events`, hear);
