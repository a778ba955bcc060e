// Takes a cube in, with the modules that answer it, and shows nothing. Cubes stay in the page's memory, so one
// that was sent stays at hand.

import { mount } from './board.mjs';
import { buildCube, unpack } from './exact.mjs';
import { store } from './store.mjs';

const MOST_CUBES = 6;
const IDENTITY = 12;

export default function ({ data }) {
  store.mount ||= mount;
  for (const given of store.early.values()) store.mount(given);
  store.early.clear();
  takeCube(data);
}

/** Take a cube in, once, and tell the boards on screen. */
async function takeCube(bytes) {
  const identity = new TextDecoder().decode(bytes.subarray(0, IDENTITY));
  if (store.cubes.has(identity)) return;
  store.cubes.set(identity, null);
  const started = performance.now();
  store.cubes.set(identity, buildCube(await unpack(bytes.subarray(IDENTITY))));
  performance.measure('stratum:cube', { start: started, end: performance.now() });
  for (const old of [...store.cubes.keys()].slice(0, -MOST_CUBES)) store.cubes.delete(old);
  for (const board of store.boards.values()) board.request();
}
