import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Mask, MOST_SECRETS } from '../../../server/terminals/mask.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** A stream as a watcher may see it at its end, and what was held back after each chunk. */
function run(secrets: readonly string[], chunks: readonly string[], base = 0) {
  const mask = new Mask(base);
  for (const secret of secrets) mask.hide(bytesOf(secret));
  let end = base;
  const held = chunks.map((chunk) => {
    mask.push(bytesOf(chunk));
    end += chunk.length;
    return end - mask.safe;
  });
  const all = Buffer.from(chunks.join(''), 'latin1');
  mask.cover(base, all);
  return { mask, held, shown: all.toString('latin1') };
}

/** What must be shown, told place by place. */
function naive(secrets: readonly string[], stream: string): string {
  const masked = new Set<number>();
  for (const secret of secrets) {
    for (let at = 0; at <= stream.length - secret.length; at++) {
      if (!stream.startsWith(secret, at)) continue;
      for (let i = 0; i < secret.length; i++) masked.add(at + i);
    }
  }
  return Array.from(stream, (letter, at) => (masked.has(at) ? '*' : letter)).join('');
}

/** The longest end of the stream with which a secret begins, if it is long enough to be held back. */
function naiveHeld(secrets: readonly string[], stream: string): number {
  let held = 0;
  for (const secret of secrets) {
    for (let n = 4; n < secret.length; n++) if (stream.endsWith(secret.slice(0, n))) held = Math.max(held, n);
  }
  return held;
}

function split(stream: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (stream.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => stream.slice(from, places[i] ?? stream.length));
}

const letters = (max: number) =>
  fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 8, maxLength: max }).map((list) => list.join(''));
const oneSecret = fc.oneof(
  letters(12),
  letters(90),
  // Overlaps itself: "abababab", "aaaaaaaaa".
  fc
    .tuple(fc.constantFrom('a', 'ab', 'abc', 'aab'), fc.integer({ min: 8, max: 60 }))
    .map(([part, length]) => part.repeat(length).slice(0, length)),
);
/** Some, and with them prefixes, ends and overlapping continuations of one another. */
const someSecrets = fc.array(oneSecret, { minLength: 1, maxLength: 4 }).chain((own) =>
  fc
    .array(
      fc.tuple(fc.nat(own.length - 1), fc.integer({ min: 8, max: 90 }), letters(12)).map(([i, n, more]) => {
        const secret = own[i] ?? '';
        return [secret.slice(0, n), secret.slice(-n), `${secret.slice(-6)}${more}`][n % 3] ?? secret;
      }),
      { maxLength: 3 },
    )
    .map((derived) => [...own, ...derived]),
);
const case_ = someSecrets.chain((secrets) => {
  const fragment = fc
    .tuple(fc.nat(secrets.length - 1), fc.nat(90), fc.nat(90))
    .map(([i, from, to]) => (secrets[i] ?? '').slice(Math.min(from, to), Math.max(from, to)));
  const piece = fc.oneof(
    fc.constantFrom(...secrets),
    fragment,
    fc.constantFrom('x', '\n', 'ab', 'xyz '.repeat(20)),
  );
  return fc.record({
    secrets: fc.constant(secrets),
    stream: fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    cuts: fc.array(fc.nat(2_000), { maxLength: 30 }),
    base: fc.constantFrom(0, 7, 1_790_000_000_000 * 1024),
  });
});

describe('mask', () => {
  it('TERM-12 tells and covers any part of the stream, but what was forgotten', () => {
    const places = fc.tuple(fc.nat(400), fc.nat(120), fc.array(fc.nat(300), { maxLength: 4 }));
    fc.assert(
      fc.property(case_, places, ({ secrets, stream, cuts, base }, [from, length, forgotten]) => {
        const { mask } = run(secrets, split(stream, cuts), base);
        const shown = naive(secrets, stream);
        // A range is dropped as a whole: what begins before the place and ends after it stays.
        const before = Math.max(0, ...forgotten);
        for (const place of forgotten) mask.forget(base + place);
        const cut = shown.slice(0, before).replace(/\*+$/, '').length;
        const kept = shown[before] === '*' ? cut : before;
        const expected = stream.slice(0, kept) + shown.slice(kept);

        const part = Buffer.from(stream.slice(from, from + length), 'latin1');
        mask.cover(base + from, part);
        expect(part.toString('latin1')).toBe(expected.slice(from, from + length));
        expect(mask.covers(base + from, base + from + length)).toBe(part.includes('*'));
      }),
      { numRuns: 1_500 },
    );
  });

  it('TERM-12 masks the same places however the stream is split', () => {
    fc.assert(
      fc.property(case_, ({ secrets, stream, cuts, base }) => {
        const expected = naive(secrets, stream);
        for (const chunks of [[stream], Array.from(stream), split(stream, cuts)]) {
          expect(run(secrets, chunks, base).shown).toBe(expected);
        }
      }),
      { numRuns: 1_500 },
    );
  });

  it('TERM-12 holds back exactly a tail with which a secret begins', () => {
    fc.assert(
      fc.property(case_, ({ secrets, stream, cuts, base }) => {
        let sofar = '';
        const chunks = split(stream, cuts);
        const expected = chunks.map((chunk) => {
          sofar += chunk;
          return naiveHeld(secrets, sofar);
        });
        expect(run(secrets, chunks, base).held).toEqual(expected);
      }),
      { numRuns: 1_500 },
    );
  });

  it('TERM-12 finds long secrets at any place of a large chunk, and cut anywhere', () => {
    const secret = Array.from({ length: 900 }, (_, i) => String.fromCharCode(48 + ((i * i * 7) % 75))).join(
      '',
    );
    for (let place = 0; place < 70; place++) {
      const stream = `${'.'.repeat(5_000 + place)}${secret}${'.'.repeat(place)}`;
      const expected = stream.replace(secret, '*'.repeat(900));
      expect(run([secret, 'the-other-secret'], [stream]).shown).toBe(expected);
      const cut = 5_000 + place + 13 * place;
      expect(run([secret], [stream.slice(0, cut), stream.slice(cut)]).shown).toBe(expected);
    }
  });

  it('TERM-12 shows three bytes at once and holds back from the fourth', () => {
    const { mask, held } = run(['secret-value'], ['$ s', 'ec', 'r', 'et-valu']);
    expect(held).toEqual([0, 0, 4, 11]);
    expect(mask.covers(0, 100)).toBe(false);
    mask.push(bytesOf('e'));
    expect(mask.safe).toBe(14);
    expect([mask.covers(0, 2), mask.covers(0, 3), mask.covers(13, 14), mask.covers(14, 20)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(mask.covers(5, 5)).toBe(false);
  });

  it('TERM-12 lets go at once of what turns out to be another word', () => {
    expect(run(['secret-value'], ['secret-', 'v', 'ase']).held).toEqual([7, 8, 0]);
  });

  it('TERM-12 hides in what comes from then on, and nothing that began before', () => {
    const mask = new Mask(0);
    const all = Buffer.from('secret-value secret-value secret-value');
    mask.push(all.subarray(0, 15));
    mask.hide(bytesOf('secret-value'));
    mask.push(all.subarray(15));
    mask.cover(0, all);
    expect(all.toString()).toBe('secret-value secret-value ************');
  });

  it('TERM-12 refuses values that are too short, and does not repeat them', () => {
    const mask = new Mask(0);
    expect(() => mask.hide(bytesOf('hunter2'))).toThrow(RangeError);
    expect(() => mask.hide(bytesOf('hunter2'))).not.toThrow(/hunter2/);
    expect(() => mask.hide(bytesOf('hunter22'))).not.toThrow();
  });

  it('TERM-12 forgets the oldest of too many, and counts one hidden again as new', () => {
    const secrets = Array.from({ length: MOST_SECRETS }, (_, i) => `secret-number-${1000 + i}`);
    const [first = '', second = ''] = secrets;
    const { shown } = run([...secrets, first, 'one-too-many'], [`${first} ${second} one-too-many`]);
    expect(shown).toBe(`${'*'.repeat(18)} ${second} ${'*'.repeat(12)}`);
  });

  it('TERM-12 keeps a copy: whoever gave a value may overwrite it', () => {
    const mask = new Mask(0);
    const given = bytesOf('secret-value');
    mask.hide(given);
    given.fill(0);
    mask.push(bytesOf('secret-value'));
    expect(mask.covers(0, 12)).toBe(true);
  });

  it('TERM-12 covers a part of what is masked, and forgets what lies wholly before', () => {
    const { mask } = run(['secret-value'], ['secret-value|secret-value|'], 100);
    const part = Buffer.from('ret-value|sec');
    mask.cover(103, part);
    expect(part.toString()).toBe('*********|***');
    mask.forget(111);
    expect(mask.covers(100, 101)).toBe(true);
    mask.forget(112);
    expect([mask.covers(100, 112), mask.covers(112, 114)]).toEqual([false, true]);
  });
});
