// Elements without HTML text, and numbers as people read them.

const DAY_S = 86_400;
const NOTHING_MORE = / 00 (?:s|min)$/u;

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

export function duration(seconds) {
  if (seconds > 0 && seconds < 1) return `${Number((1000 * seconds).toPrecision(2))} ms`;
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}

// Time left is an estimate: no more digits than it has.
export function about(seconds) {
  if (seconds < 20) return "less than 20 s";
  if (seconds < 90) return `about ${10 * Math.round(seconds / 10)} s`;
  if (seconds < 3600) return `about ${Math.round(seconds / 60)} min`;
  return `about ${duration(300 * Math.round(seconds / 300))}`;
}

// How long ago, or how long in all, where minutes are exact enough.
export function coarse(seconds) {
  if (seconds >= DAY_S) return counted(Math.floor(seconds / DAY_S), "day");
  return duration(60 * Math.floor(seconds / 60) || seconds).replace(NOTHING_MORE, "");
}

export const clock = (date) => date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
export const percent = (share, digits = 2) => (share === null ? "–" : `${(100 * share).toFixed(digits)} %`);
export const loss = (value) => (value === null ? "–" : value.toFixed(4));

// A difference of two measures, with its sign, in the digits of its unit: nats, else percentage points.
export function difference(value, unit) {
  if (value === null) return "–";
  const digits = unit === "nats" ? value.toFixed(4) : (100 * value).toFixed(2);
  return `${value < 0 ? "" : "+"}${digits}`.replace("-", "−");
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
