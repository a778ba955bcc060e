// What every tier holds under any policy, to the last hundredth: the browser's twin of
// segmentation/cube.py and segmentation/tiers.py. Whole numbers in, whole numbers out.
//
// A policy draws nested rectangles of value × risk on each plane (life cycle, capped or not, tier
// held before, …). The cells are added up once (Crow, SIGGRAPH 1984), and a tier is then a few
// look-ups, whatever the number of customers or cells.

export const TIERS = ['Strategic', 'Core', 'Ordinary', 'Work-out'];
export const LIFECYCLES = ['startup', 'growth', 'mature', 'unknown'];
export const HIGHEST_STEP = 200;
export const TOP_RUNG = 63;
export const CLOSED = -1;
const VALUES = HIGHEST_STEP + 1;
const COLUMNS = TOP_RUNG + 2;
const EMPTY = VALUES;
const EVERY_RISK = COLUMNS;
const TWO_32 = 4294967296;
export const MONEY = 6;
// Places in a row of sums: customers, six measures as they are, then six under each tier's treatment.
const CUSTOMERS = 0;
const EXPOSURE = 1;

/** Bytes of a payload (segmentation/board.py) -> its head and its cells. */
export async function unpack(bytes) {
  const own = bytes.slice();
  const length = new DataView(own.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(own.subarray(4, 4 + length)));
  const stream = new Blob([own.subarray(4 + length)]).stream().pipeThrough(new DecompressionStream('deflate'));
  const body = await new Response(stream).arrayBuffer();
  let place = 4 * head.cells;
  const codes = new Uint32Array(body.slice(0, place));
  const columns = head.widths.map((width) => {
    const part = body.slice(place, place + width * head.cells);
    place += width * head.cells;
    return integers(part, width);
  });
  return { head, codes, columns };
}

/** Signed little-endian integers -> { low, high }: value = high · 2^32 + low, high only where 8 bytes are. */
function integers(buffer, width) {
  if (width === 1) return { low: new Int8Array(buffer), high: null };
  if (width === 2) return { low: new Int16Array(buffer), high: null };
  if (width === 4) return { low: new Int32Array(buffer), high: null };
  const [lows, highs] = [new Uint32Array(buffer), new Int32Array(buffer)];
  const [low, high] = [new Float64Array(lows.length / 2), new Float64Array(lows.length / 2)];
  for (let i = 0; i < low.length; i++) {
    low[i] = lows[2 * i];
    high[i] = highs[2 * i + 1];
  }
  return { low, high };
}

/** Cells -> a cube that answers; made once a payload. */
export function buildCube({ head, codes, columns }) {
  const small = head.isSmall;
  const boxes = boxesOf(head, codes);
  const corners = Uint32Array.from(codes, (code) => {
    const [plane, value, column] = placeOf(code);
    return cornerOf(boxes[plane], value, column + 1);
  });
  const tables = [];
  for (const { low, high } of columns) {
    if (small) {
      const values = high ? low.map((value, i) => high[i] * TWO_32 + value) : low;
      tables.push([summed(boxes, corners, values)]);
    } else {
      // Sums of halves stay exact where the sum of the wholes would not.
      const parts = high ? [low, high] : halves(low);
      tables.push(parts.map((part) => summed(boxes, corners, part)));
    }
  }
  const whole = small ? (text) => Number(text) : (text) => BigInt(text);
  return {
    head,
    boxes,
    tables,
    small,
    zero: small ? 0 : 0n,
    workout: head.workout.map(whole),
    workoutWithoutPd: head.workoutWithoutPd.map(whole),
    bars: histogram(head, codes, columns),
  };
}

function halves(values) {
  const high = Float64Array.from(values, (value) => Math.floor(value / TWO_32));
  return [Float64Array.from(values, (value, i) => value - high[i] * TWO_32), high];
}

/** Where each plane's cells lie: planes differ much in size, and what is empty needs no table. */
function boxesOf(head, codes) {
  const boxes = head.states.map(() => ({ value: VALUES, column: COLUMNS, lastValue: 0, lastColumn: 0 }));
  for (const code of codes) {
    const [plane, value, column] = placeOf(code);
    const box = boxes[plane];
    box.value = Math.min(box.value, value);
    box.column = Math.min(box.column, column);
    box.lastValue = Math.max(box.lastValue, value);
    box.lastColumn = Math.max(box.lastColumn, column);
  }
  let start = 0;
  for (const box of boxes) {
    box.height = Math.max(box.lastValue - box.value + 1, 0);
    box.width = Math.max(box.lastColumn - box.column + 1, 0);
    box.start = start;
    start += (box.height + 1) * (box.width + 1);
  }
  return boxes;
}

/** Code of a cell -> plane, value step, column of risk. */
function placeOf(code) {
  const column = code % COLUMNS;
  const rest = (code - column) / COLUMNS;
  const value = rest % VALUES;
  return [(rest - value) / VALUES, value, column];
}

/** Place in a table of what lies from a value step on and within the first so many risk steps. */
function cornerOf(box, least, through) {
  const row = Math.min(Math.max(least - box.value, 0), box.height);
  return box.start + row * (box.width + 1) + Math.min(Math.max(through - box.column, 0), box.width);
}

/** Add one measure up: what lies at or above a value step and among the first risk steps. */
function summed(boxes, corners, values) {
  const end = boxes.at(-1);
  const table = new Float64Array(end ? end.start + (end.height + 1) * (end.width + 1) : 0);
  for (let i = 0; i < corners.length; i++) table[corners[i]] += values[i];
  for (const { start, height, width } of boxes) {
    for (let row = height - 1; row >= 0; row--) {
      let along = 0;
      const first = start + row * (width + 1);
      for (let column = 1; column <= width; column++) {
        along += table[first + column];
        table[first + column] = along + table[first + width + 1 + column];
      }
    }
  }
  return table;
}

/** Exposure by value score (100 bins of a point) and risk band, for drawing only. */
function histogram(head, codes, columns) {
  const bars = Array.from({ length: HIGHEST_STEP / 2 }, () => new Float64Array(head.bandCount));
  const { low, high } = columns[EXPOSURE];
  for (let i = 0; i < codes.length; i++) {
    const [, value, column] = placeOf(codes[i]);
    const amount = high ? high[i] * TWO_32 + low[i] : low[i];
    bars[Math.min(value >> 1, bars.length - 1)][head.bands[column]] += amount;
  }
  return bars;
}

/** Corners of Strategic, Core or better, everybody on each plane: least value steps, risk steps let through. */
function rectangles(cube, policy, side) {
  return cube.head.states.map((state) => {
    const pairs = [0, 1].map((tier) => lineOf(policy, state, tier, side));
    return { least: [...pairs.map(([least]) => least), 0], through: [...pairs.map(([, through]) => through), EVERY_RISK] };
  });
}

const NO_TIER = 3;
export const IS = 0;
export const WAS = 1;

/**
 * From which value step and over how many risk steps a tier (0 Strategic, 1 Core or better) reaches on a plane:
 * segmentation/corners.py, `lines`, in the same order of rules.
 */
function lineOf(policy, state, tier, side) {
  const [cycle, isCapped, wasCapped, held, isStaying, wasStaying, forced] = state;
  if (forced !== NO_TIER) return [forced <= tier ? 0 : EMPTY, EVERY_RISK];
  const leaves = held <= tier;
  const isBound = [isStaying, wasStaying][side] && held !== NO_TIER;
  let least = Math.max([policy.strategic, policy.core][tier] - (leaves ? policy.exitSteps : 0), 0);
  if (isBound) least = leaves ? 0 : EMPTY;
  if (tier === 0 && [isCapped, wasCapped][side]) least = EMPTY;
  if (isBound || !policy.gatesOn) return [least, EVERY_RISK];
  const gate = policy.gates[LIFECYCLES[cycle]][tier];
  // A closed gate stays closed for whoever holds the tier.
  const rung = gate === CLOSED ? CLOSED : Math.min(gate + (leaves ? policy.exitRungs : 0), TOP_RUNG);
  return [least, rung + 1];
}

/** One sum of a rectangle in the numbers the cube counts in. */
function look(cube, measure, place) {
  const parts = cube.tables[measure];
  if (cube.small) return parts[0][place];
  return BigInt(parts[1][place]) * 4294967296n + BigInt(parts[0][place]);
}

/** A policy -> sums of everybody and of those without a PD: tier × measure. */
export function tierSums(cube, policy) {
  const measures = cube.tables.length;
  const corners = rectangles(cube, policy, IS);
  const nested = [0, 1, 2].map(() => [new Array(measures).fill(cube.zero), new Array(measures).fill(cube.zero)]);
  corners.forEach(({ least, through }, plane) => {
    for (let k = 0; k < 3; k++) {
      const corner = cornerOf(cube.boxes[plane], least[k], through[k]);
      const known = cornerOf(cube.boxes[plane], least[k], Math.min(through[k], TOP_RUNG + 1));
      for (let m = 0; m < measures; m++) {
        const all = look(cube, m, corner);
        nested[k][0][m] += all;
        if (corner !== known) nested[k][1][m] += all - look(cube, m, known);
      }
    }
  });
  const tiers = (which) =>
    [0, 1, 2].map((k) => nested[k][which].map((sum, m) => (k ? sum - nested[k - 1][which][m] : sum)));
  return [
    [...tiers(0), cube.workout],
    [...tiers(1), cube.workoutWithoutPd],
  ];
}

/** Customers and exposure by tier under one policy (rows) and another (columns). */
export function moves(cube, policy, other, measure = CUSTOMERS) {
  const now = rectangles(cube, policy, IS);
  const was = rectangles(cube, other, WAS);
  const shared = [0, 1, 2].map(() => [0, 1, 2].map(() => cube.zero));
  now.forEach((corner, plane) => {
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const least = Math.max(was[plane].least[i], corner.least[j]);
        const through = Math.min(was[plane].through[i], corner.through[j]);
        shared[i][j] += look(cube, measure, cornerOf(cube.boxes[plane], least, through));
      }
    }
  });
  const at = (i, j) => (i < 0 || j < 0 ? cube.zero : shared[i][j]);
  const table = TIERS.map((_, i) =>
    TIERS.map((__, j) =>
      i < 3 && j < 3 ? at(i, j) - at(i - 1, j) - at(i, j - 1) + at(i - 1, j - 1) : cube.zero,
    ),
  );
  table[3][3] = cube.workout[measure];
  return table;
}

/** What moved off the diagonal. */
export function moved(table) {
  let sum = table[0][0] - table[0][0];
  table.forEach((row, i) => row.forEach((value, j) => (sum += i === j ? sum - sum : value)));
  return sum;
}

/** A policy -> what each tier and the total hold, as they are and under the tier's own treatment. */
export function tierBoard(cube, policy) {
  const [all, unrated] = tierSums(cube, policy);
  const own = (k, row) => row.slice(...(k < 3 ? [1 + MONEY * (k + 1), 1 + MONEY * (k + 2)] : [1, 1 + MONEY]));
  const rows = TIERS.map((tier, k) => ({
    tier,
    customers: all[k][CUSTOMERS],
    customersWithoutPd: unrated[k][CUSTOMERS],
    asIs: all[k].slice(1, 1 + MONEY),
    asIsWithoutPd: unrated[k].slice(1, 1 + MONEY),
    treated: own(k, all[k]),
    treatedWithoutPd: own(k, unrated[k]),
  }));
  return [...rows, total(rows)];
}

/** Add tiers to their total. */
export function total(rows) {
  const plus = (name) => rows.map((row) => row[name]).reduce((one, two) => one.map((value, m) => value + two[m]));
  const count = (name) => rows.map((row) => row[name]).reduce((one, two) => one + two);
  const lists = ['asIs', 'asIsWithoutPd', 'treated', 'treatedWithoutPd'];
  return {
    tier: 'Total',
    customers: count('customers'),
    customersWithoutPd: count('customersWithoutPd'),
    ...Object.fromEntries(lists.filter((name) => rows[0][name]).map((name) => [name, plus(name)])),
  };
}

/** Sums of a tier -> profit and ratios of those whose risk is known (segmentation/returns/ratios.py). */
export function ratios(money, withoutPd, returns) {
  const [exposure, drawn, income, cost, loss, capital] = money.map((value, m) => value - withoutPd[m]);
  const profit = income - cost - loss;
  const zero = profit - profit;
  return {
    profit,
    roi: drawn > zero ? divide(profit, drawn) : null,
    raroc:
      capital > zero
        ? ((Number(profit) + Number(capital) * returns.riskFreeRate) * (1 - returns.taxRate)) / Number(capital)
        : null,
    // Loss of everybody over exposure of those whose risk is known, as the server's rule has it.
    lossRate: exposure > zero ? divide(money[4], exposure) : null,
  };
}

/** Quotient of two whole numbers, rounded once, as exact division of integers is. */
export function divide(part, whole) {
  if (typeof part !== 'bigint') return part / whole;
  const safe = BigInt(Number.MAX_SAFE_INTEGER);
  const size = part < 0n ? -part : part;
  if (size <= safe && whole <= safe) return Number(part) / Number(whole);
  if (size === 0n) return 0;
  // Shift so that the whole quotient has 55 or more bits; a rest left over makes its last bit odd, so
  // that turning it into a number rounds as if all bits were there.
  const bits = (value) => value.toString(2).length;
  const shift = Math.max(0, 56 - bits(size) + bits(whole));
  const scaled = size << BigInt(shift);
  let quotient = scaled / whole;
  if (quotient * whole !== scaled) quotient |= 1n;
  return ((part < 0n ? -1 : 1) * Number(quotient)) / 2 ** shift;
}
