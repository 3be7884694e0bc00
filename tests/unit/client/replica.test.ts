import { describe, expect, it } from 'vitest';
import { newRoom, type RoomState } from '../../../server/protocol/room-state.ts';
import { advance } from '../../../src/client/replica.ts';

const anna = 'aaaaaaaaaaaaaaaa';

function room(): RoomState {
  return newRoom({
    id: 'rrrrrrrrrrrrrrrr',
    lab: 'l',
    attempt: 't',
    facilitator: anna,
    step: 'look',
    tasks: {},
  });
}

const join = {
  by: anna,
  at: 1,
  op: { type: 'joined', name: 'あんな', mayTakePart: true, watching: false },
} as const;

describe('the replica of a room', () => {
  it('CLIENT-1 applies the next entry, as the server did', () => {
    const moved = advance(room(), 1, join);
    expect(moved).toMatchObject({ kind: 'moved', state: { seq: 1, keyboard: { driver: anna } } });
  });

  it('CLIENT-1 leaves out what the welcome already held', () => {
    expect(advance({ ...room(), seq: 4 }, 4, join)).toEqual({ kind: 'known' });
  });

  it('CLIENT-1 asks for a fresh room when an entry is missing', () => {
    expect(advance(room(), 2, join)).toEqual({ kind: 'gap' });
  });

  it('CLIENT-1 asks for a fresh room when the entry does not fit its own', () => {
    expect(advance(room(), 1, { by: anna, at: 1, op: { type: 'request' } })).toEqual({ kind: 'gap' });
  });
});
