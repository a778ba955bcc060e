// Answers questions of tests/pages/test_board.py with the board's own modules: JSON in, JSON out.

import { readFileSync } from 'node:fs';
import { buildCube, divide, moves, ratios, tierBoard, unpack } from '../../pages/parts/board/exact.mjs';
import { change, number, percent, signed } from '../../pages/parts/board/formats.mjs';

const asked = JSON.parse(readFileSync(0, 'utf8'));
const said = {};
if (asked.payload) {
  const cube = buildCube(await unpack(new Uint8Array(Buffer.from(asked.payload, 'base64')).subarray(12)));
  said.bars = cube.bars.map((bar) => [...bar]);
  said.answers = asked.policies.map((policy) => ({
    rows: tierBoard(cube, policy).map((row) => ({
      ...row,
      now: ratios(row.treated, row.treatedWithoutPd, asked.returns),
      asItIs: ratios(row.asIs, row.asIsWithoutPd, asked.returns),
    })),
    moves: moves(cube, policy, asked.inForce, 0),
    exposureMoves: moves(cube, policy, asked.inForce, 1),
  }));
}
if (asked.quotients) said.quotients = asked.quotients.map(([part, whole]) => divide(BigInt(part), BigInt(whole)));
if (asked.numbers) {
  said.numbers = asked.numbers.map((value) => [
    number(value), number(value, 1), signed(value), percent(value, 2), change(value, 'down').text, change(value, 'up').tone,
  ]);
}
console.log(JSON.stringify(said, (_, value) => (typeof value === 'bigint' ? String(value) : value)));
