// The board's smaller parts: a strip a life cycle with its two gates, and the table of the tiers.

import { CLOSED, LIFECYCLES, TIERS, TOP_RUNG } from './exact.mjs';
import { gateText, number } from './formats.mjs';
import { shareOfRung } from './paint.mjs';
import { FIGURES } from './words.mjs';

/** Make an element with classes, attributes and children. */
export function make(tag, { className = '', ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Write a text, if it is another: an unchanged one costs no layout. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const ORDER = ['mature', 'growth', 'startup', 'unknown'];

/** Build the strips into their place. */
export function buildGates(place, data) {
  const strips = ORDER.filter((name) => LIFECYCLES.includes(name)).map((lifecycle) => {
    const name = make('span', { className: 'name' });
    const zones = TIERS.slice(0, 3).map(() => make('span', { className: 'zone' }));
    const ghosts = ['strategic', 'core'].map((which) => make('span', { className: `ghost ${which}`, 'aria-hidden': 'true' }));
    const knobs = ['strategic', 'core'].map((which) => gateHandle(which));
    const track = make('div', { className: 'track' }, make('div', { className: 'zones' }, ...zones), ...ghosts, ...knobs);
    const inputs = Object.fromEntries(
      ['strategic', 'core'].map((which) => [
        which,
        make('input', { className: which, type: 'text', inputmode: 'decimal', autocomplete: 'off', size: '6' }),
      ]),
    );
    const typed = make('span', { className: 'pair' }, inputs.strategic, inputs.core);
    place.append(make('div', { className: 'strip', 'data-lifecycle': lifecycle }, name, typed, track));
    return strip({ lifecycle, name, zones, ghosts, knobs, inputs });
  });
  return strips;
}

function gateHandle(which) {
  return make(
    'div',
    {
      className: `handle gate ${which}`, role: 'slider', tabindex: '0', 'aria-orientation': 'horizontal',
      'aria-valuemin': String(CLOSED), 'aria-valuemax': String(TOP_RUNG),
    },
    make('span', { className: 'knob' }),
  );
}

function strip({ lifecycle, name, zones, ghosts, knobs, inputs }) {
  return {
    lifecycle,
    inputs,
    handles: knobs.map((element, k) => ({ which: ['strategic', 'core'][k], lifecycle, element })),
    dress(words, colours) {
      setText(name, words.lifecycles[lifecycle]);
      zones.forEach((zone, k) => (zone.style.background = colours.tiers[TIERS[k]]));
      for (const which of ['strategic', 'core']) {
        inputs[which].setAttribute('aria-label', words[`gate_${which}`].replace('{lifecycle}', words.lifecycles[lifecycle]));
      }
    },
    set([first, second], inForce, ladder) {
      const ends = [0, shareOfRung(first), shareOfRung(second), 1];
      zones.forEach((zone, k) => {
        zone.style.left = `${100 * ends[k]}%`;
        zone.style.width = `${100 * (ends[k + 1] - ends[k])}%`;
      });
      ghosts.forEach((ghost, k) => {
        ghost.hidden = inForce[k] === [first, second][k];
        ghost.style.left = `${100 * shareOfRung(inForce[k])}%`;
      });
      ['strategic', 'core'].forEach((which, k) => {
        const text = gateText(ladder, [first, second][k]);
        if (inputs[which].dataset.shown === text) return;
        inputs[which].dataset.shown = text;
        inputs[which].value = text;
        inputs[which].classList.remove('wrong');
      });
    },
  };
}

/** Tell a mark what its figure rests on; where it leads is written by the server: keys of assumptions and nothing else. */
export function dressMark(mark, hint, address, keys) {
  mark.title = hint;
  mark.setAttribute('aria-label', hint);
  mark.setAttribute('href', address ?? '');
  mark.setAttribute('data-about', keys ?? '');
}

/** Build the table: a row a tier and the total, two lines a cell. */
export function buildTable(table) {
  const heads = FIGURES.map(() => make('th', { scope: 'col' }));
  const first = make('th', { scope: 'col', className: 'tier' });
  table.append(make('thead', {}, make('tr', {}, first, ...heads)));
  const rows = [...TIERS, 'Total'].map((tier) => {
    const swatch = make('span', { className: 'swatch', 'aria-hidden': 'true' });
    const name = make('span', {});
    const cells = FIGURES.map(() => {
      const [figure, below] = ['figure', 'change'].map((className) => make('span', { className }));
      const mark = make('a', { className: 'mark', target: '_self' });
      return { cell: make('td', {}, figure, mark, make('br'), below), figure, mark, below };
    });
    const row = make('tr', { 'data-tier': tier }, make('th', { scope: 'row', className: 'tier' }, swatch, name), ...cells.map(({ cell }) => cell));
    return { tier, swatch, name, cells, row };
  });
  table.append(make('tbody', {}, ...rows.map(({ row }) => row)));
  return {
    dress(words, colours) {
      setText(first, words.tier);
      heads.forEach((head, k) => {
        setText(head, words.heads[FIGURES[k].key]);
        head.title = words.hints[FIGURES[k].key] ?? '';
      });
      for (const { tier, swatch, name, cells } of rows) {
        setText(name, words.tiers[tier]);
        swatch.style.background = colours.tiers[tier] ?? 'transparent';
        for (const { mark } of cells) dressMark(mark, words.markHint, words.markAddress, words.markKeys);
      }
    },
    set(place, texts) {
      texts.forEach((text, k) => {
        const { cell, figure, mark, below } = rows[place].cells[k];
        setText(figure, text.text);
        setText(mark, text.mark ? '†' : '');
        if (mark.hidden === Boolean(text.mark)) mark.hidden = !text.mark;
        setText(below, text.change);
        if (below.dataset.tone !== text.tone) below.dataset.tone = text.tone;
        if (cell.title !== (text.hint ?? '')) cell.title = text.hint ?? '';
      });
    },
  };
}

/** Write the picture as a table: exposure by five points of value score and by risk band. */
export function fillFigures(body, bars, words, scale) {
  const row = (tag, cells) => make('tr', {}, ...cells.map((cell) => make(tag, {}, cell)));
  const lines = Array.from({ length: 20 }, (_, part) => {
    const sums = words.bands.map((_, band) => bars.slice(5 * part, 5 * part + 5).reduce((sum, bar) => sum + bar[band], 0));
    return row('td', [`${5 * part}–${5 * part + 5}`, ...sums.map((sum) => number(sum / 100 / scale, 1))]);
  });
  body.replaceChildren(row('th', [words.score, ...words.bands]), ...lines);
}
