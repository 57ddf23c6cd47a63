// Elements without HTML text, and numbers as people read them.

const HALF = `5${"0".repeat(24)}`; // decimals of what lies in the middle: no number that is near has the same
const LARGE_LOSS = 1000; // from here on decimals of a loss say nothing
const HOUR_S = 3600;
const DAY_S = 86_400;
const UNITS = [
  ["ms", 0.001, 1],
  ["s", 1, 120],
  ["min", 60, 7200],
  ["h", 3600, Number.POSITIVE_INFINITY],
]; // name, seconds, seconds from which on the next is read better

// Makes an element; text is always text, whatever is in it.
export function el(tag, attributes = {}, ...children) {
  const made = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false)
      made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// Replaces what is inside an element, unless it says the same already: what somebody has focused or marked stays.
export function fill(element, ...children) {
  const next = el("div", {}, ...children);
  if (element.innerHTML !== next.innerHTML) element.replaceChildren(...next.childNodes);
}

// A time in the unit in which it is read best, with about two digits: as every text of mlpstudy writes one.
export function duration(seconds) {
  if (seconds <= 0) return "0 s";
  const [unit, size] = UNITS.find(([, , below]) => seconds < below);
  const value = seconds / size;
  return `${fixed(value, Number(fixed(value, 1)) < 10 ? 1 : 0)} ${unit}`;
}

// Time left is an estimate: no more digits than it has.
export function about(seconds) {
  if (seconds < 20) return "less than 20 s";
  if (seconds < 90) return `about ${10 * Math.round(seconds / 10)} s`;
  return `about ${seconds < 600 ? `${Math.round(seconds / 60)} min` : duration(seconds)}`;
}

// How long ago: in steps of ten seconds, of minutes, of hours, of days.
export function coarse(seconds) {
  if (seconds >= DAY_S) return counted(Math.floor(seconds / DAY_S), "day");
  if (seconds >= HOUR_S) return `${Math.floor(seconds / HOUR_S)} h`;
  return seconds < 60 ? `${10 * Math.ceil(seconds / 10)} s` : `${Math.floor(seconds / 60)} min`;
}

export const clock = (date) => date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

// A number with so many decimals as mlpstudy.text.numerals.fixed writes it: of two that are equally near the even one;
// what rounds to zero has no sign.
export function fixed(value, digits) {
  const away = value.toFixed(digits);
  const isBetween = value.toFixed(digits + HALF.length).endsWith(HALF);
  const isOdd = Number(away.at(-1)) % 2 === 1;
  const text = isBetween && isOdd ? (Number(away) - Math.sign(value) * 10 ** -digits).toFixed(digits) : away;
  return Number(text) === 0 ? text.replace("-", "") : text;
}

export const percent = (share, digits = 2) => (share === null ? "–" : `${fixed(100 * share, digits)} %`);

export function loss(value) {
  if (value === null) return "–";
  return value < LARGE_LOSS ? fixed(value, 4) : Number(value.toPrecision(3)).toExponential().replace("+", "");
}

// A value of the metric that a study declares, with its unit.
export function measured(value, { factor, digits, of_values: unit }) {
  return value === null ? "–" : `${fixed(factor * value, digits)} ${unit}`;
}

// A difference of two values of the metric, with its sign.
export function difference(value, { factor, digits }) {
  if (value === null) return "–";
  const text = fixed(factor * value, digits);
  return Number(text) > 0 ? `+${text}` : text.replace("-", "−");
}

export const counted = (n, word) => `${n.toLocaleString("en")} ${word}${n === 1 ? "" : "s"}`;

export const STATUS = {
  running: "training",
  finished: "finished",
  diverged: "diverged",
  failed: "failed",
  interrupted: "interrupted",
  planned: "waiting",
};

export function runName(state, run) {
  return `${state.head.architectures[run.architecture].name}, seed ${run.seed}`;
}

// One line on how a run is doing.
export function runSays(state, run) {
  const n = state.head.architectures[run.architecture].n_epochs;
  if (run.status === "finished")
    return `finished: test accuracy ${percent(run.test_accuracy)}, loss ${loss(run.test_loss)}`;
  if (run.status === "running") return `training: epoch ${run.n_epochs_done} of ${n}`;
  if (run.status === "interrupted") return `interrupted after epoch ${run.n_epochs_done} of ${n}`;
  if (run.status === "diverged") return `diverged at epoch ${run.diverged_epoch}: ${run.reason}`;
  return `failed: ${run.reason}`;
}

// A small bar; the words beside it say the same.
export function miniBar(share) {
  const bar = el("svg:svg", {
    class: "mini",
    viewBox: "0 0 100 8",
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  bar.append(el("svg:rect", { width: (100 * share).toFixed(1), height: 8 }));
  return bar;
}

export const shareDone = (study) => (study.n_planned ? study.n_done / study.n_planned : 0);

// How far a study is, and unless it is training, how long ago its folder changed.
export function studySays(study, nowMs) {
  const ago = (nowMs - Date.parse(study.changed_at)) / 1000;
  const failed = study.n_failed ? `, ${study.n_failed} failed` : "";
  const share = `${Math.floor(100 * shareDone(study))} %`;
  const done = `${study.n_done} of ${counted(study.n_planned, "run")} (${share})${failed}`;
  const changed = study.status === "running" ? "" : ` · last change ${ago < 5 ? "now" : `${coarse(ago)} ago`}`;
  return `${done}${changed} · ${study.key}`;
}
