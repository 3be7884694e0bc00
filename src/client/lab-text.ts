/** The left side alive: steps, tasks, answers, hints, commands and values, as functions of the room. */
import { effect, type Signal } from '@preact/signals';
import { firstSentence } from '#protocol/report.ts';
import type { TaskState } from '#protocol/room-state.ts';
import { sentenceOf } from './api.ts';
import { copyText } from './clipboard.ts';
import { fill } from './fill.ts';
import { mark } from './icons.ts';
import { showStep, stepsOnPage } from './lab-page.ts';
import { lang } from './language.ts';
import type { RoomSession } from './room-session.ts';
import { recall, remember } from './storage.ts';
import { whyNot } from './why-not.ts';
import { ROOM, TASK } from './words.ts';

export interface LabText {
  readonly live: Signal<RoomSession | null>;
  /** Types into the terminal, for the driver. */
  readonly type: (data: string) => void;
  readonly say: (sentence: string) => void;
}

export function enlivenText({ live, type, say }: LabText): void {
  for (const box of all('[data-task]')) effect(() => showTask(box, live.value, say));
  for (const box of all('[data-var]')) effect(() => showVar(box, live.value));
  for (const box of all('[data-only]')) effect(() => showOnly(box, live.value));
  for (const box of all('[data-run], .run')) enlivenRun(box, live, type, say);
  for (const form of all('form[data-ask]')) if (form instanceof HTMLFormElement) enlivenAsk(form, live);
  for (const box of all('[data-note]')) enlivenNote(box);
  enlivenSteps(live);
}

function all(selector: string): readonly HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(`#main ${selector.replaceAll(', ', ', #main ')}`)];
}

function taskState(session: RoomSession | null, task: string): TaskState | undefined {
  return session?.room.value?.tasks[task];
}

function showTask(box: HTMLElement, session: RoomSession | null, say: (sentence: string) => void): void {
  const state = taskState(session, box.dataset.task ?? '');
  const status = state?.report.status ?? 'pending';
  const before = box.dataset.status;
  box.dataset.status = status;
  part(box, '.task-mark').replaceChildren(mark(status));
  const by = state?.by ?? null;
  const passer =
    status === 'pass' && by !== null && session?.room.value?.kind === 'mob' ? session.name(by) : '';
  part(box, '.task-word').textContent =
    passer === '' ? TASK[status][lang] : `${TASK[status][lang]} ${fill(TASK.by[lang], { name: passer })}`;
  // A form for the answer says its sentence itself.
  const typed = document.querySelector(`[data-ask="${CSS.escape(box.dataset.task ?? '')}"]`) !== null;
  part(box, '.task-say').textContent = typed ? '' : sentence(state);
  const title = part(box, '.task-title').textContent ?? '';
  if (status === 'pass' && before !== 'pass' && box.dataset.known === 'yes')
    say(fill(TASK.justPassed[lang], { title }));
  if (session?.room.value) box.dataset.known = 'yes';
}

function sentence(state: TaskState | undefined): string {
  if (state === undefined) return '';
  if (state.report.status === 'fail') return firstSentence(state.report, lang) ?? '';
  return state.report.status === 'error' || state.report.status === 'timeout' ? TASK.ourFault[lang] : '';
}

function showVar(box: HTMLElement, session: RoomSession | null): void {
  box.textContent = session?.attempt.value?.vars[box.dataset.var ?? ''] ?? '…';
}

function showOnly(box: HTMLElement, session: RoomSession | null): void {
  const mode = session?.room.value?.kind === 'mob' ? 'mob' : 'self';
  box.hidden = box.dataset.only !== mode;
}

function enlivenRun(
  box: HTMLElement,
  live: Signal<RoomSession | null>,
  type: (data: string) => void,
  say: (sentence: string) => void,
): void {
  const unfinished = box.dataset.unfinished !== undefined;
  const go = part(box, '.run-go');
  const command = () => fillVars(box.dataset.cmd ?? '', live.value);
  effect(() => {
    const text = command();
    part(box, 'code').textContent = text.replace(/\{\{\w+\}\}/g, '…');
    const why = whyNot(live.value);
    if (go instanceof HTMLButtonElement) {
      go.disabled = why !== null || !live.value?.driving || /\{\{/.test(text);
      go.title = why ?? '';
      go.hidden = live.value?.room.value != null && !live.value.driving;
    }
  });
  go.addEventListener('click', () => type(unfinished ? `${command()} ` : `${command()}\r`));
  part(box, '.run-copy').addEventListener('click', () => {
    void copyText(command()).then((done) => say((done ? ROOM.copied : ROOM.copyByHand)[lang]));
  });
}

function fillVars(text: string, session: RoomSession | null): string {
  const vars = session?.attempt.value?.vars ?? {};
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => vars[name] ?? whole);
}

function enlivenAsk(form: HTMLFormElement, live: Signal<RoomSession | null>): void {
  const task = form.dataset.ask ?? '';
  const field = part(form, 'input');
  const button = part(form, 'button');
  const say = part(form, '.ask-say');
  if (!(field instanceof HTMLInputElement) || !(button instanceof HTMLButtonElement)) return;
  let seeded = false;
  effect(() => {
    const session = live.value;
    const state = taskState(session, task);
    const passed = state?.report.status === 'pass';
    field.disabled = session?.room.value == null;
    field.readOnly = passed;
    button.disabled = field.disabled || passed;
    form.dataset.status = state?.report.status ?? 'pending';
    if (state !== undefined && state.report.status !== 'pending') say.textContent = sentence(state);
    const before = session?.attempt.value?.answers[task];
    if (!seeded && before !== undefined && field.value === '') field.value = before;
    if (session?.attempt.value != null) seeded = true;
  });
  // Enter that only confirms a conversion must not send.
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const session = live.value;
    if (session === null || field.value.trim() === '') return field.focus();
    form.ariaBusy = 'true';
    void session.answer(task, field.value).then((refusal) => {
      form.ariaBusy = 'false';
      if (refusal !== null) say.textContent = sentenceOf(refusal, lang);
    });
  });
}

function enlivenNote(box: HTMLElement): void {
  const area = part(box, 'textarea');
  if (!(area instanceof HTMLTextAreaElement)) return;
  const key = `note.${document.getElementById('workspace')?.dataset.lab}.${box.dataset.note}`;
  box.hidden = false;
  area.value = recall(key) ?? '';
  area.addEventListener('input', () => remember(key, area.value === '' ? null : area.value));
}

function enlivenSteps(live: Signal<RoomSession | null>): void {
  const steps = stepsOnPage();
  for (const link of all('[data-go]')) {
    const step = link.dataset.go ?? '';
    effect(() => {
      const session = live.value;
      const current = session?.room.value?.step === step;
      if (current) link.setAttribute('aria-current', 'step');
      else link.removeAttribute('aria-current');
      document.getElementById(`step-${step}`)?.classList.toggle('is-current', current);
      const tasks = session?.room.value == null ? [] : (steps.find((one) => one.id === step)?.tasks ?? []);
      const passed = tasks.filter((task) => taskState(session, task.id)?.report.status === 'pass').length;
      part(link, '.step-count').textContent =
        tasks.length === 0 ? '' : fill(TASK.stepCount[lang], { passed, tasks: tasks.length });
      link.classList.toggle('is-done', tasks.length > 0 && passed === tasks.length);
    });
    link.addEventListener('click', (event) => {
      event.preventDefault();
      showStep(step);
      goToStep(live.value, step);
    });
    const next = steps[steps.findIndex((one) => one.id === step) + 1]?.id;
    if (next !== undefined) enlivenEnd(live, step, next);
  }
}

/** Driver and facilitator lead the page; anybody else only scrolls. */
function goToStep(session: RoomSession | null, step: string): void {
  const room = session?.room.value;
  const leads = session?.driving === true || room?.facilitator === session?.you.value;
  if (session && room && leads && room.step !== step) void session.op({ type: 'go-to-step', step });
}

/** Under a step whose tasks are all done: the way on. */
function enlivenEnd(live: Signal<RoomSession | null>, step: string, next: string): void {
  const section = document.getElementById(`step-${step}`);
  const tasks = stepsOnPage().find((one) => one.id === step)?.tasks ?? [];
  if (section === null || tasks.length === 0) return;
  const box = document.createElement('div');
  box.className = 'step-next';
  const words = document.createElement('span');
  words.textContent = TASK.nextWhy[lang];
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button';
  button.textContent = TASK.next[lang];
  button.addEventListener('click', () => {
    goToStep(live.value, next);
    showStep(next);
  });
  box.append(words, button);
  section.append(box);
  effect(() => {
    box.hidden = !tasks.every((task) => taskState(live.value, task.id)?.report.status === 'pass');
  });
}

/** The static page and this file belong together: a missing part is a defect of ours. */
function part(box: HTMLElement, selector: string): HTMLElement {
  const found = box.querySelector<HTMLElement>(selector);
  if (found === null) throw new Error(`${selector} is missing in ${box.className}`);
  return found;
}
