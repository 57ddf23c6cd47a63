// The page of one study: listens, keeps the state, draws it again when something changed and somebody looks.
import { listen } from "./connection.js";
import { Detail } from "./detail.js";
import { apply } from "./model.js";
import { Overview } from "./overview.js";
import { Panels } from "./panels.js";
import { RunsMap } from "./runs.js";
import { about } from "./words.js";

const byId = (id) => document.getElementById(id);
const SAY_EVERY_MS = 30_000;
const SELECTED = /^#run=(?<id>[0-9a-f]{16})$/u;

const page = { state: null, selected: null, isDue: false, said: 0, wasStatus: null };
const overview = new Overview();
const panels = new Panels((id) => select(id));
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
  panels.draw(state, page.selected);
  map.draw(state, page.selected);
  detail.draw(state, page.selected);
  announce(state);
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
  panels.measure = event.target.value;
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
