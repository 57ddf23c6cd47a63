// The list of studies.
import { listen } from "./connection.js";
import { STUDY_STATUS } from "./overview.js";
import { el, fill, miniBar, shareDone, studySays } from "./words.js";

const byId = (id) => document.getElementById(id);
let studies = null;

function hear(message) {
  if (message.kind === "link") byId("offline").hidden = message.isUp;
  if (message.kind !== "studies" && message.kind !== "problem") return;
  byId("problem").hidden = message.kind === "studies";
  byId("problem").textContent = message.problem ? `The folder cannot be read: ${message.problem}` : "";
  byId("waiting").hidden = true;
  if (message.studies) studies = message.studies;
  draw();
}

function draw() {
  if (!studies) return;
  byId("none").hidden = studies.length > 0;
  fill(byId("studies"), ...studies.map(item));
}

function item(study) {
  const name = el("a", { href: `/study/${encodeURIComponent(study.key)}`, class: "name" }, study.title);
  if (study.problem) {
    return el("li", { class: "study" }, name, el("p", { class: "note" }, study.problem));
  }
  return el(
    "li",
    { class: "study" },
    el("p", { class: "line" }, name, el("span", { class: `pill ${study.status}` }, STUDY_STATUS[study.status])),
    miniBar(shareDone(study)),
    el("p", { class: "muted" }, studySays(study, Date.now())),
  );
}

listen("/events", hear);
setInterval(draw, 30_000);
