// The file picker that streams: the file goes to the server as it is read, never into the page's memory.
// Streamlit calls the default export again, not anew, when its data change.

/** Seconds and bytes so far -> words for people, in the page's language. */
export function progressText(words, loaded, total, seconds) {
  const share = total > 0 ? Math.floor((100 * loaded) / total) : 0;
  const left = loaded > 0 && total > loaded ? Math.ceil((seconds * (total - loaded)) / loaded) : 0;
  return words.progress
    .replace('{share}', String(share))
    .replace('{done}', megabytes(loaded))
    .replace('{total}', megabytes(total))
    .replace('{left}', String(left));
}

/** Bytes -> megabytes with one decimal. */
export function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}

/** What is wrong with a chosen file before a byte is sent; empty when nothing is. */
export function objection(words, size, maxBytes) {
  if (size === 0) return words.empty;
  if (size > maxBytes) return words.tooLarge.replace('{limit}', String(Math.round(maxBytes / 1e6)));
  return '';
}

const running = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement;
  const zone = root.querySelector('.zone');
  const input = root.querySelector('input');
  const line = root.querySelector('.line');
  const bar = root.querySelector('progress');
  const cancel = root.querySelector('.cancel');
  const words = data.words;

  root.querySelector('.choose').textContent = words.choose;
  root.querySelector('.hint').textContent = words.hint;
  cancel.textContent = words.cancel;
  input.setAttribute('aria-label', words.choose);

  const busy = (on) => {
    zone.classList.toggle('busy', on);
    bar.hidden = !on;
    cancel.hidden = !on;
    input.disabled = on;
  };
  const say = (text) => {
    line.textContent = text;
  };

  const send = (file) => {
    const wrong = objection(words, file.size, data.maxBytes);
    if (wrong) return say(wrong);
    const started = performance.now();
    // XMLHttpRequest, not fetch: only it reports how much of an upload has gone.
    const request = new XMLHttpRequest();
    running.set(root, request);
    request.open('PUT', data.url);
    request.setRequestHeader('X-Stratum-Ticket', data.ticket);
    request.setRequestHeader('X-Stratum-Name', encodeURIComponent(file.name));
    request.upload.onprogress = (event) => {
      bar.value = event.total ? event.loaded / event.total : 0;
      say(progressText(words, event.loaded, event.total, (performance.now() - started) / 1000));
    };
    const end = (state, reason) => {
      running.delete(root);
      busy(false);
      input.value = '';
      setTriggerValue('finished', { ticket: data.ticket, state, reason: reason || '' });
    };
    request.onload = () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        answer = { state: 'refused', reason: 'upload.cut_short' };
      }
      end(answer.state, answer.reason);
    };
    request.onerror = () => end('refused', 'upload.cut_short');
    request.onabort = () => {
      say(words.cancelled);
      end('cancelled', '');
    };
    busy(true);
    say(words.sending);
    request.send(file);
  };

  input.onchange = () => input.files.length && send(input.files[0]);
  cancel.onclick = () => running.get(root)?.abort();
  zone.ondragover = (event) => {
    event.preventDefault();
    zone.classList.add('over');
  };
  zone.ondragleave = () => zone.classList.remove('over');
  zone.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    const [file] = event.dataTransfer.files;
    if (file && !running.has(root)) send(file);
  };
}
