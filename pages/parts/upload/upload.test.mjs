import assert from 'node:assert/strict';
import { test } from 'node:test';
import { megabytes, objection, progressText } from './upload.mjs';

const words = {
  progress: '{share} % · {done} of {total} MB · about {left} s left',
  empty: 'empty',
  tooLarge: 'over {limit} MB',
};

test('progress says share, megabytes and the time left', () => {
  assert.equal(progressText(words, 25e6, 100e6, 2), '25 % · 25.0 of 100.0 MB · about 6 s left');
});

test('progress of nothing yet promises nothing', () => {
  assert.equal(progressText(words, 0, 100e6, 0), '0 % · 0.0 of 100.0 MB · about 0 s left');
});

test('a file over the cap is refused before a byte is sent', () => {
  assert.equal(objection(words, 3e9, 2e9), 'over 2000 MB');
  assert.equal(objection(words, 0, 2e9), 'empty');
  assert.equal(objection(words, 10, 2e9), '');
});

test('megabytes have one decimal', () => {
  assert.equal(megabytes(1234567), '1.2');
});
