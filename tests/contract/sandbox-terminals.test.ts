/** What no namespace divides: the host's terminals. */
import { expect, test } from 'vitest';
import { silentLog } from '../../server/lib/log.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import { specOf } from '../support/sandbox.ts';

/** Users of this run alone: the same file may be running elsewhere on this host. */
const FIRST_UID = 300_000 + (process.pid % 10_000) * 10_000;

/** Six tenths of what the kernel has: the rest is left to whatever runs beside this. */
const GREEDY = `
import os, resource, time
pool = '/proc/sys/kernel/pty/'
want = (int(open(pool + 'max').read()) - int(open(pool + 'reserve').read())) * 6 // 10
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
for first in range(0, want, 900):
    if os.fork() == 0:
        kept = [os.open('/dev/ptmx', os.O_RDWR | os.O_NOCTTY) for _ in range(min(900, want - first))]
        time.sleep(60)
time.sleep(60)
`;

test('WALL-23 who takes most of the host’s terminals ends, and nobody else does', async () => {
  const driver = createBubblewrapDriver({ log: silentLog, firstUid: FIRST_UID });
  await using modest = await driver.create(specOf());
  await using greedy = await driver.create(specOf());
  const argv = ['/usr/bin/python3', '-c', GREEDY];
  const taken = greedy.exec({ argv, timeoutMs: 20_000, maxBytes: 1000 });
  await expect(taken).rejects.toThrow('ended');
  expect((await greedy.ended).reason).toContain('terminals of this host');
  const pty = await modest.openPty({ cols: 80, rows: 24, argv: ['/bin/echo', 'here'] });
  const said = await new Promise<string>((done) => {
    pty.onData((chunk) => done(Buffer.from(chunk).toString('utf8')));
  });
  expect(said).toContain('here');
});
