import { expect, it } from 'vitest';
import type { ServerMessage } from '#protocol/messages.ts';
import { serialised } from '../../../server/ws/serialised.ts';

it('TERM-18 a message for many is serialised once', () => {
  let read = 0;
  const message: ServerMessage = {
    t: 'beat',
    get now() {
      read += 1;
      return 7;
    },
  };
  for (let n = 0; n < 50; n += 1) expect(serialised(message)).toBe('{"t":"beat","now":7}');
  expect(read).toBe(1);
});
