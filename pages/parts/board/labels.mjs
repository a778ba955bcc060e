// Where the words of the histogram stand, so that no two overlap at any width and wherever the lines are; pure.

import { HIGHEST_STEP, TIERS } from './exact.mjs';
import { number } from './formats.mjs';

export const EDGE = 14;
export const TOP = 26;
export const BOTTOM = 44;
export const STRIP = 7;
const TALL = 15;
/** Least room between two words side by side. */
const GAP = 5;

/** Pixel of a threshold's step on a plot of a width. */
export function pixelOf(step, width) {
  return EDGE + (step / HIGHEST_STEP) * (width - 2 * EDGE);
}

/**
 * All words of the plot: names of the tiers above, what is in force beside its ghost, figures of lines and axis below.
 *
 * `measure(text, isStrong)` gives the width of a text in pixels. Each label is { kind, which, text, left, right, top,
 * bottom }; what is in force is kept off the lines, as far as there is room.
 */
export function layLabels({ width, height }, policy, inForce, words, measure) {
  const floor = height - BOTTOM;
  const figures = lineFigures(width, floor, policy, measure);
  return [...tierNames(width, policy, words, measure), ...ghosts(width, policy, inForce, words, measure), ...figures, ...ticks(width, floor, figures, measure)];
}

function label(kind, which, text, left, top, wide) {
  return { kind, which, text, left, right: left + wide, top, bottom: top + TALL };
}

/** Keep what is `wide` pixels within the plot. */
const within = (left, wide, width) => Math.min(Math.max(left, 0), width - wide);

/** Names over the tiers wide enough for them. */
function tierNames(width, policy, words, measure) {
  const ends = [HIGHEST_STEP, policy.strategic, policy.core, 0];
  return TIERS.slice(0, 3).flatMap((tier, k) => {
    const [from, to] = [pixelOf(ends[k + 1], width), pixelOf(ends[k], width)];
    const wide = measure(words.tiers[tier], true);
    return to - from > wide + 6 ? [label('tier', tier, words.tiers[tier], (from + to - wide) / 2, 4, wide)] : [];
  });
}

/** A row each for the two lines in force that have been left: beside a line, as near as may be, where none crosses them. */
function ghosts(width, policy, inForce, words, measure) {
  const left = ['strategic', 'core'].filter((which) => inForce[which] !== policy[which]);
  const lines = [policy.strategic, policy.core, ...left.map((which) => inForce[which])].map((step) => pixelOf(step, width));
  return left.map((which) => {
    const text = words.inForce.replace('{value}', number(inForce[which] / 2, 1));
    const wide = measure(text, false);
    const at = pixelOf(inForce[which], width);
    const places = lines.flatMap((line) => [line + 4, line - 4 - wide]).map((start) => within(start, wide, width));
    const cost = (start) => {
      const crossed = lines.filter((line) => line > start - 2 && line < start + wide + 2).length;
      const far = start + wide / 2 - at;
      // Strategic's gives way to the right and Core's to the left: in between they would be taken for each other's.
      const isInner = Math.abs(far) > wide / 2 + 5 && far > 0 === (which === 'core');
      return (2 * crossed + (isInner ? 1 : 0)) * width + Math.abs(far);
    };
    const start = places.reduce((one, two) => (cost(two) < cost(one) ? two : one));
    return label('ghost', which, text, start, TOP + (which === 'core' ? TALL + 1 : 0), wide);
  });
}

/** Where the lines stand, below them: pushed apart where they would touch, one figure where they stand together. */
function lineFigures(width, floor, policy, measure) {
  const steps = policy.core === policy.strategic ? [['strategic', policy.strategic]] : [['core', policy.core], ['strategic', policy.strategic]];
  const found = steps.map(([which, step]) => {
    const text = number(step / 2, 1);
    const wide = measure(text, true);
    return label('figure', which, text, within(pixelOf(step, width) - wide / 2, wide, width), floor + STRIP + 8, wide);
  });
  const [core, strategic] = found;
  if (!strategic || strategic.left - core.right >= GAP) return found;
  const [first, second] = [core.right - core.left, strategic.right - strategic.left];
  const all = first + GAP + second;
  const start = within((core.left + strategic.right - all) / 2, all, width);
  return [
    { ...core, left: start, right: start + first },
    { ...strategic, left: start + all - second, right: start + all },
  ];
}

/** Round figures of the axis, those left out that a line's own would touch. */
function ticks(width, floor, figures, measure) {
  const wanted = width < 480 ? [0, 50, 100] : [0, 20, 40, 60, 80, 100];
  return wanted.flatMap((tick) => {
    const wide = measure(String(tick), false);
    const start = within(pixelOf(2 * tick, width) - wide / 2, wide, width);
    const isFree = figures.every((figure) => start >= figure.right + GAP || start + wide <= figure.left - GAP);
    return isFree ? [label('tick', tick, String(tick), start, floor + STRIP + 8, wide)] : [];
  });
}
