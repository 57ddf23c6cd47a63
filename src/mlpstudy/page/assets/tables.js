// Tables: sorted by a click on a heading, copied whole, as text that spreadsheets take.
"use strict";
(() => {
  const page = globalThis.mlpstudy;

  const value = (row, column) => {
    const cell = row.cells[column];
    const key = cell.dataset.sort ?? cell.textContent.trim();
    const number = Number(key);
    return key === "" || Number.isNaN(number) ? key : number;
  };

  // Numbers before words, cells without a value last in either direction.
  const compare = (a, b, sign) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return sign * (typeof a === "number" ? a - b : a.localeCompare(b));
  };

  const sort = (table, heading, column) => {
    const ascending = heading.getAttribute("aria-sort") !== "ascending";
    for (const other of table.tHead.querySelectorAll("th")) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const [body] = table.tBodies;
    const rows = [...body.rows].map((row) => [value(row, column), row]);
    rows.sort((a, b) => compare(a[0], b[0], ascending ? 1 : -1));
    body.append(...rows.map(([, row]) => row));
  };

  const sortable = (table) => {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => sort(table, heading, column));
    });
  };

  // biome-ignore lint/performance/useDomNodeTextContent: what is seen is copied, two lines of a cell as two words
  const said = (cell) => cell.innerText.trim().replace(/\s+/gu, " ");
  const isNumber = (words) => !Number.isNaN(Number(words.replace("%", "")));
  // A spreadsheet would compute words that begin so, and hides one apostrophe; numbers stay numbers.
  const pasted = (words) =>
    "'=+-@\uff1d\uff0b\uff0d\uff20".includes(words[0]) && !isNumber(words) ? `'${words}` : words;
  const text = (table) =>
    [...table.rows].map((row) => [...row.cells].map((cell) => pasted(said(cell))).join("\t")).join("\n");

  const copied = async (words) => {
    try {
      await navigator.clipboard.writeText(words);
      return true;
    } catch {
      const area = document.createElement("textarea");
      area.value = words;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };

  const copyable = (table) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet copy";
    button.textContent = "Copy table";
    button.addEventListener("click", async () => {
      page.report(button, (await copied(text(table))) ? "Copied" : "Not allowed here");
    });
    table.closest(".scroll").after(button);
  };

  for (const table of document.querySelectorAll("table.data")) {
    if (table.tBodies[0]?.rows.length > 1) sortable(table);
    copyable(table);
  }
  Object.assign(page, { sortable, copyable });
})();
