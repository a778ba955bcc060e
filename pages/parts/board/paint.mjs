// The histogram on its two canvases: bars, which stand still, and above them the lines, which move.

import { HIGHEST_STEP, TIERS } from './exact.mjs';
import { BOTTOM, EDGE, STRIP, TOP, layLabels, pixelOf } from './labels.mjs';

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
export function paintBars(context, { width, height }, bars, colours) {
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
}

/** Draw the lines, the ghosts of the policy in force, the tiers' strip and all words. */
export function paintLines(context, box, policy, inForce, { colours, words, font, strongFont }) {
  const { width, height } = box;
  const floor = height - BOTTOM;
  const at = (step) => Math.round(pixelOf(step, width)) + 0.5;
  context.lineWidth = 1;
  context.strokeStyle = colours.ghost;
  context.setLineDash([2, 3]);
  for (const which of ['core', 'strategic']) {
    if (inForce[which] !== policy[which]) line(context, at(inForce[which]), TOP - 4, floor);
  }
  context.setLineDash([]);
  const ends = [HIGHEST_STEP, policy.strategic, policy.core, 0];
  TIERS.slice(0, 3).forEach((tier, k) => {
    const [from, to] = [pixelOf(ends[k + 1], width), pixelOf(ends[k], width)];
    if (to <= from) return;
    context.fillStyle = colours.tiers[tier];
    context.fillRect(from, floor + 3, to - from, STRIP - 2);
  });
  context.strokeStyle = colours.ink;
  context.lineWidth = 2;
  for (const which of ['core', 'strategic']) line(context, at(policy[which]) - 0.5, TOP - 4, floor + STRIP + 3);
  const fontOf = (isStrong) => (isStrong ? strongFont : font);
  const measure = (text, isStrong) => {
    context.font = fontOf(isStrong);
    return context.measureText(text).width;
  };
  const looks = {
    tier: ({ which }) => ({ colour: colours.tierText[which], isStrong: true }),
    ghost: () => ({ colour: colours.muted, halo: colours.card }),
    figure: () => ({ colour: colours.ink, isStrong: true }),
    tick: () => ({ colour: colours.muted }),
  };
  for (const label of layLabels(box, policy, inForce, words, measure)) {
    const { colour, isStrong, halo } = looks[label.kind](label);
    text(context, label.text, { x: label.left, y: label.top, colour, font: fontOf(isStrong), halo });
  }
}

function line(context, x, from, to) {
  context.beginPath();
  context.moveTo(x, from);
  context.lineTo(x, to);
  context.stroke();
}

function text(context, words, { x, y, colour, font, halo }) {
  context.font = font;
  context.textAlign = 'left';
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
