// A stream of events: added up to a state, opened again when it is silent or gone, shared by tabs.
import assert from "node:assert/strict";
import test, { afterEach, beforeEach, mock } from "node:test";

const opened = [];
globalThis.EventSource = class {
  static CLOSED = 2;

  constructor(url) {
    Object.assign(this, { url, readyState: 1, listeners: {} });
    opened.push(this);
  }

  addEventListener(name, act) {
    this.listeners[name] = act;
  }

  close() {
    this.readyState = 2;
  }

  // What the server sends.
  say(name, value = null) {
    this.listeners[name]({ data: JSON.stringify(value) });
  }
};
const { Stream } = await import("../../src/mlpstudy/dashboard/assets/connection.js");
await import("../../src/mlpstudy/dashboard/assets/worker.js");

// Time stands still until a test lets it go on.
beforeEach(() => mock.timers.enable({ apis: ["setInterval", "Date"] }));
afterEach(() => mock.timers.reset());

// A stream, what it tells, and the server's end of it.
const begun = () => {
  const told = [];
  const stream = new Stream("/events", (message) => told.push(message)).start();
  return { stream, told, server: () => opened.at(-1) };
};
const kinds = (messages) => messages.map((message) => message.kind);
const state = () => ({ head: { status: "running" }, runs: {}, curves: {}, verdict: null });

test("Changes are added to the state, so that who comes later gets the whole of it.", () => {
  const { stream, told, server } = begun();
  server().say("state", state());
  server().say("delta", { head: { status: "finished" } });
  assert.deepEqual(kinds(told), ["link", "state", "delta"]);
  const [known, link] = stream.catchUp();
  assert.equal(known.state.head.status, "finished");
  assert.deepEqual(link, { kind: "link", isUp: true });
});

test("A change without a state to apply it to is not told, nor one after a problem.", () => {
  const { told, server } = begun();
  server().say("delta", { head: {} });
  server().say("problem", { problem: "gone" });
  server().say("delta", { head: {} });
  assert.deepEqual(kinds(told), ["link", "problem"]);
});

test("After half a minute without a beat the connection counts as dead and is opened again; a beat keeps it.", () => {
  const { told, server } = begun();
  const first = server();
  first.onopen();
  mock.timers.tick(28_000);
  first.say("beat");
  mock.timers.tick(28_000);
  assert.equal(server(), first);
  mock.timers.tick(4000);
  assert.notEqual(server(), first);
  assert.equal(first.readyState, EventSource.CLOSED);
  server().onopen();
  assert.deepEqual(
    told.map((message) => message.isUp),
    [true, false, true],
  );
});

test("A stream that the browser has given up is opened again within two seconds, and told to be down once.", () => {
  const { told, server } = begun();
  const first = server();
  first.onerror();
  first.onerror();
  first.close();
  mock.timers.tick(2000);
  assert.notEqual(server(), first);
  assert.deepEqual(told, [{ kind: "link", isUp: false }]);
});

test("Tabs share one stream an address, a later one is told what is known, and the last one closes it.", () => {
  const tab = () => {
    const port = { told: [], postMessage: (message) => port.told.push(message) };
    globalThis.onconnect({ ports: [port] });
    return port;
  };
  const before = opened.length;
  const [first, second] = [tab(), tab()];
  first.onmessage({ data: { listen: "/study/events" } });
  opened.at(-1).say("state", state());
  second.onmessage({ data: { listen: "/study/events" } });
  assert.equal(opened.length, before + 1);
  assert.deepEqual(kinds(second.told), ["state", "link"]);
  opened.at(-1).say("delta", { head: {} });
  assert.deepEqual(
    [first, second].map((port) => kinds(port.told).at(-1)),
    ["delta", "delta"],
  );
  first.onmessage({ data: { bye: true } });
  assert.equal(opened.at(-1).readyState, 1);
  second.onmessage({ data: { bye: true } });
  assert.equal(opened.at(-1).readyState, 2);
});
