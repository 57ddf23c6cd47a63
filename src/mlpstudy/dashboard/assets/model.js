// What a page knows of a study, and how a change is applied to it. See delta.py for the form of changes.

export function apply(state, delta) {
  Object.assign(state.head, delta.head);
  Object.assign(state.runs, delta.runs);
  for (const id of delta.gone ?? []) {
    delete state.runs[id];
    delete state.curves[id];
  }
  for (const [id, [kept, points]] of Object.entries(delta.curves ?? {})) {
    state.curves[id] = [...(state.curves[id] ?? []).slice(0, kept), ...points];
    if (state.curves[id].length === 0) delete state.curves[id];
  }
  if ("verdict" in delta) state.verdict = delta.verdict;
  if ("judging" in delta) state.judging = delta.judging;
  return state;
}

// Runs of one architecture by seed: arrays of [id, run].
export function byArchitecture(state) {
  const groups = state.head.architectures.map(() => []);
  for (const entry of Object.entries(state.runs)) groups[entry[1].architecture]?.push(entry);
  for (const group of groups) group.sort((a, b) => a[1].seed - b[1].seed);
  return groups;
}
