// The page's own namespace: data that it holds, and the switch between light and dark.
"use strict";
globalThis.mlpstudy = (() => {
  const text = (id) => {
    const element = document.getElementById(`data-${id}`);
    if (!element) throw new Error(`nothing here is called ${id}`);
    return element.textContent;
  };
  const packed = (id) => Uint8Array.from(atob(text(id)), (c) => c.charCodeAt(0));

  const inflated = (id) =>
    new Response(new Blob([packed(id)]).stream().pipeThrough(new DecompressionStream("deflate-raw")));

  const kept = new Map();
  const once = (id, make) => {
    if (!kept.has(id)) kept.set(id, make());
    return kept.get(id);
  };
  const data = (id) => once(id, async () => JSON.parse(text(id)));
  const bytes = (id) => once(id, () => inflated(id).arrayBuffer());

  const root = document.documentElement;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);

  // A file opened from disk may be denied storage: the choice then lasts as long as the page.
  const remembered = () => {
    try {
      return localStorage.getItem("mlpstudy-theme");
    } catch {
      return null;
    }
  };
  const remember = (theme) => {
    try {
      localStorage.setItem("mlpstudy-theme", theme);
    } catch {
      /* as above */
    }
  };

  const button = document.getElementById("theme");
  const say = () => {
    button.textContent = isDark() ? "Light" : "Dark";
  };
  if (["light", "dark"].includes(remembered())) root.dataset.theme = remembered();
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
      say();
    });
    prefersDark.addEventListener("change", say);
    say();
  }

  // Says for a moment what a button did, also to those who hear the page; it may be clicked again meanwhile.
  const reported = new WeakMap(); // element -> its own words, and what brings them back
  const report = (element, words) => {
    const { own, timer } = reported.get(element) ?? { own: element.textContent };
    clearTimeout(timer);
    element.textContent = words;
    element.setAttribute("aria-live", "polite");
    const restore = () => {
      element.textContent = own;
    };
    reported.set(element, { own, timer: setTimeout(restore, 1500) });
  };

  const download = (url, name) => {
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
  };

  return { data, bytes, isDark, report, download };
})();
