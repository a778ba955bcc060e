// The component that stands on the page. It is sent with every new record, so it is short: the board's own
// modules come with the cube (cube.mjs), before it or after it.

import { store } from './store.mjs';

export default function (given) {
  if (store.mount) return store.mount(given);
  store.early.set(given.parentElement, given);
  return () => {
    store.early.delete(given.parentElement);
    store.boards.get(given.parentElement)?.leave();
  };
}
