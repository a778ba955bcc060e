// The verdict and the table's cells in words, from whole numbers; pure.

import { isSame } from './moves.mjs';
import { ratios } from './exact.mjs';
import { MISSING, change, fill, number, percent, rounded, signed } from './formats.mjs';

// Places among the money measures: exposure, drawn, income, cost, expected loss, capital.
const PLACES = { exposure: 0, income: 2, loss: 4, capital: 5 };

/** From here on the share of a change is only said to be larger. */
const MOST_SHARE = 9.99;

export const FIGURES = [
  { key: 'customers', good: 'neither' },
  { key: 'exposure', place: PLACES.exposure, good: 'neither' },
  { key: 'income', place: PLACES.income, good: 'up' },
  { key: 'loss', place: PLACES.loss, good: 'down', needsRisk: true },
  { key: 'capital', place: PLACES.capital, good: 'down', needsRisk: true },
  { key: 'roi', ratio: 'roi', good: 'up', missing: 'nothingDrawn' },
  { key: 'raroc', ratio: 'raroc', good: 'up', missing: 'noCapital' },
];

/** Whole hundredths -> money in the page's unit. */
const inUnit = (minor, unit) => Number(minor) / 100 / unit.scale;

/** A tier's figures now and under the policy in force -> the texts of its row. */
export function rowCells(now, before, { unit, returns, words }) {
  const ratiosNow = ratios(now.treated, now.treatedWithoutPd, returns);
  const ratiosBefore = ratios(before.treated, before.treatedWithoutPd, returns);
  const nobody = Number(now.customers) === 0;
  const noRisk = !nobody && now.customers === now.customersWithoutPd;
  const reason = nobody ? words.nobody : noRisk ? words.noRisk : '';
  return FIGURES.map((column) => {
    if (column.ratio) {
      const [value, was] = [ratiosNow[column.ratio], ratiosBefore[column.ratio]];
      if (value === null || noRisk) return gone(reason || words[column.missing]);
      const moved = was === null ? null : change((value - was) * 100, column.good, 1, words.points);
      return { text: percent(value), mark: now.tier !== 'Work-out', ...below(moved, value, was) };
    }
    if (column.place === undefined) {
      const [value, was] = [Number(now.customers), Number(before.customers)];
      return { text: number(value), ...below(change(value - was, column.good, 0), value, was) };
    }
    if (noRisk && column.needsRisk) return gone(reason);
    const [value, was] = [inUnit(now.treated[column.place], unit), inUnit(before.treated[column.place], unit)];
    return { text: number(value, 1), ...below(change(value - was, column.good), value, was) };
  });
}

function gone(hint) {
  return { text: MISSING, change: '', tone: 'same', hint };
}

/** The line below a figure: how much it moved, and by which share. */
function below(moved, value, was) {
  if (moved === null) return { change: '', tone: 'same' };
  if (!was || value === was) return { change: moved.text, tone: moved.tone };
  const share = Math.abs((value - was) / was);
  // A share of next to nothing says nothing, and does not fit.
  return { change: `${moved.text} · ${share < MOST_SHARE ? percent(share) : `>${percent(MOST_SHARE, 0)}`}`, tone: moved.tone };
}

/** What a policy changes against the one in force: { strong, rest, note }. */
export function verdict(board, base, context) {
  const { words, unit, returns, policy, inForce, moved } = context;
  if (isSame(policy, inForce)) return { strong: words.unchanged, rest: words.unchangedRest, note: '' };
  const [now, before] = [board[0], base[0]];
  const grown = Number(now.customers - before.customers);
  const tier = words.tiers.Strategic;
  const sentence = grown > 0 ? words.grows : grown < 0 ? words.shrinks : words.sameSize;
  const strong = fill(sentence, { tier, before: number(Number(before.customers)), after: number(Number(now.customers)) });
  const money = moneyWords(board.at(-1), base.at(-1), context);
  const parts = money ? [money] : grown || Number(moved) ? [words.relabel] : [];
  const [earlier, later] = [before, now].map((row) => percent(ratios(row.treated, row.treatedWithoutPd, returns).raroc));
  if (![earlier, later].includes(MISSING) && earlier !== later) {
    parts.push(fill(words.raroc, { tier, before: earlier, after: later }));
  }
  parts.push(fill(words.moves, { n: number(Number(moved)) }));
  return { strong, rest: parts.join(' '), note: money ? words.assumed : '' };
}

function moneyWords(now, before, { words, unit, returns }) {
  const profit = (row) => ratios(row.treated, row.treatedWithoutPd, returns).profit;
  const changes = {
    loss: now.treated[PLACES.loss] - before.treated[PLACES.loss],
    capital: now.treated[PLACES.capital] - before.treated[PLACES.capital],
    profit: profit(now) - profit(before),
  };
  if (!Object.values(changes).some((value) => Number(value) !== 0)) return '';
  const shown = Object.entries(changes).map(([name, value]) => [name, `${smallSigned(inUnit(value, unit))} ${unit.word}`.trimEnd()]);
  return fill(words.money, Object.fromEntries(shown));
}

/** A change in one decimal, or in as many, up to three, as show that there is one. */
function smallSigned(value) {
  const decimals = [1, 2, 3].find((places) => value === 0 || rounded(value, places) !== 0) ?? 3;
  return signed(value, decimals);
}
