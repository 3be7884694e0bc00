/** The list of labs alive: how far I am in each. */
import type { RoomSummary } from '#protocol/api.ts';
import { call, whoAmI } from './api.ts';

const me = await whoAmI();
if (me.ok && me.value.person !== null) {
  const rooms = await call<readonly RoomSummary[]>('GET', '/api/rooms');
  if (rooms.ok)
    for (const card of document.querySelectorAll<HTMLElement>('[data-lab]')) show(card, rooms.value);
}

function show(card: HTMLElement, rooms: readonly RoomSummary[]): void {
  const newest = rooms.find((room) => room.lab === card.dataset.lab);
  const progress = card.querySelector<HTMLElement>('.card-progress');
  if (newest === undefined || progress === null) return;
  progress.textContent = `${newest.tasksPassed} / ${newest.tasks}`;
  progress.hidden = false;
}
