// How far the study is, what went wrong, and who leads.
import {
  about,
  clock,
  counted,
  difference,
  duration,
  el,
  fill,
  loss,
  measured,
  miniBar,
  percent,
  runName,
  runSays,
} from "./words.js";

const byId = (id) => document.getElementById(id);
const MAX_ROWS = 1000;
const EARLIER = 7; // estimates of the time left whose median is shown: between two runs one alone jumps

export const STUDY_STATUS = { running: "training", finished: "finished", stopped: "stopped" };

export class Overview {
  constructor() {
    this.estimates = [];
  }

  draw(state) {
    const { head } = state;
    byId("title").textContent = head.title;
    fill(byId("status"), el("span", { class: `pill ${head.status}` }, STUDY_STATUS[head.status]));
    this.drawProgress(state);
    drawTrouble(state);
    drawNow(state);
    drawLeaders(state);
    const share = head.status === "running" ? `${Math.floor(100 * head.progress.share)} % ` : "";
    document.title = `${share}${head.name} – mlpstudy`;
  }

  drawProgress({ head }) {
    const { progress } = head;
    const nDone = progress.n_finished + progress.n_diverged;
    const bar = byId("bar");
    bar.setAttribute("aria-valuenow", Math.floor(100 * progress.share));
    bar.setAttribute("aria-valuetext", `${nDone} of ${progress.n_planned} runs`);
    bar.firstElementChild.style.width = `${100 * progress.share}%`;
    bar.dataset.status = head.status;
    byId("runs-done").textContent = `${nDone} of ${counted(progress.n_planned, "run")}`;
    byId("share").textContent = `${Math.floor(100 * progress.share)} %`;
    byId("left").textContent = this.leftSays(head);
  }

  leftSays({ status, progress }) {
    if (status !== "running") this.estimates = [];
    if (status === "finished") return "All runs are done.";
    if (status === "stopped") return "Nobody is training it now. The same mlpstudy run goes on from here.";
    if (progress.left_s === null) return "Time left: known after the first epoch.";
    this.estimates = [...this.estimates.slice(1 - EARLIER), progress.left_s];
    const left = [...this.estimates].sort((a, b) => a - b)[Math.floor(this.estimates.length / 2)];
    return `${about(left)} left${left < 90 ? "" : `, until ${clock(new Date(Date.now() + 1000 * left))}`}`;
  }
}

// What went wrong, run by run.
function drawTrouble(state) {
  const kinds = { failed: [], diverged: [], interrupted: [] };
  for (const [id, run] of Object.entries(state.runs)) kinds[run.status]?.push([id, run]);
  const all = [...kinds.failed, ...kinds.diverged, ...kinds.interrupted];
  byId("trouble").hidden = all.length === 0;
  const says = Object.entries(kinds).filter(([, runs]) => runs.length);
  byId("trouble-summary").textContent = says.map(([kind, runs]) => `${counted(runs.length, "run")} ${kind}`).join(", ");
  const shown = all
    .slice(0, 100)
    .map(([id, run]) => el("li", {}, el("a", { href: `#run=${id}` }, runName(state, run)), ` ${runSays(state, run)}`));
  if (all.length > shown.length) shown.push(el("li", {}, `and ${all.length - shown.length} more`));
  fill(byId("trouble-list"), ...shown);
}

// The runs that are being trained, each with its bar.
function drawNow(state) {
  const running = Object.entries(state.runs).filter(([, run]) => run.status === "running");
  byId("now").hidden = running.length === 0;
  const rows = running.slice(0, 64).map(([id, run]) => {
    const n = state.head.architectures[run.architecture].n_epochs;
    const last = state.curves[id]?.at(-1);
    const says = last ? `validation loss ${loss(last[2])}, accuracy ${percent(last[3])}` : "first epoch";
    return el(
      "li",
      {},
      el("a", { href: `#run=${id}`, class: "name" }, runName(state, run)),
      miniBar(run.n_epochs_done / n),
      el("span", { class: "epoch" }, `epoch ${run.n_epochs_done} of ${n}`),
      el("span", { class: "muted measured" }, says),
    );
  });
  fill(byId("now-list"), ...rows);
}

// The rows of the table, best mean of the declared metric first, those without a run last. What runs do not record is
// known of the verdict's means.
export function ranked(head, means = []) {
  const rows = head.table.map((row, i) => ({
    ...row,
    i,
    name: head.architectures[i].name,
    value: row.value ?? means[i] ?? null,
  }));
  const badness = ({ value }) => (head.metric.higher_is_better ? -value : value);
  const key = (row) => (row.n === 0 || row.value === null ? Number.MAX_VALUE : badness(row));
  return rows.sort((a, b) => key(a) - key(b) || a.i - b.i);
}

// Architectures, best mean first, with the interval of the mean and the tier.
function drawLeaders(state) {
  const { head, judging } = state;
  const verdict = shownVerdict(state);
  const rows = ranked(head, verdict?.means);
  const known = rows.filter((row) => row.n > 0);
  const isOver = head.status === "finished";
  byId("sentence").textContent = verdict?.sentence ?? unjudged(known, head.metric, rows.length, judging);
  byId("sentence").classList.toggle("older", verdict !== null && !judging.is_present);
  byId("provisional").hidden = isOver && !(verdict?.is_provisional ?? false);
  const ends = known.flatMap((row) => [row.accuracy, row.low, row.high]).filter((x) => x !== null);
  const range = { low: Math.min(...ends), high: Math.max(...ends) };
  const hasTiers = verdict?.tiers.some((tier) => tier) ?? false;
  const tiersSay = hasTiers ? " Architectures that share a tier letter are not told apart." : "";
  fill(byId("judged"), ...judgedSays(state, verdict), tiersSay);
  const scale = head.baselines.map(([name, accuracy]) => `${name} ${percent(accuracy)}`).join(", ");
  byId("baselines").textContent = scale ? `For scale, on the same test examples: ${scale}.` : "";
  byId("leaders-more").textContent =
    rows.length > MAX_ROWS ? `The first ${MAX_ROWS} of ${counted(rows.length, "architecture")}.` : "";
  byId("leaders").hidden = known.length === 0;
  drawLeadersHead(head, hasTiers ? verdict.n_runs : null, judging.is_present);
  fill(
    byId("leaders-body"),
    ...rows.slice(0, MAX_ROWS).map((row) => leaderRow(row, head, range, hasTiers ? verdict.tiers[row.i] : null)),
  );
  drawPairs(verdict, head.metric, judging.is_present);
}

// The headings of the table; nTiered is of how many runs the tiers are, null where there are none.
function drawLeadersHead(head, nTiered, isPresent) {
  const headings = [
    "Architecture",
    "Runs",
    "Test accuracy",
    `${Number((100 * head.confidence).toPrecision(6))} % interval of the mean`,
    "Test loss",
    "Time a run",
  ];
  if (nTiered !== null) headings.splice(1, 0, isPresent ? "Tier" : `Tier, of ${counted(nTiered, "run")}`);
  fill(
    byId("leaders-head"),
    el("tr", {}, ...headings.map((text, i) => el("th", { scope: "col", class: i ? "right" : null }, text))),
  );
}

// The verdict that may stand beside the table: that of the runs which the table shows. While runs are still ending an
// older one is better than none, and marked; afterwards it would be taken for the last word.
export function shownVerdict({ head, verdict, judging }) {
  return judging.is_present || head.status === "running" ? verdict : null;
}

// Of which runs the verdict is; what keeps a newer one from being there.
export function judgedSays({ head, judging }, verdict) {
  const nEnded = head.progress.n_finished + head.progress.n_diverged;
  const problem = judging.problem
    ? `No verdict of ${verdict ? "the later ones" : "these runs"}: ${judging.problem}. `
    : "";
  if (!verdict) return [problem];
  if (judging.is_present) return [`Judged from ${verdict.n_runs} of ${counted(head.progress.n_planned, "run")}.`];
  const ofWhich =
    nEnded > verdict.n_runs
      ? `${verdict.n_runs} of the ${nEnded} runs that have ended`
      : "other runs than have ended by now";
  return [el("b", {}, `Judged from ${ofWhich}`), problem ? `. ${problem}` : "; the next judgement takes them all."];
}

// What can be said without a judgement: who is ahead, and not more.
export function unjudged(known, metric, n, judging) {
  if (known.length === 0) return "No run has finished yet.";
  const [best] = known;
  const value = measured(best.value, metric);
  if (n === 1) return `${best.name} reaches ${value}; there is nothing to compare it with.`;
  if (known.length === 1)
    return `Only ${best.name} has finished runs so far: ${value}. There is nothing to compare yet.`;
  return `${best.name} is ahead with ${value}; ${judging.problem ? "not judged" : "not judged yet"}.`;
}

export function leaderRow(row, head, range, tier) {
  const cells = [
    el("td", { class: "right" }, `${row.n} of ${head.seeds}`),
    el("td", { class: "right" }, percent(row.accuracy)),
    el(
      "td",
      { class: "right interval" },
      row.low === null ? "–" : `${percent(row.low)} to ${percent(row.high)}`,
      row.n ? intervalPicture(row, range) : null,
    ),
    el("td", { class: "right" }, loss(row.loss)),
    el("td", { class: "right" }, row.wall_s === null ? "–" : duration(row.wall_s)),
  ];
  if (tier !== null) cells.unshift(el("td", { class: "right tier" }, (row.n && tier) || "–"));
  return el("tr", {}, el("th", { scope: "row" }, row.name), ...cells);
}

// Mean and interval on an axis that all rows share; the numbers beside it say the same.
export function intervalPicture(row, { low, high }) {
  const x = (value) => 4 + (high > low ? (value - low) / (high - low) : 0.5) * 112;
  const picture = el("svg:svg", { viewBox: "0 0 120 12", class: "interval-picture", "aria-hidden": "true" });
  if (row.low !== null) picture.append(el("svg:line", { x1: x(row.low), x2: x(row.high), y1: 6, y2: 6 }));
  picture.append(el("svg:circle", { cx: x(row.accuracy), cy: 6, r: 3.5 }));
  return picture;
}

function drawPairs(verdict, metric, isPresent) {
  byId("pairs").hidden = !verdict;
  if (!verdict) return;
  const counts = verdict.counts
    .filter(([, n]) => n)
    .map(([kind, n]) => `${n} ${kind}`)
    .join(", ");
  const ofWhich = isPresent ? "" : `, judged from ${counted(verdict.n_runs, "run")}`;
  byId("pairs-summary").textContent = `${counted(verdict.n_pairs, "declared comparison")}${ofWhich}: ${counts}`;
  byId("pairs-unit").textContent = metric.in_full;
  fill(byId("pairs-body"), ...verdict.pairs.map((pair) => pairRow(pair, metric)));
  const nMore = verdict.n_pairs - verdict.pairs.length;
  byId("pairs-more").textContent = nMore > 0 ? `and ${nMore} more: mlpstudy judge` : "";
}

export function pairRow(pair, metric) {
  const [low, high] = [pair.low, pair.high].map((end) => (end === null ? null : difference(end, metric)));
  const interval = low === null || high === null ? "unbounded" : `${low} to ${high}`;
  const winner = pair.winner ? el("span", { class: "more" }, pair.winner) : null;
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, `${pair.a} minus ${pair.b}`),
    el("td", { class: "right" }, difference(pair.difference, metric)),
    el("td", { class: "right" }, interval),
    el("td", {}, el("span", { class: `verdict ${pair.kind.toLowerCase()}` }, pair.kind), winner),
    el("td", { class: "long" }, pair.reason),
  );
}
