import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildCube, divide, moved, moves, ratios, tierBoard } from './exact.mjs';
import { change, fill, gateText, number, percent, signed } from './formats.mjs';
import { afterKey, isSame, movedTo, newHistory, redo, step, typedGate, typedThreshold, undo, withGate, withThreshold } from './moves.mjs';
import { layLabels, pixelOf } from './labels.mjs';
import { rungAt, shareOfRung, stepAt } from './paint.mjs';
import { rowCells, verdict } from './words.mjs';

const gates = { startup: [26, 38], growth: [30, 41], mature: [32, 43], unknown: [30, 41] };
const policy = { strategic: 130, core: 100, gates, gatesOn: true, exitSteps: 0, exitRungs: 0, rest: 'r' };
const ladder = Array.from({ length: 64 }, (_, i) => 0.0003 ** (1 - i / 63));

/** A cube of a few customers: { value, risk (64 unknown), amount, held, stays, forced }, all mature. */
function cubeOf(customers, { isSmall = true, workout = 0 } = {}) {
  const states = customers.map(({ held = 3, stays = 0, forced = 3 }) => [2, 0, 0, held, stays, stays, forced]);
  const rows = customers.map(({ value, risk, amount = 100 }, plane) => ({ code: (plane * 201 + value) * 65 + risk, amount }));
  const head = {
    cells: rows.length, isSmall, measures: Array(25), states,
    workout: Array(25).fill(String(workout)), workoutWithoutPd: Array(25).fill('0'), bands: Array(65).fill(0), bandCount: 6,
  };
  const codes = Uint32Array.from(rows, ({ code }) => code);
  const columns = Array.from({ length: 25 }, (_, m) => {
    const values = rows.map(({ amount }) => (m === 0 ? 1 : amount));
    if (isSmall) return { low: Float64Array.from(values), high: null };
    return {
      low: Float64Array.from(values, (value) => Number(BigInt.asUintN(32, BigInt(value)))),
      high: Float64Array.from(values, (value) => Number(BigInt(value) >> 32n)),
    };
  });
  return buildCube({ head, codes, columns });
}

const customersOf = (cube, asked) => tierBoard(cube, asked).map((row) => Number(row.customers));

test('a customer on the line and on the gate is in, one step beside either is out', () => {
  const cube = cubeOf([{ value: 130, risk: 32 }, { value: 129, risk: 32 }, { value: 130, risk: 33 }, { value: 99, risk: 0 }]);
  assert.deepEqual(customersOf(cube, policy), [1, 2, 1, 0, 4]);
});

test('an unknown risk fails gates while they are on', () => {
  const cube = cubeOf([{ value: 200, risk: 64 }]);
  assert.deepEqual(customersOf(cube, policy), [0, 0, 1, 0, 1]);
  assert.deepEqual(customersOf(cube, { ...policy, gatesOn: false }), [1, 0, 0, 0, 1]);
});

test('a closed gate lets nobody through, holders neither', () => {
  const cube = cubeOf([{ value: 200, risk: 0, held: 0 }]);
  const closed = withGate(policy, 'mature', 'core', -1);
  assert.deepEqual(closed.gates.mature, [-1, -1]);
  assert.deepEqual(customersOf(cube, { ...closed, exitRungs: 5 }), [0, 0, 1, 0, 1]);
});

test('whoever holds a tier keeps it until value or risk passes the exit', () => {
  const sticky = { ...policy, exitSteps: 4, exitRungs: 2 };
  const cube = cubeOf([
    { value: 126, risk: 34, held: 0 }, { value: 125, risk: 34, held: 0 }, { value: 126, risk: 34, held: 1 },
    { value: 96, risk: 45, held: 1 }, { value: 96, risk: 45 },
  ]);
  assert.deepEqual(customersOf(cube, sticky), [1, 3, 1, 0, 5]);
  assert.deepEqual(customersOf(cube, policy), [0, 3, 2, 0, 5]);
});

test('within its minimum stay a customer keeps its tier, and one set by hand stands whatever the lines', () => {
  const cube = cubeOf([{ value: 0, risk: 64, held: 0, stays: 1 }, { value: 200, risk: 0, held: 2, stays: 1 }, { value: 0, risk: 64, forced: 1 }]);
  assert.deepEqual(customersOf(cube, policy), [1, 1, 1, 0, 3]);
  assert.deepEqual(customersOf(cube, withThreshold(policy, 'core', 200)), [1, 1, 1, 0, 3]);
});

test('work-out stands outside the lines', () => {
  const cube = cubeOf([{ value: 200, risk: 0 }], { workout: 7 });
  assert.deepEqual(customersOf(cube, policy), [1, 0, 0, 7, 8]);
  assert.equal(moves(cube, policy, policy)[3][3], 7);
});

test('who moves is counted between two policies', () => {
  const cube = cubeOf([{ value: 140, risk: 0 }, { value: 120, risk: 0 }, { value: 20, risk: 0 }]);
  const table = moves(cube, withThreshold(policy, 'strategic', 110), policy);
  assert.equal(table[1][0], 1);
  assert.equal(moved(table), 1);
});

test('sums beyond what ordinary numbers hold stay exact', () => {
  const amount = 9007199254740993n;
  const cube = cubeOf([{ value: 150, risk: 0, amount }, { value: 150, risk: 1, amount }, { value: 10, risk: 1, amount: -3n }], { isSmall: false });
  const board = tierBoard(cube, policy);
  assert.equal(board[0].asIs[0], 2n * amount);
  assert.equal(board.at(-1).asIs[0], 2n * amount - 3n);
});

test('a quotient of large whole numbers is rounded once', () => {
  // 3 · 3002399751580331 = 2^53 + 1, which no double holds.
  assert.equal(divide(9007199254740993n, 3n), 3002399751580331);
  assert.equal(divide(-(2n ** 80n), 2n ** 81n), -0.5);
  assert.equal(divide(2n ** 54n + 3n, 1n), 18014398509481988);
  assert.equal(divide(1, 3), 1 / 3);
});

test('ratios by hand', () => {
  const returns = { riskFreeRate: 0.02, taxRate: 0.25 };
  const found = ratios([2000, 1000, 70, 35, 10, 100], [0, 0, 0, 0, 0, 0], returns);
  assert.equal(found.profit, 25);
  assert.equal(found.roi, 0.025);
  assert.equal(found.raroc, ((25 + 2) * 0.75) / 100);
  assert.equal(found.lossRate, 0.005);
  assert.equal(ratios([0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], returns).roi, null);
});

test('a line pushed over the other takes it along, a gate likewise', () => {
  assert.deepEqual([withThreshold(policy, 'core', 140)].map((p) => [p.strategic, p.core]), [[140, 140]]);
  assert.deepEqual([withThreshold(policy, 'strategic', -9)].map((p) => [p.strategic, p.core]), [[0, 0]]);
  assert.deepEqual(withGate(policy, 'mature', 'strategic', 50).gates.mature, [50, 50]);
  assert.deepEqual(policy.gates.mature, [32, 43]);
});

test('keys step, jump and go to the ends', () => {
  const line = { which: 'strategic' };
  assert.deepEqual(['ArrowRight', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', 'a'].map((key) => afterKey(line, 130, key)),
    [131, 129, 140, 120, 0, 200, null]);
  assert.equal(afterKey({ which: 'core', lifecycle: 'mature' }, 60, 'PageUp'), 63);
  assert.equal(movedTo(policy, { which: 'core', lifecycle: 'growth' }, 50).gates.growth[1], 50);
});

test('typed figures land on the grid, a gate never looser than asked', () => {
  assert.deepEqual(['67', '67,3', ' 120 ', 'x', ''].map(typedThreshold), [134, 135, 200, null, null]);
  assert.equal(typedGate(ladder, '2 %'), 32);
  assert.equal(typedGate(ladder, '0.01'), -1);
  assert.equal(typedGate(ladder, '–'), -1);
  assert.equal(typedGate(ladder, 'two'), null);
  assert.equal(typedGate(ladder, '400'), 63);
});

test('steps are taken back and taken again; a new step forgets those taken back', () => {
  const moved1 = withThreshold(policy, 'strategic', 140);
  const moved2 = withGate(moved1, 'startup', 'core', 50);
  let history = step(step(newHistory(policy), moved1), moved2);
  history = undo(history);
  assert.ok(isSame(history.present, moved1));
  assert.ok(isSame(redo(history).present, moved2));
  history = step(undo(history), moved2);
  assert.equal(history.future.length, 0);
  assert.equal(step(history, { ...moved2 }).past.length, history.past.length);
  assert.equal(undo(newHistory(policy)).present, policy);
});

test('pixels and steps are each other\'s inverse', () => {
  for (const at of [0, 1, 97, 200]) assert.ok(Math.abs(stepAt(pixelOf(at, 733), 733) - at) < 1e-9);
  for (const rung of [-1, 0, 63]) assert.ok(Math.abs(rungAt(shareOfRung(rung)) - rung) < 1e-9);
});

const plotWords = [
  { tiers: { Strategic: 'Strategic', Core: 'Core', Ordinary: 'Ordinary' }, inForce: 'in force {value}' },
  { tiers: { Strategic: '战略客户', Core: '核心客户', Ordinary: '普通客户' }, inForce: '现行 {value}' },
];
/** About as wide as the pages' fonts draw it, rather wider. */
const widthOf = (text, isStrong) => [...text].reduce((sum, sign) => sum + (sign > '\u2e80' ? 13 : 7.2), 0) * (isStrong ? 1.08 : 1);

function overlapping(labels) {
  for (const [k, one] of labels.entries()) {
    for (const two of labels.slice(k + 1)) {
      if (one.left < two.right && two.left < one.right && one.top < two.bottom && two.top < one.bottom) return [one, two];
    }
  }
  return null;
}

test('no two words of the plot overlap, and none leaves it, at any width and wherever the lines are', () => {
  const steps = [0, 1, 3, 7, 12, 40, 96, 100, 104, 130, 131, 138, 170, 195, 199, 200];
  const pairs = steps.flatMap((strategic) => steps.filter((core) => core <= strategic).map((core) => ({ strategic, core })));
  let ghosts = 0;
  for (const words of plotWords) {
    for (let width = 240; width <= 2560; width = Math.ceil(width * 1.21)) {
      for (const now of pairs) {
        for (const inForce of pairs) {
          const labels = layLabels({ width, height: 340 }, now, inForce, words, widthOf);
          const wrong = overlapping(labels) ?? labels.find(({ left, right }) => left < 0 || right > width);
          if (wrong) assert.fail(JSON.stringify({ width, now, inForce, wrong }));
          ghosts += labels.filter(({ kind }) => kind === 'ghost').length;
          assert.ok(labels.some(({ kind, which }) => kind === 'figure' && which === 'strategic'));
        }
      }
    }
  }
  assert.ok(ghosts > 0);
});

test('what is in force stands where no line crosses it, as near as may be', () => {
  const inForce = { strategic: 130, core: 100 };
  const ghost = (now, which) => layLabels({ width: 733, height: 340 }, now, inForce, plotWords[0], widthOf).find((l) => l.kind === 'ghost' && l.which === which);
  const at = pixelOf(130, 733);
  assert.ok(ghost({ strategic: 140, core: 100 }, 'strategic').right < at);
  assert.ok(ghost({ strategic: 120, core: 100 }, 'strategic').left > at);
  // The other line, not its own, lies to the right.
  assert.ok(ghost({ strategic: 200, core: 135 }, 'strategic').right < at);
  // Lines close by on both sides: beyond one of them, Strategic's to the right, Core's to the left.
  assert.ok(Math.abs(ghost({ strategic: 140, core: 128 }, 'strategic').left - 4 - pixelOf(140, 733)) < 1e-9);
  assert.ok(Math.abs(ghost({ strategic: 104, core: 96 }, 'core').right + 4 - pixelOf(96, 733)) < 1e-9);
});

test('lines that stand together have one figure, and the axis leaves room for it', () => {
  const labels = layLabels({ width: 733, height: 340 }, { strategic: 121, core: 121 }, policy, plotWords[0], widthOf);
  assert.deepEqual(labels.filter(({ kind }) => kind === 'figure').map(({ text }) => text), ['60.5']);
  assert.deepEqual(labels.filter(({ kind }) => kind === 'tick').map(({ text }) => text), ['0', '20', '40', '80', '100']);
});

test('numbers read as on the other pages', () => {
  assert.deepEqual([number(-1234567.891, 1), number(-0.04, 1), number(null), number(0.25, 1)], ['−1,234,567.9', '0.0', '–', '0.3']);
  assert.deepEqual([signed(4.9), signed(-1.6), signed(0)], ['+4.9', '−1.6', '0.0']);
  assert.equal(percent(0.0187), '1.9\u202f%');
  assert.deepEqual(change(1.2, 'down'), { text: '▲ 1.2', tone: 'bad' });
  assert.equal(change(-0.004, 'up').text, '▼ <0.1');
  assert.deepEqual([gateText(ladder, -1), gateText(ladder, 0)], ['–', '0.03\u202f%']);
  assert.equal(fill('{n} {n:customer moves|customers move}', { n: '1' }), '1 customer moves');
  assert.equal(fill('{n} {n:customer moves|customers move}', { n: '1,001' }), '1,001 customers move');
});

const words = {
  tiers: { Strategic: 'Strategic' }, unchanged: 'same', unchangedRest: 'move', grows: '{tier} {before} to {after}', shrinks: '{tier} {before} to {after}',
  sameSize: '{tier} keeps {after}', money: 'EL {loss}, K {capital}, P {profit}', relabel: 'labels only', raroc: '{before} → {after}',
  moves: '{n} move', assumed: 'assumed', nobody: 'nobody', noRisk: 'no PD', nothingDrawn: 'nothing drawn', noCapital: 'no capital', points: ' pp',
};
const context = { words, unit: { scale: 1, word: '' }, returns: { riskFreeRate: 0.02, taxRate: 0.25 } };
const row = (tier, customers, treated) => ({ tier, customers, customersWithoutPd: 0, treated, treatedWithoutPd: [0, 0, 0, 0, 0, 0] });

test('when no money moves the verdict says that tiers only re-label', () => {
  const money = [1000, 1000, 70, 35, 10, 100];
  const before = [row('Strategic', 3, money), row('Total', 9, money)];
  const now = [row('Strategic', 4, money), row('Total', 9, money)];
  const said = verdict(now, before, { ...context, policy: withThreshold(policy, 'strategic', 120), inForce: policy, moved: 1 });
  assert.deepEqual(said, { strong: 'Strategic 3 to 4', rest: 'labels only 1 move', note: '' });
  assert.equal(verdict(now, before, { ...context, policy, inForce: policy, moved: 0 }).strong, 'same');
});

test('a missing figure says why, a change says how much and by which share', () => {
  const before = row('Core', 4, [10000, 8000, 700, 350, 100, 1000]);
  const [customers, exposure] = rowCells(row('Core', 5, [11000, 8000, 700, 350, 100, 1000]), before, context);
  assert.deepEqual(customers, { text: '5', change: '▲ 1 · 25.0\u202f%', tone: 'same' });
  assert.deepEqual(exposure, { text: '110.0', change: '▲ 10.0 · 10.0\u202f%', tone: 'same' });
  const [fromOne] = rowCells(row('Core', 720, [0, 0, 0, 0, 0, 0]), row('Core', 1, [0, 0, 0, 0, 0, 0]), context);
  assert.equal(fromOne.change, '▲ 719 · >999\u202f%');
  const empty = rowCells(row('Core', 0, [0, 0, 0, 0, 0, 0]), before, context);
  assert.deepEqual(empty.at(-1), { text: '–', change: '', tone: 'same', hint: 'nobody' });
});
