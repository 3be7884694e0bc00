import { expect, it } from 'vitest';
import { silentLog as log } from '../../../server/lib/log.ts';
import { Shell } from '../../../server/rooms/shell.ts';
import type { Pty } from '../../../server/sandbox/sandbox.ts';
import type { Seat } from '../../../server/seats/seat.ts';
import type { Mirrors } from '../../../server/terminals/mirror.ts';
import { KilledPty } from '../../support/desk-bench.ts';
import { ManualClock } from '../../support/manual-clock.ts';

it('TERM-8 a shell whose seat ends while it is opened keeps saying why, however late the opening fails', async () => {
  const mirrors = { open: () => null } as unknown as Mirrors; // it draws nothing
  const ignore = () => undefined;
  const begin = (opening: Promise<Pty>) => {
    const shell = new Shell({
      number: 1,
      size: { cols: 80, rows: 24 },
      mirrors,
      clock: new ManualClock(0),
      log,
      driver: () => null,
      onInfo: ignore,
      onCommands: ignore,
      onFlood: ignore,
    });
    // Of a seat, a shell asks for a pty and for secrets.
    const seat = { openPty: () => opening, onSecret: () => ignore } as unknown as Seat;
    const started = shell.start(seat);
    shell.failed({ code: 'opened-elsewhere', values: {} });
    return { shell, started };
  };
  const why = { status: 'failed', refusal: { code: 'opened-elsewhere', values: {} } };

  const broken = begin(Promise.reject(new Error('it is gone')));
  await broken.started;
  expect(broken.shell.info.state).toEqual(why);

  const pty = new KilledPty();
  const late = begin(Promise.resolve(pty));
  await late.started;
  expect(late.shell.info.state).toEqual(why);
  expect(pty.killed).toBe(true);
});
