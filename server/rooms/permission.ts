import type { ErrorCode } from '#protocol/errors.ts';
import type { ClientFrame } from '#protocol/frames.ts';
import type { PersonId } from '#protocol/ids.ts';
import type { ClientMessage } from '#protocol/messages.ts';
import type { RoomState } from '#protocol/room-state.ts';

type Kind = ClientMessage['t'] | ClientFrame['kind'] | 'see-files' | 'change-files';

/** What each message, and each use of the files, needs of who is in the room. What an op needs is said by `apply`. */
const NEEDS = {
  hello: 'nothing',
  beat: 'nothing',
  ping: 'nothing',
  visible: 'nothing',
  ack: 'nothing',
  commands: 'nothing',
  size: 'nothing', // a wish, which counts when the tab is the driver's
  check: 'nothing',
  op: 'nothing',
  answer: 'part',
  input: 'keyboard',
  front: 'keyboard',
  composing: 'keyboard',
  open: 'keyboard',
  close: 'keyboard',
  start: 'keyboard',
  'save-point': 'keyboard',
  reset: 'keyboard',
  'extend-lease': 'part',
  'see-files': 'nothing', // as the terminal can be seen
  'change-files': 'keyboard',
} as const satisfies Record<Kind, 'nothing' | 'part' | 'keyboard'>;

/** Why this person may not, or null. */
export function lacking(
  kind: Kind,
  person: PersonId,
  { members, keyboard }: Pick<RoomState, 'members' | 'keyboard'>,
): ErrorCode | null {
  const member = members[person];
  switch (NEEDS[kind]) {
    case 'nothing':
      return null;
    case 'part':
      return member === undefined || member.part === 'watching' ? 'watching' : null;
    case 'keyboard':
      if (keyboard.driver === person) return null;
      if (member?.mayTakePart === false) return 'watch-link';
      return keyboard.driver === null ? 'nobody-drives' : 'not-driver';
    default:
      return NEEDS[kind] satisfies never;
  }
}
