/** What an agent can do to the server and to others when it is stopped, killed or not ours any more: end its own sandbox. */
import { expect, test } from 'vitest';
import { silentLog } from '../../server/lib/log.ts';
import { agentText } from '../../server/sandbox/agent-text.ts';
import { createBubblewrapDriver } from '../../server/sandbox/bubblewrap.ts';
import { cgroupsOf, processesOf, status } from '../support/host-processes.ts';
import { specOf, until } from '../support/sandbox.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Users of this run alone: the same file may be running elsewhere on this host. */
const FIRST_UID = 300_000 + (process.pid % 10_000) * 10_000;
const AS_ROOT = process.getuid?.() === 0;
const driver = createBubblewrapDriver({ log: silentLog, firstUid: FIRST_UID });

test('WALL-14 a learner who kills the agent ends the own sandbox, and it says so', async () => {
  const spec = specOf();
  await using sandbox = await driver.create(spec);
  const pty = await sandbox.openPty({ cols: 80, rows: 24 });
  const exits: unknown[] = [];
  pty.onData(() => undefined);
  pty.onExit((exit) => exits.push(exit));
  pty.write(Buffer.from('kill -9 2\r'));
  expect((await sandbox.ended).reason).toContain('ended');
  await until(() => exits.length === 1);
  expect(cgroupsOf(spec.id)).toEqual([]);
});

test('WALL-19 an agent that speaks nonsense ends its sandbox, not the server', async () => {
  const greet = "import os, struct, time\nfor fd in (3, 4): os.write(fd, struct.pack('>IBI', 0, 64, 0))\n";
  const frame = (link: number, kind: number, channel: number, payload: string): string =>
    `os.write(${link}, struct.pack('>IBI', len(${payload}), ${kind}, ${channel}) + ${payload})\n`;
  /** Waits for the first that it is asked for. */
  const answer = `${greet}os.read(4, 9)\n`;
  const stray = `words = struct.pack('>IBI', 0, 34, 0x80000009) * 1000\nwhile True: os.write(4, words)`;
  const hostile: readonly [agent: string, reason: RegExp][] = [
    ["import os, time\nos.write(3, b'\\xff' * 100)\ntime.sleep(99)", /announces 4294967295 bytes/],
    ["import os, struct, time\nos.write(3, struct.pack('>IBI', 0, 66, 1))\ntime.sleep(99)", /no greeting/],
    [`${greet}${frame(3, 66, 1, "b'x'")}time.sleep(99)`, /nobody opened/],
    [`${greet}${frame(4, 83, 0x80000000, "b'0000'")}time.sleep(99)`, /nobody waits for/],
    [`${greet}${frame(4, 83, 0x80000000, "b''")}time.sleep(99)`, /nonsense/],
    [`${greet}for n in range(4): ${frame(3, 70, 0, "b''")}time.sleep(99)`, /nothing that was asked/],
    [`${greet}os.read(3, 9)\n${frame(3, 70, 0, "b'1234'")}time.sleep(99)`, /how full the disks are/],
    [`${greet}${frame(4, 32, 77, "b'x'")}time.sleep(99)`, /words for nobody/],
    [`${answer}${frame(4, 69, 1, `b'{"reason":"' + b'x' * 9000 + b'"}'`)}time.sleep(99)`, /too long/],
    [`${answer}${frame(4, 69, 1, `b'["' * 4000`)}time.sleep(99)`, /no JSON/],
    [
      `${answer}${frame(4, 69, 1, `b'{"reason":"a\\\\u001b[2J\\\\u202eb\\\\nc"}'`)}time.sleep(99)`,
      /^a \[2J b c$/,
    ],
    [`${answer}${stray}`, /words for nobody/],
    ["raise SystemExit('own words')", /own words/],
    [`${greet}raise SystemExit('later')`, /later/],
  ];
  for (const [agent, reason] of hostile) {
    const other = createBubblewrapDriver({ log: silentLog, firstUid: FIRST_UID + 5000, agent });
    const spoilt = await other.create(specOf()).then(
      async (created) => (await created.ended).reason,
      (error: Error) => error.message,
    );
    expect(spoilt).toMatch(reason);
  }
  if (AS_ROOT) expect(processesOf(FIRST_UID + 5000)).toEqual([]);
});

test('WALL-20 an agent that ignores a pause, or grants what it may not, ends its sandbox', async () => {
  const ours = agentText();
  const deaf = ours.replace('self.paused = paused', 'self.paused = False');
  const generous = ours.replace('U32.pack(len(payload))', 'U32.pack(1 << 20)');
  const nagging = ours.replace('if echo != self.echo:', 'if True:');
  expect([deaf, generous, nagging]).not.toContain(ours);
  const first = await createBubblewrapDriver({
    log: silentLog,
    firstUid: FIRST_UID + 5000,
    agent: deaf,
  }).create(specOf());
  const pty = await first.openPty({ cols: 80, rows: 24, argv: ['/usr/bin/yes'] });
  pty.onData(() => pty.pause());
  expect((await first.ended).reason).toContain('goes on');
  const second = await createBubblewrapDriver({
    log: silentLog,
    firstUid: FIRST_UID + 5000,
    agent: generous,
  }).create(specOf());
  const written = second.writeFiles([{ path: '/home/learner/x', content: 'x' }]);
  await expect(written).rejects.toThrow('granted');
  const third = await createBubblewrapDriver({
    log: silentLog,
    firstUid: FIRST_UID + 5000,
    agent: nagging,
  }).create(specOf());
  await third.openPty({ cols: 80, rows: 24 });
  expect((await third.ended).reason).toContain('same of echo');
});

test('WALL-21 a learner who stops the agent ends the own sandbox, and fills no memory until then', async () => {
  const spec = specOf();
  await using sandbox = await driver.create(spec);
  const uid = AS_ROOT ? FIRST_UID : (process.getuid?.() ?? 0);
  const pty = await sandbox.openPty({ cols: 80, rows: 24 });
  const exits: unknown[] = [];
  pty.onData(() => undefined);
  pty.onExit((exit) => exits.push(exit));
  pty.write(Buffer.from('kill -STOP 2\r'));
  await until(() => processesOf(uid).some((pid) => status(pid, 'State').startsWith('T')));

  const opening = sandbox.openPty({ cols: 80, rows: 24 }).catch((error: Error) => error.message);
  const pasted = Buffer.alloc(64 * KIB, 'x');
  const before = process.memoryUsage().arrayBuffers;
  for (let n = 0; n < 1024; n++) pty.write(pasted); // 64 MiB
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * MIB);

  expect((await sandbox.ended).reason).toContain('does not answer');
  expect(await opening).toContain('does not answer');
  await until(() => exits.length === 1);
  expect(cgroupsOf(spec.id)).toEqual([]);
  if (AS_ROOT) expect(processesOf(uid)).toEqual([]);
});
