import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OUTPUT_HEADER_BYTES } from '#protocol/frames.ts';
import type { Mirror } from '../../server/terminals/mirror.ts';
import type { Viewer } from '../../server/terminals/viewer.ts';
import { Client, loneTerminal } from '../support/lone-terminal.ts';

const SECRETS = ['AKsecretAKsecretAKtail', 'IQoJb3JpZ2luX2VjEDkaCXVz', 'abababababab'];
/** Shown before they can mean anything. */
const SHOWN_BYTES = 3;
const RUNS = process.env.DOJOU_TEST_FULL === '1' ? 5000 : 300;

type Happening =
  | { readonly do: 'print'; readonly text: string; readonly cuts: readonly number[] }
  | { readonly do: 'hand-over'; readonly to: number }
  | { readonly do: 'drop'; readonly who: number }
  | { readonly do: 'join'; readonly who: number }
  | { readonly do: 'restart' };

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...SECRETS) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...SECRETS), fc.nat(12)).map(([s, n]) => s.slice(0, n)) },
  { weight: 3, arbitrary: fc.constantFrom('plain ', 'AK', 'ab', '\r\n', '土') },
);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('print' as const),
      text: fc.array(piece, { minLength: 1, maxLength: 6 }).map((all) => all.join('')),
      cuts: fc.array(fc.nat(60), { maxLength: 5 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hand-over' as const), to: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('drop' as const), who: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('join' as const), who: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
);

/** What one person has got of the stream, and whether they held the keyboard when they got it. */
class Somebody extends Client {
  readonly seen: { readonly at: number; readonly bytes: Uint8Array; readonly driving: boolean }[] = [];
  driving = false;
  viewer: Viewer | null = null;

  override output(frame: Uint8Array, sent: () => void): void {
    super.output(frame, sent);
    const bytes = Buffer.from(frame.subarray(OUTPUT_HEADER_BYTES));
    this.seen.push({ at: this.end - bytes.length, bytes, driving: this.driving });
  }
}

/** Keeps what it is given. */
function writtenDown(): { readonly mirror: Mirror; readonly text: () => Buffer } {
  const given: Buffer[] = [];
  const mirror: Mirror = {
    pending: 0,
    write: (chunk) => given.push(Buffer.from(chunk)),
    resize: () => undefined,
    snapshot: () => Promise.resolve({ offset: 0, cols: 40, rows: 5, packed: deflateRawSync('') }),
    commands: () => Promise.resolve([]),
    onProgress: () => undefined,
    onLost: () => undefined,
    onCommand: () => undefined,
    [Symbol.dispose]: () => undefined,
  };
  return { mirror, text: () => Buffer.concat(given) };
}

function play(happenings: readonly Happening[]) {
  const { mirror, text } = writtenDown();
  const { terminal, pty, clock } = loneTerminal({
    open: () => mirror,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  const base = terminal.end;
  for (const secret of SECRETS) terminal.hide(Buffer.from(secret));
  const people = [new Somebody(), new Somebody(), new Somebody()];
  let driver = 0;
  const join = (who: number) => {
    const somebody = people[who];
    if (somebody === undefined || somebody.viewer !== null) return;
    somebody.driving = who === driver;
    somebody.viewer = terminal.attach(somebody, somebody.end === 0 ? base : somebody.end, who === driver);
  };
  for (const who of people.keys()) join(who);
  for (const now of happenings) {
    if (now.do === 'print') {
      const bytes = Buffer.from(now.text);
      const cuts = [...new Set([0, ...now.cuts.map((cut) => cut % bytes.length), bytes.length])];
      cuts.sort((a, b) => a - b);
      for (const [i, from] of cuts.entries()) {
        const chunk = bytes.subarray(from, cuts[i + 1]);
        if (chunk.length > 0) pty.print(chunk);
        clock.advance(5);
      }
    } else if (now.do === 'hand-over') {
      driver = now.to;
      // Nobody is handed the sight of a secret before the sight of it is taken from the other.
      for (const [who, somebody] of people.entries()) somebody.driving = who === driver;
      for (const somebody of people)
        if (somebody.viewer !== null) terminal.setDriver(somebody.viewer, somebody.driving);
    } else if (now.do === 'drop') {
      const somebody = people[now.who];
      if (somebody?.viewer != null) terminal.detach(somebody.viewer);
      if (somebody !== undefined) somebody.viewer = null;
    } else if (now.do === 'join') join(now.who);
    else {
      pty.exit({ code: 0, signal: null });
      terminal.run(pty, () => undefined);
    }
    clock.advance(10);
  }
  for (const who of people.keys()) join(who);
  pty.exit({ code: 0, signal: null });
  clock.advance(10);
  return { base, people, mirrored: text() };
}

it('TERM-12 in whatever hands the keyboard is, and whoever comes back where, a secret is the driver’s alone', () => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 1, maxLength: 25 }), (happenings) => {
      const printed = happenings.flatMap((one) => (one.do === 'print' ? [one.text] : []));
      const truth = Buffer.from(printed.join(''));
      const secret = secretPlaces(truth);
      const { base, people, mirrored } = play(happenings);
      expect(mirrored.length).toBe(truth.length);
      for (const at of truth.keys()) {
        if (secret.has(at)) expect(mirrored[at]).toBe(0x2a);
      }
      for (const { seen, end } of people) {
        expect(end - base).toBe(truth.length); // everybody has every byte, or an asterisk for it
        for (const { at, bytes, driving } of seen) {
          for (const [i, byte] of bytes.entries()) {
            const place = at - base + i;
            if (driving) expect(byte).toBe(truth[place]);
            else if (secret.has(place)) expect(byte).toBe(0x2a);
          }
        }
      }
    }),
    { numRuns: RUNS },
  );
});

/** Places inside whole secrets, but for the first bytes of one, which may have been shown before. */
function secretPlaces(truth: Buffer): ReadonlySet<number> {
  const places = new Set<number>();
  for (const secret of SECRETS) {
    for (let at = truth.indexOf(secret); at >= 0; at = truth.indexOf(secret, at + 1)) {
      for (let i = SHOWN_BYTES; i < Buffer.byteLength(secret); i += 1) places.add(at + i);
    }
  }
  return places;
}
