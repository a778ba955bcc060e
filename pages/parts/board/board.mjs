// The board: a histogram that is the control. Dragging repaints here, in the browser; letting go tells the server.
//
// The record it gets names a cube; the cube itself comes by a component of its own (cube.mjs), and so do these
// modules: what is the same from run to run is sent once, and a line let go of sends little.
//
// For tests and for whoever audits: `window.stratumBoard.answer(policy)` gives all sums and ratios of a policy
// on the cube shown, `window.stratumBoard.policy()` the policy shown.

import { moved, moves, ratios, tierBoard } from './exact.mjs';
import { store } from './store.mjs';
import { fill, gateText, number } from './formats.mjs';
import { afterKey, isSame, movedTo, newHistory, redo, step, typedGate, typedThreshold, undo, valueOf } from './moves.mjs';
import { pixelOf } from './labels.mjs';
import { fit, paintBars, paintLines, rungAt, shareOfRung, stepAt } from './paint.mjs';
import { buildGates, buildTable, dressMark, fillFigures, make, setText } from './elements.mjs';
import { rowCells, verdict } from './words.mjs';

/** Show a board, or give the one that stands there its new record; gives what takes it away. */
export function mount({ data, parentElement, setTriggerValue }) {
  let board = store.boards.get(parentElement);
  if (!board) {
    board = new Board(parentElement);
    store.boards.set(parentElement, board);
  }
  board.take(data, setTriggerValue);
  return () => board.leave();
}

class Board {
  constructor(parent) {
    this.parent = parent;
    this.root = parent.querySelector('.board');
    this.find = (selector) => this.root.querySelector(selector);
    this.handles = [
      { which: 'core', element: this.find('.handle.core') },
      { which: 'strategic', element: this.find('.handle.strategic') },
    ];
    this.bars = this.find('canvas.bars');
    this.lines = this.find('canvas.lines');
    this.drag = null;
    this.frame = 0;
    this.since = null;
    this.painted = null;
    this.dirty = false;
    this.channel = new MessageChannel();
    this.channel.port1.onmessage = () => this.afterPaint();
    this.box = { width: 0, height: 0 };
    this.observer = new ResizeObserver(([{ contentRect }]) => {
      this.box = { width: contentRect.width, height: contentRect.height };
      this.painted = null;
      this.request();
    });
    this.observer.observe(this.find('.plot'));
    this.listen();
  }

  /** Leave the screen. */
  leave() {
    store.boards.delete(this.parent);
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    this.channel.port1.close();
  }

  /** Take the server's record: first words and colours, then the policy, unless a newer one is on its way there. */
  take(data, setTriggerValue) {
    this.send = setTriggerValue;
    for (const [rest, identity] of Object.entries(data.cubes)) store.places.set(data.scope + rest, identity);
    const isNew = !this.data;
    this.data = data;
    if (isNew) {
      this.sent = data.seq;
      this.build();
    }
    this.dress();
    if (isNew && store.history) {
      this.history = step(store.history, data.policy);
    } else if (isNew) {
      this.history = newHistory(data.policy);
    } else if (data.seq >= this.sent && !this.drag && !this.dirty) {
      this.history = step(this.history, data.policy);
    }
    if (!this.drag && !this.dirty) this.shown = this.history.present;
    if (isNew || data.seq >= this.sent) this.told = data.policy;
    store.history = this.history;
    this.painted = null;
    globalThis.stratumBoard = {
      answer: (policy) => this.answer({ ...this.shown, ...policy }),
      policy: () => this.shown,
      inForce: () => this.data.inForce,
    };
    this.request();
  }

  /** All that depends on life cycles and columns, once. */
  build() {
    this.strips = buildGates(this.find('.gates'), this.data);
    for (const strip of this.strips) this.handles.push(...strip.handles);
    this.handles.forEach((handle) => this.listenTo(handle));
    for (const strip of this.strips) {
      for (const [which, input] of Object.entries(strip.inputs)) this.listenToTyping(input, { ...strip, which });
    }
    for (const which of ['core', 'strategic']) this.listenToTyping(this.find(`input.${which}`), { which });
    this.table = buildTable(this.find('.holds table'));
  }

  /** Words and colours: they change with language and theme. */
  dress() {
    const { words, colours } = this.data;
    const family = getComputedStyle(this.root).fontFamily;
    this.fonts = { font: `13px ${family}`, strongFont: `600 13px ${family}` };
    for (const [name, value] of Object.entries(colours.css)) this.root.style.setProperty(`--${name}`, value);
    for (const element of this.root.querySelectorAll('[data-word]')) setText(element, words[element.dataset.word]);
    for (const element of this.root.querySelectorAll('[data-hint]')) element.title = words[element.dataset.hint];
    for (const element of this.root.querySelectorAll('[data-label]')) element.setAttribute('aria-label', words[element.dataset.label]);
    for (const handle of this.handles) handle.element.setAttribute('aria-label', this.nameOf(handle));
    for (const strip of this.strips) strip.dress(words, colours);
    this.table.dress(words, colours);
    dressMark(this.find('.treated'), words.treatedHint, words.treatedAddress, words.treatedKeys);
    setText(this.find('.near'), this.data.note);
    this.legend();
    this.find('.propose').hidden = !this.data.canPropose;
    this.find('.links').replaceChildren(...this.data.links.map(({ page, label }) => {
      const link = make('button', { type: 'button' }, label);
      link.onclick = () => this.send('go', page);
      return link;
    }));
  }

  nameOf({ which, lifecycle }) {
    const { words } = this.data;
    if (!lifecycle) return words[`threshold_${which}`];
    return fill(words[`gate_${which}`], { lifecycle: words.lifecycles[lifecycle] });
  }

  legend() {
    const { words, colours } = this.data;
    const items = words.bands.map((word, band) => {
      const item = document.createElement('li');
      const square = document.createElement('span');
      square.style.background = colours.risk[band];
      item.append(square, word);
      return item;
    });
    this.find('.legend ul').replaceChildren(...items);
  }

  /** Identity of the cube that answers a policy on the portfolio shown: what is undone was maybe done on another. */
  place(policy) {
    return store.places.get(this.data.scope + policy.rest);
  }

  cube(policy = this.shown) {
    return store.cubes.get(this.place(policy)) ?? null;
  }

  base(cube) {
    const whole = cube.small ? Number : BigInt;
    const read = (row) => ({
      tier: row.tier,
      customers: whole(row.customers),
      customersWithoutPd: whole(row.customersWithoutPd),
      treated: row.treated.map((text) => whole(text)),
      treatedWithoutPd: row.treatedWithoutPd.map((text) => whole(text)),
    });
    return this.data.base.map(read);
  }

  answer(policy) {
    const cube = this.cube(policy);
    if (!cube) return null;
    const text = (value) => JSON.parse(JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each)));
    const rows = tierBoard(cube, policy);
    return text({
      rows: rows.map((row) => ({
        ...row,
        now: ratios(row.treated, row.treatedWithoutPd, this.data.returns),
        asItIs: ratios(row.asIs, row.asIsWithoutPd, this.data.returns),
      })),
      moves: moves(cube, policy, this.data.inForce, 0),
      exposureMoves: moves(cube, policy, this.data.inForce, 1),
    });
  }

  /** Ask for a frame; the first event since the last one is what the frame is measured from. */
  request(event) {
    if (event && this.since === null) this.since = event.timeStamp;
    if (!this.frame) this.frame = requestAnimationFrame(() => this.paint());
  }

  paint() {
    this.frame = 0;
    const cube = this.cube();
    this.root.classList.toggle('waiting', !cube);
    setText(this.find('.renewed'), !this.hasStood ? this.data.words.summing : this.data.words.waiting);
    if (!cube || !this.box.width) return;
    this.hasStood = true;
    const { data, shown: policy } = this;
    const { box, fonts } = this;
    const key = `${this.place(policy)} ${box.width}`;
    if (this.painted !== key) {
      paintBars(fit(this.bars, box.width, box.height), box, cube.bars, data.colours);
      this.painted = key;
      fillFigures(this.find('.figures tbody'), cube.bars, data.words, data.unit.scale);
    }
    paintLines(fit(this.lines, box.width, box.height), box, policy, data.inForce, {
      colours: data.colours, words: data.words, ...fonts,
    });
    const board = tierBoard(cube, policy);
    const base = this.base(cube);
    this.say(board, base, moved(moves(cube, policy, data.inForce)));
    board.forEach((row, k) => this.table.set(k, rowCells(row, base[k], data)));
    this.set(policy, box.width, board);
    this.buttons();
    // Counted by the server: it speaks of the lines as they were when last let go.
    this.find('.near').classList.toggle('stale', !isSame(policy, data.policy));
    this.channel.port2.postMessage(0);
  }

  /** The frame stands on the screen: note how long it took since the pointer moved. */
  afterPaint() {
    if (this.since === null) return;
    performance.measure('stratum:drag', { start: this.since, end: performance.now() });
    this.since = null;
  }

  say(board, base, count) {
    const { strong, rest, note } = verdict(board, base, {
      ...this.data, policy: this.shown, moved: count,
    });
    setText(this.find('.verdict strong'), strong);
    setText(this.find('.verdict .rest'), rest);
    setText(this.find('.verdict .note'), note);
    // Spoken once the hand lets go, not with every pixel.
    if (this.drag || this.dirty) return;
    setText(this.find('.spoken'), `${strong} ${rest}`);
    const lines = { strategic: number(this.shown.strategic / 2, 1), core: number(this.shown.core / 2, 1) };
    this.bars.setAttribute('aria-label', fill(this.data.words.alternative, lines));
  }

  /** Move handles, write inputs and what a screen reader says of them. */
  set(policy, width, board) {
    const { words, ladder } = { ...this.data, ladder: this.cube().head.ladder };
    for (const handle of this.handles) {
      const value = valueOf(policy, handle);
      const { element } = handle;
      if (handle.lifecycle) {
        element.style.left = `${100 * shareOfRung(value)}%`;
        const reach = gateText(ladder, value);
        setAria(element, value, value < 0 ? words.closed : fill(words.gateValue, { value: reach }));
      } else {
        // Moved without a new layout of the page.
        element.style.transform = `translateX(${pixelOf(value, width)}px)`;
        const row = board[handle.which === 'strategic' ? 0 : 1];
        setAria(element, value / 2, fill(words.thresholdValue, {
          value: number(value / 2, 1), n: number(Number(row.customers)), tier: words.tiers[row.tier],
        }));
      }
    }
    for (const which of ['core', 'strategic']) setInput(this.find(`input.${which}`), (policy[which] / 2).toFixed(1));
    for (const strip of this.strips) strip.set(policy.gates[strip.lifecycle], this.data.inForce.gates[strip.lifecycle], ladder);
  }

  buttons() {
    this.find('.undo').disabled = !this.history.past.length;
    this.find('.redo').disabled = !this.history.future.length;
    this.find('.reset').disabled = isSame(this.shown, this.data.inForce);
    this.find('.propose').disabled = isSame(this.shown, this.data.inForce);
  }

  listen() {
    this.find('.undo').onclick = () => this.goTo(undo(this.history));
    this.find('.redo').onclick = () => this.goTo(redo(this.history));
    this.find('.reset').onclick = () => this.goTo(step(this.history, this.data.inForce));
    this.find('.propose').onclick = () => this.send('go', 'policies');
    this.root.addEventListener('keydown', (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z' || event.target.tagName === 'INPUT') return;
      event.preventDefault();
      this.goTo(event.shiftKey ? redo(this.history) : undo(this.history));
    });
  }

  listenTo(handle) {
    const { element } = handle;
    const track = handle.lifecycle ? element.parentElement : this.find('.plot');
    element.onpointerdown = (event) => {
      if (event.button) return;
      event.preventDefault();
      element.focus({ preventScroll: true });
      element.setPointerCapture(event.pointerId);
      const box = track.getBoundingClientRect();
      performance.clearMeasures('stratum:drag');
      // Where on the handle it was taken, so that it does not jump under the finger.
      const middle = element.getBoundingClientRect();
      this.drag = { handle, from: this.shown, box, grip: event.clientX - (middle.left + middle.right) / 2 };
      element.classList.add('held');
      this.hold(true);
    };
    element.onpointermove = (event) => {
      if (this.drag?.handle !== handle) return;
      const x = event.clientX - this.drag.box.left - this.drag.grip;
      const value = handle.lifecycle ? rungAt(x / this.drag.box.width) : stepAt(x, this.drag.box.width);
      const next = movedTo(this.drag.from, handle, value);
      if (isSame(next, this.shown)) return;
      this.shown = next;
      this.request(event);
    };
    const letGo = () => {
      if (this.drag?.handle !== handle) return;
      this.drag = null;
      element.classList.remove('held');
      this.hold(false);
      this.commit();
    };
    element.onpointerup = letGo;
    element.onpointercancel = letGo;
    element.onkeydown = (event) => this.key(handle, event);
    element.onkeyup = () => this.dirty && this.commit();
    element.onblur = () => this.dirty && this.commit();
  }

  /** While a hand drags, what changes keeps its size, so that no frame lays the whole page out anew. */
  hold(on) {
    for (const part of [this.find('.verdict'), this.find('.holds .scroll')]) {
      part.style.height = on ? `${part.offsetHeight}px` : '';
      part.style.contain = on ? 'size layout' : '';
    }
  }

  key(handle, event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && this.drag) {
      this.shown = this.drag.from;
      this.drag = null;
      handle.element.classList.remove('held');
      this.hold(false);
      this.request(event);
      return;
    }
    const value = afterKey(handle, valueOf(this.shown, handle), event.key);
    if (value === null) return;
    event.preventDefault();
    this.shown = movedTo(this.shown, handle, value);
    this.dirty = true;
    this.request(event);
  }

  listenToTyping(input, handle) {
    input.onchange = () => {
      const ladder = this.cube()?.head.ladder;
      if (!ladder) return;
      const value = handle.lifecycle ? typedGate(ladder, input.value) : typedThreshold(input.value);
      input.classList.toggle('wrong', value === null);
      input.setAttribute('aria-invalid', String(value === null));
      if (value === null) return;
      this.shown = movedTo(this.shown, handle, value);
      input.dataset.shown = '';
      this.commit();
    };
  }

  goTo(history) {
    this.history = history;
    this.shown = history.present;
    this.dirty = true;
    this.commit();
  }

  /** Keep what is shown as a step, and tell the server. */
  commit() {
    this.history = step(this.history, this.shown);
    this.dirty = false;
    store.history = this.history;
    this.request();
    if (isSame(this.told, this.shown)) return;
    this.told = this.shown;
    this.sent += 1;
    const { strategic, core, gates, rest } = this.shown;
    performance.mark('stratum:commit');
    this.send('commit', { seq: this.sent, strategic, core, gates, rest });
  }
}

function setAria(element, value, words) {
  const now = String(value);
  if (element.getAttribute('aria-valuenow') !== now) element.setAttribute('aria-valuenow', now);
  if (element.getAttribute('aria-valuetext') !== words) element.setAttribute('aria-valuetext', words);
}

/** Write into an input unless somebody is typing there. */
function setInput(input, text) {
  if (input.dataset.shown === text) return;
  input.dataset.shown = text;
  input.value = text;
}
