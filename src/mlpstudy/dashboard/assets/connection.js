// One stream of events from the server: kept open, opened again whatever happens, added up to a state.
import { apply } from "./model.js";

const SILENCE_MS = 30_000; // the server beats every 10 s: after three missed beats the connection is dead
const AGAIN_MS = 2000;

export class Stream {
  // tell(message) gets {kind: "state" | "delta" | "studies" | "problem" | "link", ...} and whether it may be dropped.
  constructor(url, tell) {
    this.url = url;
    this.tell = tell;
    this.known = null;
    this.isUp = null;
  }

  start() {
    this.open();
    this.watchdog = setInterval(() => this.check(), AGAIN_MS);
    return this;
  }

  open() {
    this.source?.close();
    this.heard = Date.now();
    const source = new EventSource(this.url);
    this.source = source;
    source.onopen = () => this.link(true);
    source.onerror = () => this.link(false);
    const on = (name, act) =>
      source.addEventListener(name, (event) => {
        this.heard = Date.now();
        this.link(true);
        act?.(JSON.parse(event.data));
      });
    on("beat");
    on("state", (state) => this.whole({ kind: "state", state }));
    on("studies", (studies) => this.whole({ kind: "studies", studies }));
    on("problem", ({ problem }) => this.whole({ kind: "problem", problem }));
    on("delta", (delta) => {
      if (this.known?.kind !== "state") return;
      apply(this.known.state, delta);
      this.tell({ kind: "delta", delta });
    });
  }

  // A browser opens a broken stream again by itself, but gives up after an answer that is no stream.
  check() {
    const isGone = this.source.readyState === EventSource.CLOSED;
    if (!isGone && Date.now() - this.heard < SILENCE_MS) return;
    this.link(false);
    this.open();
  }

  link(isUp) {
    if (this.isUp === isUp) return;
    this.isUp = isUp;
    this.tell({ kind: "link", isUp });
  }

  whole(message) {
    this.known = message;
    this.tell(message);
  }

  // What somebody needs who begins to listen now.
  catchUp() {
    const link = { kind: "link", isUp: this.isUp ?? true };
    return this.known ? [this.known, link] : [link];
  }

  close() {
    clearInterval(this.watchdog);
    this.source.close();
  }
}

// Listens to a stream, shared with the other tabs where the browser can: it allows six connections to a server.
export function listen(url, tell) {
  const own = (message) => tell(structuredClone(message));
  if (typeof SharedWorker === "undefined") {
    new Stream(url, own).start();
    return;
  }
  const worker = new SharedWorker("/files/worker.js", { type: "module" });
  worker.addEventListener("error", () => new Stream(url, own).start(), { once: true });
  worker.port.onmessage = (event) => tell(event.data);
  worker.port.postMessage({ listen: url });
  addEventListener("pagehide", () => worker.port.postMessage({ bye: true }));
  // A page that comes back out of the history listens again.
  addEventListener("pageshow", (event) => {
    if (event.persisted) worker.port.postMessage({ listen: url });
  });
}
