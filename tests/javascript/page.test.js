// What every page holds: its data, the switch between light and dark, and what a button says for a moment.
import assert from "node:assert/strict";
import test, { mock } from "node:test";
import { deflateRawSync } from "node:zlib";
import { Element } from "./namespace.js";

let nOpened = 0;

// A page with these elements, for somebody who prefers dark or not and chose a theme before or not.
const opened = async ({ elements = {}, isDark = false, storage = {} } = {}) => {
  const root = new Element("html");
  const button = Object.assign(new Element("button"), { hidden: true });
  const all = { theme: button, ...elements };
  Object.assign(document, { documentElement: root, getElementById: (id) => all[id] ?? null });
  globalThis.matchMedia = () => ({ matches: isDark, addEventListener: () => null });
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
  nOpened += 1;
  await import(`../../src/mlpstudy/page/assets/page.js?${nOpened}`);
  return { page: globalThis.mlpstudy, root, button };
};

// Storage of a browser that remembers a theme.
const remembering = (theme) => {
  const kept = { "mlpstudy-theme": theme };
  const setItem = (name, value) => {
    kept[name] = value;
  };
  return { kept, getItem: (name) => kept[name] ?? null, setItem };
};

test("Values are read as JSON once, and a name that is not there is an error with that name.", async () => {
  const { page } = await opened({ elements: { "data-draw": { textContent: '{"scale":255}' } } });
  assert.deepEqual(await page.data("draw"), { scale: 255 });
  assert.equal(await page.data("draw"), await page.data("draw"));
  await assert.rejects(page.data("charts"), { message: "nothing here is called charts" });
});

test("Bytes come back from base64 of a deflated stream, as many as they were.", async () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, i) => (i * i) % 251);
  const textContent = deflateRawSync(bytes).toString("base64");
  const { page } = await opened({ elements: { "data-networks": { textContent } } });
  assert.deepEqual(new Uint8Array(await page.bytes("networks")), bytes);
});

test("Without a choice a page is as the system is, and the button says what a click leads to.", async () => {
  const light = await opened({ storage: remembering(null) });
  assert.deepEqual([light.page.isDark(), light.button.textContent, light.button.hidden], [false, "Dark", false]);
  const dark = await opened({ isDark: true, storage: remembering(null) });
  assert.deepEqual([dark.page.isDark(), dark.button.textContent], [true, "Light"]);
});

test("A click switches and is remembered; what was remembered wins over the system, nonsense not.", async () => {
  const storage = remembering("light");
  const { page, root, button } = await opened({ isDark: true, storage });
  assert.equal(page.isDark(), false);
  button.listeners.click();
  assert.deepEqual([page.isDark(), root.dataset.theme, button.textContent], [true, "dark", "Light"]);
  assert.equal(storage.kept["mlpstudy-theme"], "dark");
  const odd = await opened({ isDark: true, storage: remembering("purple") });
  assert.deepEqual([odd.page.isDark(), odd.root.dataset.theme], [true, undefined]);
});

test("Where a browser denies storage, a choice lasts as long as the page.", async () => {
  const denied = () => {
    throw new Error("denied");
  };
  const { page, button } = await opened({ storage: { getItem: denied, setItem: denied } });
  button.listeners.click();
  assert.equal(page.isDark(), true);
});

test("A button says for a moment what it did, then its own words again, also when it is clicked twice.", async () => {
  const { page } = await opened();
  mock.timers.enable({ apis: ["setTimeout"] });
  const button = new Element("button");
  button.textContent = "Copy table";
  page.report(button, "Copied");
  mock.timers.tick(1000);
  page.report(button, "Copied");
  mock.timers.tick(1000);
  assert.equal(button.textContent, "Copied");
  mock.timers.tick(1000);
  assert.equal(button.textContent, "Copy table");
  assert.equal(button.attributes["aria-live"], "polite");
  mock.timers.reset();
});
