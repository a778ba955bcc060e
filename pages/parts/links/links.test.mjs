import assert from 'node:assert/strict';
import { test } from 'node:test';

import { askedAbout, withVisit } from './links.mjs';

const mark = { matches: (wanted) => wanted === 'a[data-about]', getAttribute: () => 'tax_rate,treatments' };
const sup = { matches: () => false };
const click = (path, more = {}) => ({ button: 0, composedPath: () => path, ...more });

test('a plain click on a mark asks about its assumptions, also from inside a component', () => {
  assert.equal(askedAbout(click([sup, mark, {}])), 'tax_rate,treatments');
});

test('a click elsewhere asks nothing', () => {
  assert.equal(askedAbout(click([sup, {}])), null);
});

test('a click for a new tab is left to the browser', () => {
  for (const key of ['metaKey', 'ctrlKey', 'shiftKey', 'altKey']) assert.equal(askedAbout(click([mark], { [key]: true })), null);
  assert.equal(askedAbout(click([mark], { button: 1 })), null);
  assert.equal(askedAbout(click([mark], { defaultPrevented: true })), null);
});

test('the address of a mark says the visit too, and its own question wins', () => {
  const here = 'https://house/base/returns?lang=zh&filter=region%3ANorth&about=old';
  const there = new URL(withVisit('assumptions?about=tax_rate', here));
  assert.equal(there.pathname, '/base/assumptions');
  assert.deepEqual([...there.searchParams], [['about', 'tax_rate'], ['lang', 'zh'], ['filter', 'region:North']]);
});

test('nothing is added twice', () => {
  const here = 'https://house/?lang=zh';
  const once = withVisit('assumptions?about=tax_rate', here);
  assert.equal(withVisit(once, here), once);
});
