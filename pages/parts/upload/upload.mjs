// The file picker that streams: the file goes to the server as it is read, never into the page's memory.
// Streamlit calls the default export again, not anew, when its data change.

/** Bytes and seconds so far -> words for people, in the page's language. */
export function progressText(words, loaded, total, seconds) {
  if (loaded >= total) return words.arrived;
  if (loaded === 0) return words.sending;
  return words.progress
    .replace('{share}', String(Math.floor((100 * loaded) / total)))
    .replace('{done}', megabytes(loaded))
    .replace('{total}', megabytes(total))
    .replace('{left}', timeLeft(words, (seconds * (total - loaded)) / loaded));
}

/** Seconds -> a time so coarse that it does not flicker, as when rows are read. */
export function timeLeft(words, seconds) {
  const step = seconds <= 20 ? 5 : 10;
  return seconds < 90
    ? words.seconds.replace('{n}', String(Math.max(step, Math.ceil(seconds / step) * step)))
    : words.minutes.replace('{n}', String(Math.ceil(seconds / 60)));
}

/** Bytes -> megabytes with one decimal. */
export function megabytes(bytes) {
  return (bytes / 1e6).toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** What is wrong with chosen files before a byte is sent, as a key of the words; empty when nothing is. */
export function objection(files, maxBytes) {
  if (files.length > 1) return 'one_only';
  if (files[0].size === 0) return 'empty';
  return files[0].size > maxBytes ? 'too_large' : '';
}

const running = new WeakMap();
// A ticket serves one upload: a file chosen before the next ticket is here waits for it.
const spent = new WeakMap();
const waiting = new WeakMap();
const QUIET = ['sending', 'arrived', 'cancelled'];

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement;
  const zone = root.querySelector('.zone');
  const input = root.querySelector('input');
  const line = root.querySelector('.line');
  const bar = root.querySelector('progress');
  const cancel = root.querySelector('.cancel');
  const words = data.words;

  root.querySelector('.choose').textContent = words.choose;
  zone.classList.toggle('main', data.isMain);
  root.querySelector('.hint').textContent = words.hint;
  cancel.textContent = words.cancel;
  input.setAttribute('aria-label', words.choose);
  bar.setAttribute('aria-label', words.sending);

  const busy = (on) => {
    zone.classList.toggle('busy', on);
    bar.hidden = !on;
    cancel.hidden = !on;
    input.disabled = on;
  };
  const write = (text) => {
    line.textContent = text;
    line.classList.remove('bad');
    delete line.dataset.said;
  };
  const say = (key) => {
    write(words[key] ?? '');
    line.dataset.said = key;
    line.classList.toggle('bad', key !== '' && !QUIET.includes(key));
  };

  const send = (files) => {
    const wrong = objection(files, data.maxBytes);
    if (wrong) {
      input.value = '';
      return say(wrong);
    }
    const [file] = files;
    const started = performance.now();
    // XMLHttpRequest, not fetch: only it reports how much of an upload has gone.
    const request = new XMLHttpRequest();
    running.set(root, request);
    request.open('PUT', data.url);
    request.setRequestHeader('X-Stratum-Ticket', data.ticket);
    request.setRequestHeader('X-Stratum-Name', encodeURIComponent(file.name));
    request.upload.onprogress = (event) => {
      bar.value = event.total ? event.loaded / event.total : 0;
      write(progressText(words, event.loaded, event.total, (performance.now() - started) / 1000));
    };
    // What is said here holds until the page has asked the server, which may know better.
    const end = (state, told) => {
      running.delete(root);
      spent.set(root, data.ticket);
      busy(false);
      bar.value = 0;
      input.value = '';
      say(told);
      setTriggerValue('finished', { ticket: data.ticket, state });
    };
    request.onload = () => {
      if (request.status === 200) return end('received', 'arrived');
      end('refused', request.status === 403 ? 'no_ticket' : 'cut_short');
    };
    request.onerror = () => end('refused', 'cut_short');
    request.onabort = () => end('cancelled', 'cancelled');
    busy(true);
    say('sending');
    request.send(file);
  };

  // Said again, for the language may be another; what became of a file that is here, the page says.
  if (!running.has(root)) say(data.told || (line.dataset.said ?? '').replace('arrived', ''));
  const take = (files) => {
    if (spent.get(root) === data.ticket) waiting.set(root, [...files]);
    else send(files);
  };
  input.onchange = () => input.files.length && take(input.files);
  cancel.onclick = () => running.get(root)?.abort();
  zone.ondragover = (event) => {
    event.preventDefault();
    zone.classList.add('over');
  };
  zone.ondragleave = () => zone.classList.remove('over');
  zone.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    const { files } = event.dataTransfer;
    if (files.length && !running.has(root)) take(files);
  };
  const early = waiting.get(root);
  if (early && !running.has(root) && spent.get(root) !== data.ticket) {
    waiting.delete(root);
    send(early);
  }
}
