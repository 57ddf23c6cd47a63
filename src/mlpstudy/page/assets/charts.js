// Charts: drawn when they come into sight, all of them soon after, and at the latest when the page is printed; saved as
// files.
"use strict";
(() => {
  const page = globalThis.mlpstudy;
  const charts = new WeakMap();
  const NARROWEST = 280;
  const WIDEST = 760;
  let alone = "";

  // Specifications are changed while they are drawn: each drawing gets a copy.
  const copy = (spec) => JSON.parse(JSON.stringify(spec));

  // Where there is little room, legends stand under each other, and their titles above them.
  const NARROW = 480;
  const isNarrow = (element, options) => options.fluid && element.clientWidth < NARROW;
  const stacked = (spec) =>
    JSON.parse(JSON.stringify(spec), (key, value) =>
      key === "legend" && value ? { ...value, titleOrient: "top", labelLimit: 125 } : value,
    );

  const sized = (spec, element, options) => {
    const own = isNarrow(element, options) ? stacked(spec) : copy(spec);
    if (options.fluid) {
      const room = element.clientWidth - (options.room ?? 0);
      own.width = Math.max(NARROWEST - (options.room ?? 0), Math.min(room, WIDEST));
    }
    if (options.untitled) delete own.title;
    // The page has its own switch for what the parameter isolates.
    for (const parameter of own.params ?? []) if (parameter.name === "isolated") delete parameter.bind;
    return own;
  };

  const embed = (element, spec, config, renderer) =>
    vegaEmbed(element, spec, {
      config,
      renderer,
      ast: true,
      actions: false,
      logLevel: 1,
      defaultStyle: false,
      tooltip: { disableDefaultStyle: true },
    });

  const suited = (config, element, options) =>
    isNarrow(element, options)
      ? {
          ...config,
          legend: { ...config.legend, layout: { top: { direction: "vertical", anchor: "start", margin: 4 } } },
        }
      : config;

  const hasIsolated = (spec) => (spec.params ?? []).some((parameter) => parameter.name === "isolated");

  const draw = async (element, spec, options = {}) => {
    const before = charts.get(element);
    const chart = { spec, options, width: element.clientWidth, drawn: null };
    charts.set(element, chart);
    const { page: config } = await page.data("chart-config");
    chart.drawn = (async () => {
      if (before?.drawn) (await before.drawn).finalize();
      const result = await embed(element, sized(spec, element, options), suited(config, element, options), "svg");
      if (hasIsolated(spec) && alone) await result.view.signal("isolated", alone).runAsync();
      // The element itself says in words what the chart shows; its thousands of marks are no part of that.
      element.querySelector("svg").setAttribute("aria-hidden", "true");
      element.dataset.drawn = "yes";
      return result;
    })();
    return chart.drawn;
  };

  const isolate = async (name) => {
    alone = name;
    const shown = [...document.querySelectorAll("[data-chart]")].map((element) => charts.get(element));
    const able = shown.filter((chart) => chart?.drawn && hasIsolated(chart.spec));
    await Promise.all(able.map(async (chart) => (await chart.drawn).view.signal("isolated", name).runAsync()));
    for (const button of document.querySelectorAll("[data-isolate]"))
      button.setAttribute("aria-pressed", String(button.dataset.isolate === name));
  };

  // Files have colours of their own: a variable of this page means nothing outside it.
  const save = async (element, format) => {
    const { spec, options } = charts.get(element);
    const configs = await page.data("chart-config");
    const aside = document.createElement("div");
    const config = configs[page.isDark() ? "dark" : "light"];
    const result = await embed(aside, sized(spec, element, { ...options, untitled: false }), config, "canvas");
    const name = `${options.name ?? "figure"}.${format}`;
    if (format === "svg") {
      const text = await result.view.toSVG();
      const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
      page.download(url, name);
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    } else {
      page.download(await result.view.toImageURL("png", 2), name);
    }
    result.finalize();
  };

  const waiting = new Set();
  const start = async (element) => {
    if (!waiting.delete(element)) return;
    const specs = await page.data("charts");
    const { fluid, room, name, untitled } = element.dataset;
    const options = { fluid: fluid === "yes", room: Number(room ?? 0), name, untitled: untitled === "yes" };
    await draw(element, specs[element.dataset.chart], options);
  };
  // One that cannot be drawn does not keep the others from it.
  const attempt = (element) => start(element).catch((error) => console.error(element.dataset.chart, error));

  const ready = new Promise((resolve) => {
    const seen = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) if (entry.isIntersecting) attempt(entry.target);
      },
      { rootMargin: "400px" },
    );
    for (const element of document.querySelectorAll("[data-chart]")) {
      waiting.add(element);
      seen.observe(element);
    }
    const next = async () => {
      const [element] = waiting;
      if (!element) {
        resolve();
        return;
      }
      await attempt(element);
      setTimeout(next, 0);
    };
    setTimeout(next, 200);
  });

  // A browser prints when the listeners have returned and their promises are settled: no timer and no request may be
  // in the way of a chart, and none is, since its specification is here.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const one of opened) one.open = true;
    for (const element of [...waiting]) attempt(element);
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
    opened = [];
  });

  let pending = 0;
  addEventListener("resize", () => {
    clearTimeout(pending);
    pending = setTimeout(() => {
      for (const element of document.querySelectorAll("[data-fluid=yes]")) {
        const chart = charts.get(element);
        if (chart?.drawn && chart.width !== element.clientWidth) draw(element, chart.spec, chart.options);
      }
    }, 150);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.dataset.save) {
      const chart = button.closest("figure").querySelector("[data-chart]");
      start(chart).then(() => save(chart, button.dataset.save));
    } else if (button.dataset.isolate !== undefined) {
      isolate(button.getAttribute("aria-pressed") === "true" ? "" : button.dataset.isolate);
    }
  });

  Object.assign(page, { draw, isolate, save, ready });
})();
