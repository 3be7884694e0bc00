import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Boundary } from '../../../server/terminals/boundary.ts';
import { openMirrorScreen } from '../../../server/terminals/mirror-screen.ts';
import { inside } from '../../../server/terminals/xterm-inside.ts';
import { openClientTerminal } from '../../support/client-terminal.ts';
import { type Screen, screenOf } from '../../support/screens.ts';

const FULL = process.env.DOJOU_TEST_FULL === '1';
const CUTS = 200;
/** In the full run, of each recording; the next run takes others. All together take more than six minutes beside other work. */
const FULL_CUTS = 1000;
const SEED = 20_260_102;
const SIZE = [80, 24] as const;
const OPTIONS = { above: 50 };

const folder = join(import.meta.dirname, '../../fixtures/terminal');
const names = readdirSync(folder).filter((name) => name.endsWith('.bin'));

/** Where the mirror would take a snapshot. */
function safeOffsets(bytes: Uint8Array): readonly number[] {
  const boundary = new Boundary(0);
  const offsets = [0];
  for (const [at, byte] of bytes.entries()) {
    boundary.push(Uint8Array.of(byte));
    if (boundary.safe === at + 1) offsets.push(at + 1);
  }
  return offsets;
}

function cutsOf(safe: readonly number[]): readonly number[] {
  if (FULL) {
    const step = Math.ceil(safe.length / FULL_CUTS);
    const first = Date.now() % step;
    return safe.filter((_, index) => index % step === first);
  }
  const picked = fc.sample(fc.constantFrom(...safe), { numRuns: CUTS, seed: SEED });
  return [...new Set(picked)].sort((one, other) => one - other);
}

function client() {
  const terminal = openClientTerminal(...SIZE);
  const core = inside(terminal);
  return {
    terminal,
    write: (output: Uint8Array | string) => {
      core._inputHandler.parse(output);
    },
    screen: () => screenOf(terminal, OPTIONS),
  };
}

/** Thousands of times: only a difference is worth the time to be told. */
function same(one: Screen, other: Screen, where: string): void {
  if (JSON.stringify(one) !== JSON.stringify(other)) expect(one, where).toEqual(other);
}

describe('output of programs', () => {
  it.each(names)(
    'TERM-3 %s, cut anywhere: whoever came late has the screen of who saw all',
    (name) => {
      const bytes = readFileSync(join(folder, name));
      const cuts = cutsOf(safeOffsets(bytes));
      const whole = client();
      whole.write(bytes);
      const end = whole.screen();
      const mirror = openMirrorScreen(...SIZE);
      const beside = client();
      let at = 0;
      for (const [index, cut] of cuts.entries()) {
        mirror.parse(bytes.subarray(at, cut));
        beside.write(bytes.subarray(at, cut));
        at = cut;
        const late = client();
        late.write(`\x1bc${mirror.snapshot()}`);
        // In the full run, what differs at the cut and not at the end is looked for at every tenth.
        if (!FULL || index % 10 === 0) same(late.screen(), beside.screen(), `at ${cut}`);
        late.write(bytes.subarray(cut));
        same(late.screen(), end, `after ${cut}`);
        late.terminal.dispose();
      }
      expect(cuts.length).toBeGreaterThan(CUTS / 2);
    },
    FULL ? 600_000 : 30_000,
  );
});
