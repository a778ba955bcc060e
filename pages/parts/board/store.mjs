// What the page's memory holds for the board: cubes by identity, which of them answers a policy on a portfolio,
// boards on screen, the history of this visit.
// It belongs to the window, because Streamlit loads each component's text by itself.

export const store = (globalThis[Symbol.for('stratum.board')] ||= {
  cubes: new Map(),
  places: new Map(),
  boards: new Map(),
  history: null,
  early: new Map(),
  mount: null,
});
