import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INPUT_HEADER_BYTES } from '#protocol/frames.ts';
import { CuttingLine, type Wire } from '../support/cutting-line.ts';
import { Person, type Tab } from '../support/person.ts';
import { freePort } from '../support/sandbox.ts';
import { screenOf } from '../support/screens.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';
import type { WatchedTerminal } from '../support/watched-terminal.ts';

const FULL = process.env.DOJOU_TEST_FULL === '1';
/** A prime: with each round it meets other bytes of frames and characters. */
const EVERY = FULL ? 1 : 7;

/** Characters of one to four bytes, colours, an alternate screen, a scroll region, a title, tabs. */
const STREAM = [
  '\\e[1;38;5;202m土壌「」\\e[0m、…—“é”\\n',
  '\\e]0;題\\a\\e[?1049h\\e[2;5r\\e[5;1H👨‍👩‍👧\\nか\\u3099🇯🇵\\e[?1049l',
  '\\e7\\e[3;7H\\e[44m①ｱ○\\e[K\\e8\\e[4:3mx\\e[24m\\t❤️\\n',
  '\\e]8;;http://a.example\\e\\\\リンク\\e]8;;\\e\\\\\\e[?2004l\\e[?2004h。\\n',
].join('');

/** Of a person's connections, a server lets sixty begin in a minute. */
const CUTS_PER_PERSON = 50;
const MOST_BYTES = 800;

interface Victim {
  readonly person: Person;
  tab: Tab;
  wire: Wire;
}

describe('a line that breaks', () => {
  let line: CuttingLine;
  let server: TestServer;
  let room: string;
  /** Whose line is whole. */
  let witness: Tab;
  let driver: Victim;
  const viewers: Victim[] = [];

  const enter = async (person: Person): Promise<Victim> => {
    const tab = await person.enter(room);
    await until(() => isLevel(tab), { what: 'the first screen' });
    return { person, tab, wire: line.latest };
  };

  beforeAll(async () => {
    line = await CuttingLine.open();
    const port = await freePort();
    server = await TestServer.start({ env: { DOJOU_URL: line.origin, DOJOU_PORT: String(port) } });
    line.leadTo(port);
    const person = await Person.named(line.origin, '切る');
    room = await person.start('see-whats-running');
    witness = await person.enter(room);
    await witness.prompt();
    await witness.run(`f() { printf '${STREAM}'; }`);
    await witness.do({ type: 'make-mob' });
    driver = await enter(person);
    const link = await person.link({ kind: 'room-watch', room });
    for (let n = 0; n < MOST_BYTES / EVERY / CUTS_PER_PERSON; n += 1) {
      const viewer = new Person(line.origin);
      await viewer.join(link.url, `見る人${n}`);
      viewers.push(await enter(viewer));
    }
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await line[Symbol.asyncDispose]();
  });

  const isLevel = ({ first }: Tab) => first.stream.next === witness.first.stream.next;
  const forget = () => {
    for (const { tab } of viewers) tab.first.output.length = 0;
    witness.first.output.length = 0;
  };
  const back = async (victim: Victim) => {
    await until(() => victim.tab.closed !== null, { what: 'the end of the line' });
    victim.tab = await victim.person.enter(room, { after: victim.tab });
    victim.wire = line.latest;
  };
  /** Both have everything, and it is the same. */
  const expectSame = async (tab: Tab, what: string) => {
    await until(() => isLevel(tab), { what });
    const { first } = tab;
    expect(Buffer.concat(first.output).equals(Buffer.concat(witness.first.output)), what).toBe(true);
    expect(first.snapshots, what).toBe(1);
  };
  const drawn = async ({ screen }: WatchedTerminal) => {
    await new Promise<void>((resolve) => screen.write('', resolve));
    return screenOf(screen, { above: 0 });
  };
  const print = async () => {
    const from = witness.first.output.length;
    const text = () => Buffer.concat(witness.first.output.slice(from)).toString();
    witness.type('f\r');
    await until(() => text().split('。\r\n')[1]?.includes('\x1b]133;B') ?? false, {
      what: 'the stream and a prompt',
    });
  };

  it('TERM-20 after any byte that the server sends: nothing is lost, nothing is doubled', {
    timeout: 600_000,
  }, async () => {
    const [first] = viewers;
    if (first === undefined) throw new Error('nobody watches');
    forget();
    const before = first.wire.carried['to-client'];
    await print();
    await expectSame(first.tab, 'a whole line');
    const bytes = first.wire.carried['to-client'] - before;
    expect(bytes).toBeGreaterThan(300);
    expect(bytes).toBeLessThan(MOST_BYTES);
    for (let cut = 0, n = 0; cut < bytes; cut += EVERY, n += 1) {
      const victim = viewers[n % viewers.length] ?? first;
      forget();
      victim.wire.cutAfter('to-client', cut);
      await print();
      // This time the same output may have come in fewer frames.
      await until(() => victim.tab.closed !== null || isLevel(victim.tab), { what: 'the cut' });
      if (victim.tab.closed === null) victim.wire.cutAfter('to-client', 0);
      await back(victim);
      await expectSame(victim.tab, `cut after ${cut} of ${bytes} bytes`);
      expect(await drawn(victim.tab.first), `cut after ${cut}`).toEqual(await drawn(witness.first));
    }
  });

  it('TERM-20 after any byte of a key: sent again it arrives once, and too late not at all', {
    timeout: 60_000,
  }, async () => {
    const KEY_BYTES = 6 + INPUT_HEADER_BYTES + 1; // a masked WebSocket header (RFC 6455), ours, and the key
    let i = 0;
    for (let cut = 0; cut <= KEY_BYTES; cut += FULL ? 1 : 2) {
      forget();
      const { epoch } = driver.tab.room.keyboard;
      i += 1;
      driver.wire.cutAfter('to-server', cut);
      driver.tab.typeAs({ epoch, i }, 'Q');
      if (cut === KEY_BYTES) driver.tab.drop();
      await back(driver);
      const again = cut % 4 < 2;
      if (again) driver.tab.typeAs({ epoch, i }, 'Q');
      // Behind it, a mark: what had to arrive has arrived.
      witness.type(';');
      await until(() => witness.text.includes(';'), { what: 'the echo' });
      const arrived = witness.text.split('Q').length - 1;
      expect(arrived, `cut after ${cut} bytes of a key, again: ${again}`).toBe(
        again || cut === KEY_BYTES ? 1 : 0,
      );
      witness.type('\x15');
      await until(() => isLevel(driver.tab));
    }
  });
});
