import assert from 'node:assert/strict';
import { test } from 'node:test';
import { megabytes, objection, progressText, timeLeft } from './upload.mjs';

const words = {
  progress: '{share} % · {done} of {total} MB · about {left} left',
  sending: 'sending',
  arrived: 'here',
  seconds: '{n} s',
  minutes: '{n} min',
};

test('progress says share, megabytes and the time left', () => {
  assert.equal(progressText(words, 25e6, 100e6, 2), '25 % · 25.0 of 100.0 MB · about 10 s left');
});

test('progress of nothing yet, and of all, promises no time', () => {
  assert.equal(progressText(words, 0, 100e6, 0), 'sending');
  assert.equal(progressText(words, 100e6, 100e6, 8), 'here');
});

test('a time left is coarse, and in minutes when long', () => {
  assert.equal(timeLeft(words, 3.2), '5 s');
  assert.equal(timeLeft(words, 47), '50 s');
  assert.equal(timeLeft(words, 200), '4 min');
});

test('a file over the cap, an empty one and several at once are refused before a byte is sent', () => {
  assert.equal(objection([{ size: 3e9 }], 2e9), 'too_large');
  assert.equal(objection([{ size: 0 }], 2e9), 'empty');
  assert.equal(objection([{ size: 1 }, { size: 1 }], 2e9), 'one_only');
  assert.equal(objection([{ size: 10 }], 2e9), '');
});

test('megabytes have one decimal and thousands separators', () => {
  assert.equal(megabytes(1234567), '1.2');
  assert.equal(megabytes(2048e6), '2,048.0');
});
