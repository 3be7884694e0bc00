/** What changed about the keyboard, in words: for the live region and for those who look elsewhere. */
import type { Lang } from '#protocol/errors.ts';
import type { RoomState } from '#protocol/room-state.ts';
import { fill } from './fill.ts';
import { ROOM } from './words.ts';

/** A sentence, or null when nothing happened that somebody should hear. */
export function changeInWords(before: RoomState, after: RoomState, you: string, lang: Lang): string | null {
  const name = (id: string | null) => (id === null ? undefined : after.members[id]?.name) ?? '';
  if (before.keyboard.epoch !== after.keyboard.epoch) {
    const { driver, note, navigator } = after.keyboard;
    if (driver === null) return ROOM.nowNobody[lang];
    const moved = driver === you ? ROOM.nowYou[lang] : fill(ROOM.nowDriver[lang], { name: name(driver) });
    if (note === null || navigator === null) return moved;
    return `${moved}${lang === 'ja' ? '。' : '. '}${fill(ROOM.noteFrom[lang], { name: name(navigator), note })}`;
  }
  if (after.offer?.to === you && before.offer?.to !== you) {
    return fill(ROOM.offered[lang], { name: name(after.keyboard.driver) });
  }
  if (after.takeOver !== null && before.takeOver === null && after.keyboard.driver === you) {
    return fill(ROOM.takeOverBy[lang], { name: name(after.takeOver.by) });
  }
  const asked = after.requests.find((id) => !before.requests.includes(id));
  if (asked !== undefined && asked !== you) return fill(ROOM.someoneAsked[lang], { name: name(asked) });
  return null;
}
