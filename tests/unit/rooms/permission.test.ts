import { describe, expect, it } from 'vitest';
import type { Member } from '#protocol/room-state.ts';
import { lacking } from '../../../server/rooms/permission.ts';

const member: Member = {
  name: '人',
  part: 'participant',
  mayTakePart: true,
  connections: 1,
  joinedAt: 0,
  droveMs: 0,
};
const members = {
  driver: member,
  other: member,
  resting: { ...member, part: 'watching' as const },
  guest: { ...member, part: 'watching' as const, mayTakePart: false },
};
const keyboard = { epoch: 1, driver: 'driver', turn: null, navigator: null, note: null };
const room = { members, keyboard };

describe('what a message needs of its sender', () => {
  it.each(['input', 'front', 'composing', 'open', 'close', 'start'] as const)(
    'ROOM-16 %s needs the keyboard',
    (kind) => {
      expect(lacking(kind, 'driver', room)).toBeNull();
      expect(lacking(kind, 'other', room)).toBe('not-driver');
      expect(lacking(kind, 'guest', room)).toBe('watch-link');
      expect(lacking(kind, 'other', { members, keyboard: { ...keyboard, driver: null } })).toBe(
        'nobody-drives',
      );
    },
  );

  it('ROOM-16 an answer to a task needs somebody who takes part', () => {
    expect(lacking('answer', 'other', room)).toBeNull();
    for (const person of ['resting', 'guest', 'nobody'])
      expect(lacking('answer', person, room)).toBe('watching');
  });

  it.each(['commands', 'size', 'visible', 'check', 'ack'] as const)(
    'ROOM-16 %s is for everybody in the room',
    (kind) => {
      for (const person of Object.keys(members)) expect(lacking(kind, person, room)).toBeNull();
    },
  );
});
