import { expect, it } from 'vitest';
import type { CommandView } from '#protocol/messages.ts';
import { ShellCommands } from '../../../server/rooms/shell-commands.ts';
import { ran, running } from '../../support/desk-bench.ts';
import { ManualClock } from '../../support/manual-clock.ts';

it('TERM-18 nothing runs any more, and nobody ran it, when the commands are counted anew', async () => {
  const clock = new ManualClock(1_800_000_000_000);
  const told: { readonly commands: readonly CommandView[]; readonly moved: boolean }[] = [];
  using commands = new ShellCommands(clock, {
    driver: () => 'driver',
    list: () => Promise.resolve([ran(1, 'old', 0)]),
    changed: (changed, moved) => told.push({ commands: changed, moved }),
  });
  commands.heard(running(1, 'sleep 9'));
  clock.advance(100);
  expect(commands.running).toBe('sleep 9');
  commands.heard(ran(2, 'lost', 0));
  commands.reset();
  expect(commands.running).toBeNull();
  expect(await commands.list()).toMatchObject([{ by: null }]);
  clock.advance(100);
  expect(told.at(-1)).toEqual({ commands: [], moved: true });
});
