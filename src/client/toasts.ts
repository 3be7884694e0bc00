/** A sentence near the terminal that takes no focus, and goes by itself. */
const SHOWN_MS = 4000;
/** One that can be pressed has to be reached as well. */
const OFFERED_MS = 8000;

interface Offer {
  readonly text: string;
  readonly press: () => void;
}

export function toast(sentence: string, offer?: Offer): void {
  const box = document.getElementById('toasts');
  if (box === null) return;
  // The same sentence again is one sentence that stays longer.
  for (const old of box.querySelectorAll<HTMLElement>('.toast'))
    if (old.dataset.says === sentence) old.remove();
  const line = document.createElement('div');
  line.className = 'toast';
  line.dataset.says = sentence;
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
  line.addEventListener('pointerenter', () => clearTimeout(timer));
  line.addEventListener('pointerleave', () => {
    timer = setTimeout(() => line.remove(), shown / 2);
  });
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
