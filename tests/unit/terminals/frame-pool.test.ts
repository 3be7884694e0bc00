import { describe, expect, it } from 'vitest';
import { FRAME_BYTES, KIB } from '#protocol/limits.ts';
import { FramePool } from '../../../server/terminals/frame-pool.ts';

describe('memory of frames', () => {
  it('TERM-9 goes round when all who held it have let go', () => {
    const pool = new FramePool();
    const frame = pool.take(FRAME_BYTES);
    const [first, second] = [frame.hold(), frame.hold()];
    first();
    first(); // a socket that calls back twice lets go once
    expect(pool.take(FRAME_BYTES).bytes.buffer).not.toBe(frame.bytes.buffer);
    second();
    const next = pool.take(5 * KIB);
    expect(next.bytes.buffer).toBe(frame.bytes.buffer);
    expect(next.bytes.length).toBe(5 * KIB);
    expect(pool.take(FRAME_BYTES).bytes.buffer).not.toBe(frame.bytes.buffer);
  });

  it('TERM-9 of a small frame is its own', () => {
    const pool = new FramePool();
    const frame = pool.take(12).bytes.fill(1);
    pool.take(12).bytes.fill(2);
    expect([...frame]).toEqual(Array.from({ length: 12 }, () => 1));
  });
});
