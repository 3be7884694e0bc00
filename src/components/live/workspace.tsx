/** The lab alive: a name, a room, a terminal, and everything on the page bound to them. */
import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import type { Me, StartAnswer } from '#protocol/api.ts';
import { isId } from '#protocol/ids.ts';
import { changeInWords } from '../../client/announcements.ts';
import { call, isCode, sentenceOf, whoAmI } from '../../client/api.ts';
import { moment } from '../../client/dates.ts';
import { fill } from '../../client/fill.ts';
import { showMe } from '../../client/frame.ts';
import { enlivenDone } from '../../client/lab-done.ts';
import { enlivenHints } from '../../client/lab-hints.ts';
import { showStep } from '../../client/lab-page.ts';
import { enlivenText } from '../../client/lab-text.ts';
import { at, lang } from '../../client/language.ts';
import { tellLimits } from '../../client/limit-toasts.ts';
import { sayForked, sayWhatEnds } from '../../client/lives.ts';
import { arrangePanes } from '../../client/panes.ts';
import { RoomActions } from '../../client/room-actions.ts';
import { RoomSession } from '../../client/room-session.ts';
import { tellServices } from '../../client/service-toasts.ts';
import { TerminalDeck } from '../../client/terminal-deck.ts';
import { fontsReady } from '../../client/terminal-look.ts';
import { terminalSettings } from '../../client/terminal-settings.ts';
import { announce, clearToasts, toast } from '../../client/toasts.ts';
import { BENCH, ROOM } from '../../client/words.ts';
import { Again } from './Again.tsx';
import { BelowTerminal } from './BelowTerminal.tsx';
import { BenchFoot } from './BenchFoot.tsx';
import { BenchHead } from './BenchHead.tsx';
import { ComfortSheets } from './ComfortSheets.tsx';
import { Comfort } from './comfort.tsx';
import { FilesTab } from './files/files-tab.tsx';
import { Gate, type GateState } from './Gate.tsx';
import { RoomBar } from './RoomBar.tsx';
import { Sheets } from './Sheets.tsx';
import { TerminalTabs } from './TerminalTabs.tsx';

const workspace = need('workspace');
const lab = workspace.dataset.lab ?? '';
const query = new URLSearchParams(location.search);
/** Came by the front page's 「みんなで始める」, or by its 「15分だけ触ってみる」. */
const wanted = query.has('mob') ? 'mob' : query.has('start') ? 'start' : null;
const fonts = fontsReady(() => deck?.faceCame());

const gate = signal<GateState>({ kind: 'loading' });
const live = signal<RoomSession | null>(null);
/** The list of commands is in sight. */
const listOpen = signal(false);
let deck: TerminalDeck | null = null;

const panes = arrangePanes(workspace, (pane) => {
  if (pane === 'terminal') deck?.focus();
});
const settings = terminalSettings(panes.tabs());
const files = new FilesTab({
  box: need('files'),
  sheets: need('file-sheets'),
  bench: need('bench'),
  terminal: need('terminal'),
});
const comfort = new Comfort(settings, () => live.peek()?.driving ?? false);

const gateBox = need('gate');
gateBox.replaceChildren();
effect(() => {
  const state = gate.value;
  render(<Gate state={state} giveName={giveName} start={() => void start()} />, gateBox);
});
effect(() => {
  const session = live.value;
  const hadFocus = gateBox.contains(document.activeElement);
  gateBox.hidden =
    session?.line.value.status !== 'ended' &&
    ['running', 'exited'].includes(session?.terminal.value?.state.status ?? '');
  if (gateBox.hidden && hadFocus) deck?.focus();
});
enlivenText({
  live,
  type: (data) => {
    if (panes.tabs()) panes.show('terminal');
    files.close();
    deck?.type(data);
    deck?.focus();
  },
  say: announce,
});
enlivenHints(live);
enlivenDone(live);
await begin();

async function begin(): Promise<void> {
  const me = await whoAmI();
  if (!me.ok) {
    gate.value = { kind: 'failed', sentence: sentenceOf(me.refusal, lang) };
    return;
  }
  await admit(me.value);
}

async function admit({ person, host }: Me): Promise<void> {
  const room = roomInAddress();
  if (host.missing.length > 0) gate.value = { kind: 'missing', missing: host.missing };
  else if (person === null) {
    gate.value = { kind: 'name' };
    if (wanted !== null) panes.show('terminal');
  } else if (room !== null) await enter(room);
  else if (wanted !== null) await start();
  else gate.value = { kind: 'ready', name: person.name };
}

async function giveName(name: string): Promise<string | null> {
  const answer = await call<Me>('POST', '/api/session', { name });
  if (!answer.ok) return sentenceOf(answer.refusal, lang);
  showMe(answer.value.person);
  const room = roomInAddress();
  if (room === null) await start();
  else await enter(room);
  return null;
}

async function start(): Promise<void> {
  const room = roomInAddress();
  if (room !== null) return enter(room);
  gate.value = { kind: 'starting' };
  const answer = await call<StartAnswer>('POST', `/api/labs/${lab}/start`, { fresh: false });
  if (!answer.ok) {
    gate.value = isCode(answer.refusal, 'name-needed')
      ? { kind: 'name' }
      : { kind: 'failed', sentence: sentenceOf(answer.refusal, lang) };
    return;
  }
  history.replaceState(null, '', at(`/rooms/${answer.value.room}`));
  await enter(answer.value.room);
}

function roomInAddress(): string | null {
  const id = /\/rooms\/([^/]+)\/?$/.exec(location.pathname)?.[1];
  return isId(id) ? id : null;
}

async function enter(room: string): Promise<void> {
  gate.value = { kind: 'loading' };
  await fonts;
  const opened = openDeck();
  deck = opened;
  const session = new RoomSession(room, opened);
  opened.follow(session);
  live.value = session;
  gate.value = { kind: 'room', session };
  need('room-bar').replaceChildren();
  bind(session, opened, new RoomActions(session));
}

function openDeck(): TerminalDeck {
  const session = () => live.value;
  return new TerminalDeck(need('terminal'), {
    send: (message) => session()?.send(message),
    sendFrame: (frame) => session()?.sendFrame(frame) ?? false,
    keysLost: () => toast(sentenceOf({ code: 'keys-late', values: {} }, lang)),
    driving: () => session()?.driving ?? false,
    epoch: () => session()?.room.value?.keyboard.epoch ?? 0,
    aloneHere: () => {
      const members = Object.entries(session()?.room.value?.members ?? {});
      return members.every(([id, { connections }]) => id === session()?.you.value || connections === 0);
    },
    openLink: (uri) => {
      if (/^https?:\/\//.test(uri)) actionsNow?.show({ kind: 'link', uri });
    },
    fullWidthTyped: (view, data) => comfort.fullWidthTyped(view, data),
    shortcut: (view, shortcut) => comfort.shortcut(view, shortcut),
    pasteMissed: () => comfort.pasteMissed(),
    broken: () => session()?.resync(),
    held: (data) => comfort.held.take(data),
    gap: () => {
      const now = session();
      if (now !== null && now.welcomes.peek() > 1 && now.lost.peek() === null) toast(BENCH.gap[lang]);
    },
    made: (view) => comfort.putOn(view),
  });
}

let actionsNow: RoomActions | null = null;

function bind(session: RoomSession, terminals: TerminalDeck, actions: RoomActions): void {
  actionsNow = actions;
  files.follow(session);
  render(<RoomBar session={session} actions={actions} />, need('room-bar'));
  render(<BenchHead session={session} actions={actions} />, need('bench-head'));
  render(
    <TerminalTabs session={session} deck={terminals} actions={actions} files={files} />,
    need('terminal-tabs'),
  );
  const parts = { session, deck: terminals, comfort, listOpen };
  render(<BelowTerminal {...parts} />, need('below-terminal'));
  render(<BenchFoot {...parts} />, need('bench-foot'));
  render(<ComfortSheets comfort={comfort} />, need('terminal-sheets'));
  render(<Again lab={lab} />, need('lab-again'));
  render(<Sheets session={session} actions={actions} />, need('dialogs'));

  effect(() => {
    need('bench').dataset.terminalTheme = settings.theme.value;
  });
  effect(() => sayRefused(session, actions));
  effect(() => sayLost(session));
  sayForked(session);
  sayWhatEnds(session);
  tellLimits(session, () => actions.show('seat'));
  tellServices(session, () => actions.show('seat'));
  followRoom(session, terminals);
  firstPrompt(session, terminals, actions);
  listenToKeys(terminals, actions);
}

function followRoom(session: RoomSession, terminals: TerminalDeck): void {
  let before = session.room.peek();
  effect(() => {
    const after = session.room.value;
    if (before !== null && after !== null) {
      const sentence = changeInWords(before, after, session.you.value, lang);
      if (before.keyboard.epoch !== after.keyboard.epoch) {
        clearToasts();
        // Whoever has just taken the keyboard goes on at the prompt, unless they are writing elsewhere.
        if (session.driving && !isWriting(document.activeElement)) terminals.focus();
      }
      if (sentence !== null) {
        announce(sentence);
        toast(sentence);
      }
      const moved = before.step !== after.step;
      if (moved && before.kind === 'lab') showStep(after.step);
    }
    // Whoever comes back finds the place; whoever begins, the beginning.
    if (
      before === null &&
      after !== null &&
      after.step !== document.querySelector<HTMLElement>('[data-step]')?.dataset.step
    ) {
      showStep(after.step, 'instant');
    }
    before = after;
  });
}

/** Focus goes to the prompt once, when it first appears, unless somebody is already writing elsewhere. */
function firstPrompt(session: RoomSession, terminals: TerminalDeck, actions: RoomActions): void {
  const stop = effect(() => {
    if (session.terminal.value?.state.status !== 'running') return;
    queueMicrotask(() => {
      stop();
      if (wanted === 'mob') void actions.invite();
      else if (session.driving && !isWriting(document.activeElement)) terminals.focus();
    });
  });
}

function isWriting(element: Element | null): boolean {
  return (
    element instanceof HTMLInputElement ||
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement ||
    (element instanceof HTMLElement && element.isContentEditable)
  );
}

function listenToKeys(terminals: TerminalDeck, actions: RoomActions): void {
  document.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (event.key === '?' && actions.sheet.peek() === 'keys') {
      event.preventDefault();
      actions.show(null);
    }
    if (document.querySelector('dialog[open]') !== null) return;
    const isIn = (id: string) => event.target instanceof Node && need(id).contains(event.target);
    const inTerminal = isIn('terminal');
    if (event.key === 'F8') {
      event.preventDefault();
      void actions.pressF8();
    } else if (event.key === 'F6') {
      event.preventDefault();
      const atWork = inTerminal || isIn('files');
      if (panes.tabs()) panes.show(atWork ? 'text' : 'terminal');
      if (atWork) need('main').focus();
      else if (files.open.peek()) files.focus();
      else terminals.focus();
    } else if (event.key === '?' && !inTerminal && !isWriting(document.activeElement)) {
      event.preventDefault();
      actions.show('keys');
    }
  });
}

function sayRefused(session: RoomSession, actions: RoomActions): void {
  const refusal = session.refused.value;
  if (refusal === null) return;
  const sentence = sentenceOf(refusal, lang);
  const room = session.room.peek();
  const driver = room?.keyboard.driver ?? null;
  if (refusal.code === 'not-driver' && driver !== null && room?.members[driver]?.connections === 0) {
    toast(fill(ROOM.awayTake[lang], { name: session.name(driver) }), {
      text: ROOM.take[lang],
      press: () => void actions.do({ type: 'take' }),
    });
  } else if (refusal.code === 'not-driver' && room?.requests.includes(session.you.peek())) {
    toast(ROOM.waiting[lang]);
  } else if (refusal.code === 'not-driver') {
    toast(sentence, { text: ROOM.request[lang], press: () => void actions.do({ type: 'request' }) });
  } else if (refusal.code === 'nobody-drives') {
    toast(sentence, { text: ROOM.take[lang], press: () => void actions.do({ type: 'take' }) });
  } else if (refusal.code === 'watching') {
    toast(sentence, {
      text: ROOM.participant[lang],
      press: () => void actions.do({ type: 'take-part', part: 'participant' }),
    });
  } else toast(sentence);
}

function sayLost(session: RoomSession): void {
  const lost = session.lost.value;
  if (lost === null) return;
  toast(
    lost.homeSavedAt === null
      ? BENCH.reopenedFresh[lang]
      : fill(BENCH.reopened[lang], { when: moment(lost.homeSavedAt, lang) }),
  );
}

function need(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`#${id} is missing`);
  return element;
}
