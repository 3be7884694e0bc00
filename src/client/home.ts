/** The front page alive: what the host really is, the focus of the team, the rooms to go on with. */
import type { ChoreMap, RoomSummary } from '#protocol/api.ts';
import { call, whoAmI } from './api.ts';
import { ago, dayInWords } from './dates.ts';
import { fill } from './fill.ts';
import { at, lang } from './language.ts';
import { HOME } from './words-home.ts';

const SHOWN_ROOMS = 4;

async function showHost(): Promise<void> {
  const answer = await whoAmI();
  if (!answer.ok) return;
  const { host, person } = answer.value;
  const line = document.getElementById('host-line');
  if (line !== null && (host.aws === 'real' || host.sandbox === 'process')) {
    line.textContent = (host.aws === 'real' ? HOME.realAccount : HOME.ownTerminal)[lang];
    line.classList.add('urgent');
  }
  if (person !== null) await showRooms();
}

async function showRooms(): Promise<void> {
  const answer = await call<readonly RoomSummary[]>('GET', '/api/rooms');
  const box = document.getElementById('home-rooms');
  if (!answer.ok || answer.value.length === 0 || box === null) return;
  const list = element('ul', { role: 'list', class: 'go-on' });
  for (const room of answer.value.slice(0, SHOWN_ROOMS)) {
    const link = element('a', { href: at(`/rooms/${room.id}`), class: 'card-link' }, labTitle(room.lab));
    const kind = room.kind === 'mob' ? HOME.mob[lang] : HOME.alone[lang];
    const done = fill(HOME.progress[lang], { passed: room.tasksPassed, tasks: room.tasks });
    const meta = element('span', { class: 'meta' });
    meta.append(
      ...[kind, done, ago(room.touchedAt, Date.now(), lang)].map((text) => element('span', {}, text)),
    );
    const item = element('li', {});
    item.append(link, meta);
    list.append(item);
  }
  box.replaceChildren(list);
}

/** The shelf below already says what each lab is called. */
function labTitle(slug: string): string {
  const link = document.querySelector(`.home-shelf a[href$="/labs/${CSS.escape(slug)}/"]`);
  return link?.textContent ?? slug;
}

async function showFocus(): Promise<void> {
  const answer = await call<ChoreMap>('GET', '/api/map');
  const box = document.getElementById('home-focus');
  if (!answer.ok || answer.value.focus === null || box === null) return;
  const { focus, chores } = answer.value;
  const chore = chores.find((one) => one.slug === focus.chore)?.name[lang];
  const facts = element('p', { class: 'meta' });
  facts.append(
    ...(chore === undefined ? [] : [element('span', {}, chore)]),
    element('span', {}, fill(HOME.lookAgain[lang], { day: dayInWords(focus.reviewOn, lang) })),
  );
  const go = element('p', {});
  go.append(element('a', { href: at('/map/') }, HOME.openMap[lang]));
  box.replaceChildren(element('p', { class: 'focus-text' }, focus.text), facts, go);
}

function element(tag: string, attributes: Readonly<Record<string, string>>, text = ''): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

await Promise.all([showHost(), showFocus()]);
