import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACK_EVERY_BYTES, LOW_WATER_BYTES } from '../../../server/protocol/limits.ts';
import { AckMeter } from '../../../src/client/ack-meter.ts';
import { reconnectDelay } from '../../../src/client/backoff.ts';
import { place } from '../../../src/client/output-order.ts';
import { RecentKeys } from '../../../src/client/recent-keys.ts';
import { isReport, looksFullWidth } from '../../../src/client/terminal-replies.ts';
import { TerminalStream } from '../../../src/client/terminal-stream.ts';
import { openClientTerminal } from '../../support/client-terminal.ts';
import { until } from '../../support/until.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const all = Uint8Array.from({ length: 400 }, (_, i) => i % 251);

describe('output by offset', () => {
  it('CLIENT-2 gives every byte once and in order, however frames overlap', () => {
    const cut = fc.record({ back: fc.nat(40), length: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(fc.array(cut, { maxLength: 40 }), (cuts) => {
        const got: number[] = [];
        let next = 0;
        for (const { back, length } of cuts) {
          const from = Math.max(0, next - back);
          const placed = place(next, from, all.subarray(from, Math.min(all.length, from + length)));
          if (placed.kind !== 'write') continue;
          got.push(...placed.bytes);
          next = placed.next;
        }
        expect(got).toEqual([...all.subarray(0, next)]);
      }),
    );
  });

  it('CLIENT-2 says gap when bytes are missing, and before the first screen', () => {
    expect(place(10, 11, all.subarray(0, 1))).toEqual({ kind: 'gap' });
    expect(place(null, 0, all.subarray(0, 1))).toEqual({ kind: 'gap' });
    expect(place(10, 5, all.subarray(0, 5))).toEqual({ kind: 'old' });
  });
});

describe('a screen that comes packed', () => {
  const at = { kind: 'snapshot', terminal: 1, cols: 40, rows: 5, gap: 0 } as const;

  it('CLIENT-2 one that cannot be unpacked leaves no hole: a fresh one is asked for, and taken', async () => {
    const screen = openClientTerminal(40, 5);
    let broken = 0;
    const stream = new TerminalStream(screen, {
      acknowledge: () => undefined,
      sized: () => undefined,
      broken: () => {
        broken += 1;
      },
      after: (ms, task) => setTimeout(task, ms),
    });
    stream.snapshot({ ...at, offset: 100, packed: Uint8Array.of(7, 7, 7, 7) });
    stream.output({ kind: 'output', terminal: 1, offset: 100, bytes: bytes('after') });
    await until(() => broken > 0);
    expect(stream.next).toBeNull();
    expect(stream.replaying).toBe(false);
    stream.snapshot({ ...at, offset: 105, packed: deflateRawSync('whole') });
    stream.output({ kind: 'output', terminal: 1, offset: 105, bytes: bytes(' again') });
    await until(() => screen.buffer.active.getLine(0)?.translateToString(true) === 'whole again');
    expect(stream.next).toBe(111);
    expect(stream.replaying).toBe(false);
    expect(broken).toBe(1);
  });
});

describe('acknowledging', () => {
  it('CLIENT-3 asks for one callback per ACK_EVERY_BYTES, not per chunk', () => {
    const meter = new AckMeter(ACK_EVERY_BYTES);
    meter.restart(0);
    const chunk = 1024;
    let asked = 0;
    for (let end = chunk; end <= 16 * ACK_EVERY_BYTES; end += chunk) if (meter.wrote(end)) asked += 1;
    expect(asked).toBe(16);
  });

  it('CLIENT-3 never leaves more than LOW_WATER unacknowledged once everything is parsed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 70_000 }), { maxLength: 60 }), (chunks) => {
        const meter = new AckMeter(ACK_EVERY_BYTES);
        meter.restart(0);
        let end = 0;
        let acked = 0;
        for (const length of chunks) {
          end += length;
          if (meter.wrote(end)) acked = meter.parsed(end) ?? acked;
          expect(end - acked).toBeLessThan(LOW_WATER_BYTES);
        }
        if (meter.pause()) acked = meter.parsed(end) ?? acked;
        expect(acked).toBe(end);
        expect(meter.pause()).toBe(false);
      }),
    );
  });

  it('CLIENT-3 does not acknowledge what a snapshot has overtaken', () => {
    const meter = new AckMeter(10);
    meter.wrote(12);
    meter.restart(500);
    expect(meter.parsed(12)).toBeNull();
    expect(meter.parsed(510)).toBe(510);
  });
});

describe('keys', () => {
  it('CLIENT-4 keeps two seconds of keys for a reconnect, and lets older ones expire', () => {
    const keys = new RecentKeys();
    keys.add({ epoch: 1, i: 1, bytes: bytes('a'), at: 0 });
    keys.add({ epoch: 1, i: 2, bytes: bytes('b'), at: 1500 });
    expect(keys.fresh(1900, 1).map((k) => k.i)).toEqual([1, 2]);
    expect(keys.fresh(2100, 1).map((k) => k.i)).toEqual([2]);
    expect(keys.fresh(4000, 1)).toEqual([]);
  });

  it('CLIENT-4 never sends keys of an earlier hold of the keyboard', () => {
    const keys = new RecentKeys();
    keys.add({ epoch: 1, i: 1, bytes: bytes('a'), at: 0 });
    expect(keys.fresh(10, 2)).toEqual([]);
  });

  it('CLIENT-5 tells reports of the terminal from keys of a person', () => {
    for (const report of ['\x1b[I', '\x1b[O', '\x1b[M !!', '\x1b[<0;3;4M'])
      expect(isReport(report)).toBe(true);
    for (const key of ['I', '\x1b[A', '\x1b', '\x1bOP', '\x1b[200~x']) expect(isReport(key)).toBe(false);
  });

  it('CLIENT-5 notices full-width input, and not Japanese', () => {
    expect(looksFullWidth('ａｗｓ')).toBe(true);
    expect(looksFullWidth('　')).toBe(true);
    expect(looksFullWidth('こんにちは。aws')).toBe(false);
  });
});

describe('coming back', () => {
  it('CLIENT-6 waits 0.5 s × 2ⁿ at most, and never more than 10 s', () => {
    expect(reconnectDelay(0, 0.999)).toBeLessThanOrEqual(500);
    expect(reconnectDelay(3, 0.999)).toBeLessThanOrEqual(4000);
    expect(reconnectDelay(30, 0.999)).toBeLessThanOrEqual(10_000);
    expect(reconnectDelay(30, 0)).toBe(0);
  });
});
