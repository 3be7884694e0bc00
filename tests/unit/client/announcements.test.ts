import { describe, expect, it } from 'vitest';
import { apply } from '../../../server/protocol/apply.ts';
import { newRoom, type Op, type RoomState } from '../../../server/protocol/room-state.ts';
import { changeInWords } from '../../../src/client/announcements.ts';

const anna = 'aaaaaaaaaaaaaaaa';
const ben = 'bbbbbbbbbbbbbbbb';

function did(state: RoomState, by: string, op: Op): RoomState {
  const applied = apply(state, { by, op, at: 1 });
  if (!applied.ok) throw new Error(applied.rejected);
  return applied.state;
}

const ARRIVING: readonly (readonly [string, Op])[] = [
  [anna, { type: 'joined', name: 'あんな', mayTakePart: true, watching: false }],
  [ben, { type: 'joined', name: 'べん', mayTakePart: true, watching: false }],
  [anna, { type: 'connections', count: 1 }],
  [ben, { type: 'connections', count: 1 }],
];

function mob(): RoomState {
  const empty = newRoom({ id: 'r', lab: 'l', attempt: 't', facilitator: anna, step: 'look', tasks: {} });
  return ARRIVING.reduce((state, [by, op]) => did(state, by, op), empty);
}

describe('changes in words', () => {
  it('CLIENT-9 tells others who asks, and not the one who asked', () => {
    const before = mob();
    const asked = did(before, ben, { type: 'request' });
    expect(changeInWords(before, asked, anna, 'ja')).toBe('べんさんが次にやりたいそうです');
    expect(changeInWords(before, asked, ben, 'ja')).toBeNull();
  });

  it('CLIENT-9 says whose the keyboard is now, with the word of who handed over', () => {
    const before = did(mob(), ben, { type: 'request' });
    const given = did(before, anna, { type: 'give', to: ben, note: 'いま2まで' });
    expect(changeInWords(before, given, ben, 'ja')).toBe(
      'キーボードがあなたに渡りました。あんなさんから: いま2まで',
    );
    expect(changeInWords(before, given, anna, 'en')).toBe(
      'べん has the keyboard now. From あんな: いま2まで',
    );
  });

  it('CLIENT-9 tells an offer to whom it is made, and nothing where nothing moved', () => {
    const before = mob();
    const offered = did(before, anna, { type: 'give', to: ben, note: null });
    expect(changeInWords(before, offered, ben, 'en')).toBe('あんな would like to hand you the keyboard');
    expect(changeInWords(before, offered, anna, 'en')).toBeNull();
  });
});
