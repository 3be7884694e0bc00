/** A sentence near the terminal that takes no focus, and goes by itself. */
const SHOWN_MS = 4000;
/** One that can be pressed has to be reached as well. */
const OFFERED_MS = 8000;

interface Offer {
  readonly text: string;
  readonly press: () => void;
  /** What it is about: only the newest of one topic stays. */
  readonly topic?: string;
}

export function toast(sentence: string, offer?: Offer): void {
  const box = document.getElementById('toasts');
  if (box === null) return;
  // The same sentence again is one sentence that stays longer.
  for (const old of box.querySelectorAll<HTMLElement>('.toast'))
    if (old.dataset.says === sentence || (offer?.topic !== undefined && old.dataset.topic === offer.topic))
      old.remove();
  const line = document.createElement('div');
  line.className = 'toast';
  line.dataset.says = sentence;
  if (offer?.topic !== undefined) line.dataset.topic = offer.topic;
  const words = document.createElement('p');
  words.textContent = sentence;
  line.append(words);
  if (offer !== undefined) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'toast-button';
    button.textContent = offer.text;
    button.addEventListener('click', () => {
      line.remove();
      offer.press();
    });
    line.append(button);
  }
  box.append(line);
  const shown = offer === undefined ? SHOWN_MS : OFFERED_MS;
  let timer = setTimeout(() => line.remove(), shown);
  // Whoever is reading or about to press decides how long it stays.
  const stay = () => clearTimeout(timer);
  const goSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => line.remove(), shown / 2);
  };
  line.addEventListener('pointerenter', stay);
  line.addEventListener('focusin', stay);
  line.addEventListener('pointerleave', () => line.contains(document.activeElement) || goSoon());
  line.addEventListener('focusout', goSoon);
}

/** Nothing is to be pressed about it any more. */
export function endToast(topic: string): void {
  for (const old of document.querySelectorAll<HTMLElement>('#toasts .toast'))
    if (old.dataset.topic === topic) old.remove();
}

/** What was said about a keyboard that has moved on is no longer true. */
export function clearToasts(): void {
  document.getElementById('toasts')?.replaceChildren();
}

/** For screen readers: changes of the keyboard, tasks that passed. Polite. */
export function announce(sentence: string): void {
  const box = document.getElementById('live');
  if (box !== null) box.textContent = sentence;
}
