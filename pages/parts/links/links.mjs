// A click on the mark of a figure leads to its assumptions inside the visit, without loading the page anew.
// Without this the mark is a plain link and works all the same, in a new tab too.

/** Give the keys a click asks about; null when it is no plain click on a mark. */
export function askedAbout(event) {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  // The path reaches into components too, which keep their elements to themselves.
  const link = markOn(event);
  return link ? link.getAttribute('data-about') ?? '' : null;
}

/** Find the mark an event happened on. */
export function markOn(event) {
  return event.composedPath().find((node) => node.matches?.('a[data-about]')) ?? null;
}

/** Add what the address holds of the visit (snapshot, filter, language) to a mark's own. */
export function withVisit(href, here) {
  const address = new URL(href, here);
  for (const [name, value] of new URL(here).searchParams) {
    if (name !== 'about' && !address.searchParams.has(name)) address.searchParams.set(name, value);
  }
  return address.href;
}

export default function ({ setTriggerValue }) {
  const click = (event) => {
    const keys = askedAbout(event);
    if (keys === null) return;
    event.preventDefault();
    setTriggerValue('about', { keys });
  };
  // A new tab is a new visit: the address must say all of this one.
  const before = (event) => {
    const link = markOn(event);
    if (link) link.setAttribute('href', withVisit(link.getAttribute('href'), window.location.href));
  };
  const listeners = [['click', click], ['pointerdown', before], ['focusin', before]];
  for (const [name, listener] of listeners) document.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of listeners) document.removeEventListener(name, listener);
  };
}
