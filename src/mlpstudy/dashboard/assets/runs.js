// Every run of the study as a cell: rows are architectures, columns seeds. Arrow keys move, Enter selects.
import { byArchitecture } from "./model.js";
import { counted, el, runName, runSays, STATUS } from "./words.js";

const SIGNS = { running: "", finished: "", diverged: "×", failed: "!", interrupted: "‖", planned: "" };
const MAX_SEEDS = 400;
const MAX_CELLS = 20_000;

export class RunsMap {
  constructor(element, pick) {
    this.element = element;
    this.pick = pick;
    this.cells = new Map(); // "architecture/seed" -> button
    this.rows = [];
    this.reached = null;
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("click", (event) => {
      const cell = event.target.closest("button");
      if (cell?.dataset.run) this.pick(cell.dataset.run);
    });
    element.addEventListener("focusin", (event) => event.target.dataset.place && this.rove(event.target));
  }

  draw(state, selected) {
    this.build(state);
    byArchitecture(state).forEach((group, i) => {
      const runs = new Map(group.map(([id, run]) => [run.seed, [id, run]]));
      if (i >= this.rows.length) return;
      for (let seed = 0; seed < this.nSeeds; seed += 1) this.cell(state, i, seed, runs.get(seed), selected);
    });
  }

  // Makes the cells when architectures or seeds are new; afterwards cells only change.
  build(state) {
    const nSeeds = Math.min(state.head.seeds, MAX_SEEDS);
    const architectures = state.head.architectures.slice(0, Math.ceil(MAX_CELLS / nSeeds));
    const shape = JSON.stringify([architectures.map((each) => each.name), nSeeds]);
    if (shape === this.shape) return;
    Object.assign(this, { shape, nSeeds });
    this.cells.clear();
    this.rows = architectures.map((architecture, i) => {
      const cells = Array.from({ length: nSeeds }, (_, seed) => {
        const cell = el("button", { type: "button", class: "cell", tabindex: -1, "data-place": `${i}/${seed}` });
        this.cells.set(`${i}/${seed}`, cell);
        return cell;
      });
      return el(
        "div",
        { class: "map-row", role: "group", "aria-label": architecture.name },
        el("span", { class: "map-name" }, architecture.name),
        el("span", { class: "map-cells" }, ...cells),
      );
    });
    this.element.replaceChildren(...this.rows);
    const all = counted(state.head.architectures.length * state.head.seeds, "run");
    const shown = architectures.length * nSeeds;
    const isAll = shown === state.head.architectures.length * state.head.seeds;
    document.getElementById("map-more").textContent = isAll
      ? ""
      : `The first ${nSeeds} seeds of the first ${counted(architectures.length, "architecture")}, of ${all}.`;
    const first = this.cells.get("0/0");
    if (first) this.rove(first);
  }

  cell(state, i, seed, entry, selected) {
    const cell = this.cells.get(`${i}/${seed}`);
    const [id, run] = entry ?? [null, null];
    const status = run?.status ?? "planned";
    const n = state.head.architectures[i].n_epochs;
    const share = run ? Math.min(1, run.n_epochs_done / n) : 0;
    const isSelected = id !== null && id === selected;
    const key = [status, run?.n_epochs_done, isSelected, id].join();
    if (cell.dataset.key === key) return;
    cell.dataset.key = key;
    cell.className = `cell ${status}${isSelected ? " selected" : ""}`;
    cell.dataset.run = id ?? "";
    cell.textContent = SIGNS[status];
    cell.setAttribute("aria-pressed", isSelected);
    cell.setAttribute("aria-disabled", !run);
    cell.style.setProperty("--share", `${100 * share}%`);
    const says = run
      ? `${runName(state, run)}: ${runSays(state, run)}`
      : `${state.head.architectures[i].name}, seed ${seed}: ${STATUS.planned}`;
    cell.setAttribute("aria-label", says);
    cell.title = says;
  }

  key(event) {
    const { place } = event.target.dataset;
    if (!place) return;
    const [i, seed] = place.split("/").map(Number);
    const steps = {
      ArrowLeft: [i, seed - 1],
      ArrowRight: [i, seed + 1],
      ArrowUp: [i - 1, seed],
      ArrowDown: [i + 1, seed],
      Home: [i, 0],
      End: [i, this.nSeeds - 1],
    };
    const to = steps[event.key] && this.cells.get(steps[event.key].join("/"));
    if (!steps[event.key]) return;
    event.preventDefault();
    to?.focus();
  }

  // One cell is reached by Tab, the others by arrows.
  rove(cell) {
    this.reached?.setAttribute("tabindex", "-1");
    cell.setAttribute("tabindex", "0");
    this.reached = cell;
  }
}
