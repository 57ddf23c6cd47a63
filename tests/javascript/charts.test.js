// Charts: as wide as there is room, legends where it is narrow, one architecture alone, files in colours of their own.
import assert from "node:assert/strict";
import test from "node:test";
import { Element } from "./namespace.js";

const drawn = [];
const page = globalThis.mlpstudy;
Object.assign(page, {
  data: async () => ({
    page: { legend: { padding: 3 } },
    light: { background: "white" },
    dark: { background: "black" },
  }),
  isDark: () => true,
  download: (url, name) => drawn.push({ url, name }),
});
globalThis.IntersectionObserver = class {};
globalThis.addEventListener = () => null;
globalThis.vegaEmbed = (element, spec, options) => {
  const signals = {};
  const signal = (name, value) => {
    signals[name] = value;
    return { runAsync: async () => null };
  };
  drawn.push({ element, spec, options, signals });
  return { view: { signal, toImageURL: async () => "data:image/png" }, finalize: () => null };
};
await import("../../src/mlpstudy/page/assets/charts.js");

// An element of a page, so many pixels wide.
const place = (clientWidth) =>
  Object.assign(new Element("div"), { clientWidth, querySelector: () => new Element("svg") });

// What Vega is given for a chart.
const given = async (width, spec, options) => {
  await page.draw(place(width), spec, options);
  return drawn.at(-1);
};

test("A fluid chart is as wide as its place less the room beside it, within limits; others stay.", async () => {
  const width = async (room, options) => (await given(room, { width: 100 }, options)).spec.width;
  assert.equal(await width(500, { fluid: true }), 500);
  assert.equal(await width(500, { fluid: true, room: 120 }), 380);
  assert.equal(await width(2000, { fluid: true }), 760);
  assert.equal(await width(150, { fluid: true, room: 100 }), 180);
  assert.equal(await width(500, {}), 100);
});

test("Where there is little room legends stand under each other; elsewhere they stay as they are.", async () => {
  const spec = { encoding: { color: { legend: { title: "depth" } }, y: { legend: null } } };
  const narrow = await given(479, spec, { fluid: true });
  const { color, y } = narrow.spec.encoding;
  assert.deepEqual([color.legend, y.legend], [{ title: "depth", titleOrient: "top", labelLimit: 125 }, null]);
  assert.equal(narrow.options.config.legend.layout.top.direction, "vertical");
  assert.equal(narrow.options.config.legend.padding, 3);
  const wide = await given(480, spec, { fluid: true });
  assert.deepEqual(wide.spec.encoding, spec.encoding);
  assert.equal(wide.options.config.legend.layout, undefined);
});

test("The page says the title and has the switch: neither is drawn, and the specification stays.", async () => {
  const spec = {
    title: "Loss",
    params: [
      { name: "isolated", bind: {} },
      { name: "zoom", bind: {} },
    ],
  };
  const { spec: own } = await given(500, spec, { untitled: true });
  assert.equal(own.title, undefined);
  assert.deepEqual(own.params, [{ name: "isolated" }, { name: "zoom", bind: {} }]);
  assert.equal(spec.title, "Loss");
  assert.ok("bind" in spec.params[0]);
});

test("An architecture is shown alone in every chart that can, also in one that is drawn afterwards.", async () => {
  const able = { params: [{ name: "isolated" }] };
  const elements = [place(500), place(500), place(500)];
  await page.draw(elements[0], able);
  await page.draw(elements[1], {});
  const [first, second] = drawn.slice(-2);
  const button = Object.assign(new Element("button"), { dataset: { isolate: "plain-2" } });
  document.querySelectorAll = (selector) => (selector === "[data-isolate]" ? [button] : elements);
  await page.isolate("plain-2");
  assert.deepEqual([first.signals, second.signals], [{ isolated: "plain-2" }, {}]);
  assert.equal(button.attributes["aria-pressed"], "true");
  await page.draw(elements[2], able);
  assert.deepEqual(drawn.at(-1).signals, { isolated: "plain-2" });
  await page.draw(place(500), {});
  assert.deepEqual(drawn.at(-1).signals, {});
  await page.isolate("");
  assert.deepEqual(first.signals, { isolated: "" });
  assert.equal(button.attributes["aria-pressed"], "false");
});

test("A file has the title, the colours of the page's theme and the chart's name.", async () => {
  const element = place(500);
  await page.draw(element, { title: "Loss" }, { untitled: true, name: "loss-curves" });
  await page.save(element, "png");
  const [file, download] = drawn.slice(-2);
  assert.equal(file.spec.title, "Loss");
  assert.equal(file.options.config.background, "black");
  assert.deepEqual(download, { url: "data:image/png", name: "loss-curves.png" });
});
