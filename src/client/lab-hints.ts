/** Hints open by need: after some wrong answers, after some minutes, or when asked for. */
import { effect, type Signal } from '@preact/signals';
import { dueHints, type Hint } from './due-hints.ts';
import { lang } from './language.ts';
import type { RoomSession } from './room-session.ts';
import { TASK } from './words.ts';

const LOOK_EVERY_MS = 5000;
const MINUTE_MS = 60_000;

export function enlivenHints(live: Signal<RoomSession | null>): void {
  for (const box of document.querySelectorAll<HTMLElement>('#main [data-hint]')) enlivenHint(box, live);
}

function enlivenHint(box: HTMLElement, live: Signal<RoomSession | null>): void {
  // Written by Hint.astro from lab.yaml.
  const hints = JSON.parse(box.dataset.hints ?? '[]') as readonly Hint[];
  const step = box.closest<HTMLElement>('[data-step]')?.dataset.step;
  let fails = 0;
  let lastFail = 0;
  let since: number | null = null;
  let asked = 0;

  const draw = () => {
    const session = live.value;
    const room = session?.room.value;
    const status = room?.tasks[box.dataset.hint ?? '']?.report.status;
    box.hidden = hints.length === 0 || room == null || status === 'pass';
    if (room?.step === step) since ??= Date.now();
    const due = dueHints(hints, fails, since === null ? 0 : (Date.now() - since) / MINUTE_MS);
    const vars = session?.attempt.value?.vars ?? {};
    show(
      box,
      hints.map((hint) => ({ ...hint, text: filled(hint.text, vars) })),
      Math.max(due, asked),
      () => {
        asked = Math.max(due, asked) + 1;
        draw();
      },
    );
  };
  effect(() => {
    const state = live.value?.room.value?.tasks[box.dataset.hint ?? ''];
    if (state?.report.status === 'fail' && state.at !== lastFail) {
      lastFail = state.at;
      fails += 1;
    }
    draw();
  });
  setInterval(draw, LOOK_EVERY_MS);
}

function show(box: HTMLElement, hints: readonly Hint[], open: number, ask: () => void): void {
  const shown = Math.min(open, hints.length);
  const key = JSON.stringify(hints.slice(0, shown).map((hint) => hint.text));
  if (box.dataset.shown === key) return;
  box.dataset.shown = key;
  const lines = hints.slice(0, shown).map((hint) => {
    const line = document.createElement('p');
    const label = document.createElement('strong');
    label.textContent = TASK.hintLabel[lang];
    line.append(label, ` ${hint.text}`);
    return line;
  });
  const more = document.createElement('button');
  more.type = 'button';
  more.className = 'text-button';
  more.textContent = (shown === 0 ? TASK.hint : TASK.hintNext)[lang];
  more.addEventListener('click', ask);
  box.replaceChildren(...lines, ...(shown < hints.length ? [more] : []));
}

/** A value that is an answer stays on the server: the hint then speaks without it. */
function filled(text: string, vars: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => vars[name] ?? '…');
}
