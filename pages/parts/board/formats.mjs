// Numbers and sentences as reports/formats.py and reports/words write them; a test holds the two together.

export const MISSING = '–';
const MINUS = '−';
const PERCENT = '\u202f%';

/** Round half away from zero, as people and finance departments do. */
export function rounded(value, decimals) {
  const factor = 10 ** decimals;
  const size = Math.floor(Math.abs(value) * factor + 0.5 + 1e-9) / factor;
  return value < 0 ? -size : size;
}

/** A number with thousands separators and a true minus. */
export function number(value, decimals = 0) {
  if (value === null || !Number.isFinite(value)) return MISSING;
  const shown = rounded(value, decimals);
  const [whole, rest] = Math.abs(shown).toFixed(decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return (shown < 0 ? MINUS : '') + grouped + (rest ? `.${rest}` : '');
}

/** A fraction as percent. */
export function percent(fraction, decimals = 1) {
  return fraction === null || !Number.isFinite(fraction) ? MISSING : number(fraction * 100, decimals) + PERCENT;
}

/** A change with its sign. */
export function signed(value, decimals = 1) {
  const text = number(value, decimals);
  return text !== MISSING && rounded(value, decimals) > 0 ? `+${text}` : text;
}

/** A change by arrow, size and meaning: { text, tone }; one too small for its decimals is shown as such. */
export function change(value, goodWhen, decimals = 1, unit = '') {
  if (value === null || !Number.isFinite(value)) return { text: MISSING, tone: 'same' };
  if (value === 0) return { text: '=', tone: 'same' };
  const size =
    rounded(value, decimals) === 0 ? `<${number(10 ** -decimals, decimals)}` : number(Math.abs(value), decimals);
  const good = goodWhen === 'neither' ? 'same' : (value > 0) === (goodWhen === 'up') ? 'good' : 'bad';
  return { text: `${value > 0 ? '▲' : '▼'} ${size}${unit}`, tone: good };
}

/** Highest PD a gate lets through, as text; a closed gate lets nobody through. */
export function gateText(ladder, rung) {
  if (rung < 0) return MISSING;
  return percent(ladder[rung], ladder[rung] < 0.01 ? 2 : 1);
}

/** Fill a sentence; {n:customer|customers} chooses singular or plural by n. */
export function fill(template, values = {}) {
  return template.replace(/\{(\w+)(?::([^|{}]*)\|([^|{}]*))?\}/g, (_, name, singular, plural) => {
    const text = String(values[name]);
    return singular === undefined ? text : text === '1' ? singular : plural;
  });
}
