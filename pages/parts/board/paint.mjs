// The histogram on its two canvases: bars, which stand still, and above them the lines, which move.

import { HIGHEST_STEP, TIERS } from './exact.mjs';
import { number } from './formats.mjs';

export const EDGE = 14;
const TOP = 26;
const BOTTOM = 44;
const STRIP = 7;

/** Pixel of a threshold's step on a plot of a width. */
export function pixelOf(step, width) {
  return EDGE + (step / HIGHEST_STEP) * (width - 2 * EDGE);
}

/** Step at a pixel; not rounded, may lie outside. */
export function stepAt(pixel, width) {
  return ((pixel - EDGE) / (width - 2 * EDGE)) * HIGHEST_STEP;
}

/** Share of a strip's width at which a rung lies; −1 (closed) stands at the left end. */
export function shareOfRung(rung) {
  return (rung + 1) / 64;
}

/** Rung at a share of a strip's width; not rounded. */
export function rungAt(share) {
  return share * 64 - 1;
}

/** Fit a canvas to its box on a screen of any density; gives the context in CSS pixels. */
export function fit(canvas, width, height) {
  const ratio = globalThis.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) [canvas.width, canvas.height] = [w, h];
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** Draw the bars: exposure by value score, the riskier the darker, one hue. */
export function paintBars(context, { width, height }, bars, colours, font) {
  const floor = height - BOTTOM;
  const room = floor - TOP - 10;
  const highest = Math.max(...bars.map((bar) => bar.reduce((one, two) => one + two, 0)), 1e-9);
  const each = (width - 2 * EDGE) / bars.length;
  const gap = each > 4 ? 1 : 0;
  bars.forEach((bar, place) => {
    let base = floor;
    bar.forEach((amount, band) => {
      const tall = (amount / highest) * room;
      if (tall <= 0) return;
      context.fillStyle = colours.risk[band];
      context.fillRect(EDGE + place * each, base - tall, each - gap, tall);
      base -= tall;
    });
  });
  context.fillStyle = colours.muted;
  context.font = font;
  context.textBaseline = 'top';
  for (const tick of width < 480 ? [0, 50, 100] : [0, 20, 40, 60, 80, 100]) {
    context.textAlign = tick === 0 ? 'left' : tick === 100 ? 'right' : 'center';
    const inset = tick === 0 ? -EDGE + 2 : tick === 100 ? EDGE - 2 : 0;
    context.fillText(String(tick), pixelOf(2 * tick, width) + inset, floor + STRIP + 8);
  }
}

/** Draw the lines, the ghosts of the policy in force, the tiers' strip and their names. */
export function paintLines(context, { width, height }, policy, inForce, { colours, words, font, strongFont }) {
  const floor = height - BOTTOM;
  const at = (step) => Math.round(pixelOf(step, width)) + 0.5;
  context.lineWidth = 1;
  for (const which of ['core', 'strategic']) {
    if (inForce[which] === policy[which]) continue;
    context.strokeStyle = colours.ghost;
    context.setLineDash([2, 3]);
    line(context, at(inForce[which]), TOP - 4, floor);
    context.setLineDash([]);
    if (width < 480) continue;
    // On the side where no line crosses it.
    const near = at(policy[which]) - at(inForce[which]);
    const left = inForce[which] > 150 || (near > 0 && near < 90);
    text(context, words.inForce.replace('{value}', number(inForce[which] / 2, 1)), {
      x: at(inForce[which]) + (left ? -4 : 4), y: TOP + (which === 'core' ? 16 : 0),
      align: left ? 'right' : 'left', colour: colours.muted, font, halo: colours.card,
    });
  }
  const ends = [HIGHEST_STEP, policy.strategic, policy.core, 0];
  TIERS.slice(0, 3).forEach((tier, k) => {
    const [from, to] = [pixelOf(ends[k + 1], width), pixelOf(ends[k], width)];
    if (to <= from) return;
    context.fillStyle = colours.tiers[tier];
    context.fillRect(from, floor + 3, to - from, STRIP - 2);
    context.font = strongFont;
    if (to - from > context.measureText(words.tiers[tier]).width + 6) {
      text(context, words.tiers[tier], {
        x: (from + to) / 2, y: 4, align: 'center', colour: colours.tierText[tier], font: strongFont,
      });
    }
  });
  context.strokeStyle = colours.ink;
  context.lineWidth = 2;
  for (const which of ['core', 'strategic']) line(context, Math.round(pixelOf(policy[which], width)), TOP - 4, floor + STRIP + 3);
  numbers(context, width, floor + STRIP + 8, policy, colours, strongFont);
}

/** Write where the lines stand below them; two that would touch are pushed apart. */
function numbers(context, width, y, policy, colours, font) {
  const places = [policy.core, policy.strategic].map((step) => pixelOf(step, width));
  const room = 38;
  if (places[1] - places[0] < room) {
    const middle = Math.min(Math.max((places[0] + places[1]) / 2, room), width - room);
    [places[0], places[1]] = [middle - room / 2, middle + room / 2];
  }
  [policy.core, policy.strategic].forEach((step, k) => {
    const x = Math.min(Math.max(places[k], 18), width - 18);
    context.fillStyle = colours.card;
    context.fillRect(x - 18, y - 1, 36, 17);
    text(context, number(step / 2, 1), { x, y, align: 'center', colour: colours.ink, font });
  });
}

function line(context, x, from, to) {
  context.beginPath();
  context.moveTo(x, from);
  context.lineTo(x, to);
  context.stroke();
}

function text(context, words, { x, y, align, colour, font, halo }) {
  context.font = font;
  context.textAlign = align;
  context.textBaseline = 'top';
  if (halo) {
    context.strokeStyle = halo;
    context.lineWidth = 3;
    context.strokeText(words, x, y);
    context.lineWidth = 1;
  }
  context.fillStyle = colour;
  context.fillText(words, x, y);
}
