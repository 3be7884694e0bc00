/** What can happen in a room with terminals: drawn by fast-check, and shrunk by it. */
import fc from 'fast-check';
import { COLS, ROWS } from '#protocol/limits.ts';
import { fragment } from '../terminal-output.ts';
import type { Delays } from './link.ts';

export type Flood = 'lines' | 'japanese' | 'colours' | 'emoji';

/** `client`, `terminal` and `person` count modulo how many there are. */
export type Happening =
  | { readonly do: 'print'; readonly terminal: number; readonly text: string; readonly cut: number }
  | { readonly do: 'flood'; readonly terminal: number; readonly of: Flood; readonly kib: number }
  /** A program asks what only a terminal can answer. */
  | { readonly do: 'ask'; readonly terminal: number }
  | { readonly do: 'wait'; readonly ms: number; readonly mirrors: boolean }
  | { readonly do: 'press'; readonly client: number; readonly terminal: number; readonly keys: number }
  | { readonly do: 'join'; readonly client: number }
  | {
      readonly do: 'drop';
      readonly client: number;
      readonly keys: number;
      readonly lateBy: number | null;
      readonly noticedAfter: number;
      readonly backAfter: number;
    }
  | { readonly do: 'reload'; readonly client: number; readonly noticedAfter: number }
  | { readonly do: 'stall'; readonly client: number; readonly ms: number; readonly of: 'network' | 'page' }
  /** Reads, and never acknowledges: no browser does that. */
  | { readonly do: 'silent'; readonly client: number }
  | { readonly do: 'hide'; readonly client: number; readonly ms: number }
  | { readonly do: 'hand-over'; readonly person: number | null }
  | {
      readonly do: 'size';
      readonly client: number;
      readonly terminal: number;
      readonly cols: number;
      readonly rows: number;
    }
  /** A packet that came before, once more. */
  | { readonly do: 'repeat'; readonly client: number }
  | { readonly do: 'open' | 'close' | 'front'; readonly client: number; readonly terminal: number }
  | { readonly do: 'lose-mirror'; readonly terminal: number }
  | { readonly do: 'exit'; readonly terminal: number }
  | { readonly do: 'start'; readonly client: number; readonly terminal: number };

export interface Scenario {
  readonly clients: readonly { readonly person: number; readonly delays: Delays; readonly late: boolean }[];
  readonly happenings: readonly Happening[];
}

const client = fc.nat(4);
const terminal = fc.nat(2);
const soon = fc.oneof({ weight: 3, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.nat(3000) });
const what = <T extends Happening['do']>(name: T) => fc.constant(name);

const print = fc.record({
  do: what('print'),
  terminal,
  text: fc.array(fragment, { minLength: 1, maxLength: 12 }).map((all) => all.join('')),
  cut: fc.integer({ min: 1, max: 60 }),
});

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 14, arbitrary: print },
  {
    weight: 2,
    arbitrary: fc.record({
      do: what('flood'),
      terminal,
      of: fc.constantFrom<Flood>('lines', 'japanese', 'colours', 'emoji'),
      kib: fc.oneof(
        { weight: 8, arbitrary: fc.integer({ min: 8, max: 300 }) },
        { weight: 1, arbitrary: fc.integer({ min: 300, max: 2600 }) },
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: what('ask'), terminal }) },
  { weight: 18, arbitrary: fc.record({ do: what('wait'), ms: soon, mirrors: fc.boolean() }) },
  {
    weight: 9,
    arbitrary: fc.record({ do: what('press'), client, terminal, keys: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: what('join'), client }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: what('drop'),
      client,
      keys: fc.nat(2),
      lateBy: fc.option(soon),
      noticedAfter: soon,
      backAfter: soon,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: what('reload'), client, noticedAfter: soon }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: what('stall'),
      client,
      ms: fc.nat(4000),
      of: fc.constantFrom<'network' | 'page'>('network', 'page'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: what('silent'), client }) },
  { weight: 1, arbitrary: fc.record({ do: what('hide'), client, ms: fc.nat(4000) }) },
  { weight: 4, arbitrary: fc.record({ do: what('hand-over'), person: fc.option(fc.nat(2), { freq: 6 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: what('size'),
      client,
      terminal,
      cols: fc.integer({ min: COLS.min, max: 100 }),
      rows: fc.integer({ min: ROWS.min, max: 40 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: what('repeat'), client }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('open' as const, 'close' as const, 'front' as const),
      client,
      terminal,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: what('lose-mirror'), terminal }) },
  { weight: 1, arbitrary: fc.record({ do: what('exit'), terminal }) },
  { weight: 1, arbitrary: fc.record({ do: what('start'), client, terminal }) },
);

const delay = fc.oneof({ weight: 2, arbitrary: fc.nat(4) }, { weight: 1, arbitrary: fc.nat(250) });

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  clients: fc.array(
    fc.record({ person: fc.nat(2), delays: fc.record({ up: delay, down: delay }), late: fc.boolean() }),
    { minLength: 2, maxLength: 5 },
  ),
  happenings: fc.array(happening, { minLength: 5, maxLength: 70, size: 'max' }),
});
