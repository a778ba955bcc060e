// What a hand may do to a policy: move a line, move a gate, undo. Pure; a policy is never changed in place.

import { CLOSED, HIGHEST_STEP, LIFECYCLES, TOP_RUNG } from './exact.mjs';

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);

/** Move a threshold to a step; the other gives way when they would cross. */
export function withThreshold(policy, which, step) {
  const to = clamp(Math.round(step), 0, HIGHEST_STEP);
  if (which === 'strategic') return { ...policy, strategic: to, core: Math.min(policy.core, to) };
  return { ...policy, core: to, strategic: Math.max(policy.strategic, to) };
}

/** Move a gate of one life cycle to a rung (−1 closes it); the other gives way when they would cross. */
export function withGate(policy, lifecycle, which, rung) {
  const to = clamp(Math.round(rung), CLOSED, TOP_RUNG);
  const [strategic, core] = policy.gates[lifecycle];
  const pair = which === 'strategic' ? [to, Math.max(core, to)] : [Math.min(strategic, to), to];
  return { ...policy, gates: { ...policy.gates, [lifecycle]: pair } };
}

/** Where a handle stands: { kind, which, lifecycle } -> step or rung. */
export function valueOf(policy, handle) {
  if (!handle.lifecycle) return policy[handle.which];
  return policy.gates[handle.lifecycle][handle.which === 'strategic' ? 0 : 1];
}

/** Move whatever a handle holds. */
export function movedTo(policy, handle, value) {
  return handle.lifecycle
    ? withGate(policy, handle.lifecycle, handle.which, value)
    : withThreshold(policy, handle.which, value);
}

/** Lowest and highest value of a handle. */
export function limitsOf(handle) {
  return handle.lifecycle ? [CLOSED, TOP_RUNG] : [0, HIGHEST_STEP];
}

/** A key on a handle -> its new value; null for keys that mean nothing here. */
export function afterKey(handle, value, key) {
  const [least, most] = limitsOf(handle);
  const steps = {
    ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10,
    Home: least - most, End: most - least,
  };
  return key in steps ? clamp(value + steps[key], least, most) : null;
}

/** Typed points of a value score -> step of half points; null when it is no number. */
export function typedThreshold(text) {
  const value = typedNumber(text);
  return value === null ? null : clamp(Math.round(value * 2), 0, HIGHEST_STEP);
}

/** Typed percent -> the highest rung not above it, so that a gate is never looser than asked. */
export function typedGate(ladder, text) {
  if (['–', '-', ''].includes(text.trim())) return CLOSED;
  const value = typedNumber(text);
  if (value === null) return null;
  let rung = CLOSED;
  while (rung < TOP_RUNG && ladder[rung + 1] <= value / 100 + 1e-12) rung += 1;
  return rung;
}

function typedNumber(text) {
  const plain = text.trim().replace(/\s*%$/, '').replace(',', '.').replace('−', '-');
  return plain === '' || !Number.isFinite(Number(plain)) ? null : Number(plain);
}

/** Whether two policies decide the same. */
export function isSame(one, two) {
  return (
    one.rest === two.rest &&
    one.strategic === two.strategic &&
    one.core === two.core &&
    LIFECYCLES.every((name) => one.gates[name].every((rung, k) => rung === two.gates[name][k]))
  );
}

const MOST_STEPS = 200;

/** A history of policies: the one shown, those before, those taken back. */
export function newHistory(policy) {
  return { past: [], present: policy, future: [] };
}

/** Take a step; one that changes nothing is none. */
export function step(history, policy) {
  if (isSame(history.present, policy)) return { ...history, present: policy };
  return { past: [...history.past, history.present].slice(-MOST_STEPS), present: policy, future: [] };
}

/** Take the last step back. */
export function undo(history) {
  if (!history.past.length) return history;
  const past = history.past.slice(0, -1);
  return { past, present: history.past.at(-1), future: [history.present, ...history.future] };
}

/** Take a step taken back once more. */
export function redo(history) {
  if (!history.future.length) return history;
  const [next, ...future] = history.future;
  return { past: [...history.past, history.present], present: next, future };
}
