/** Output frames cut out of the log; viewers that follow at the same offset share one. */
import { OUTPUT_HEADER_BYTES, writeOutputHeader } from '#protocol/frames.ts';
import { FRAME_BYTES } from '#protocol/limits.ts';
import { FramePool, type PooledFrame } from './frame-pool.ts';
import type { OutputLog } from './output-log.ts';

export class Frames {
  readonly #terminal: number;
  readonly #log: OutputLog;
  readonly #pool = new FramePool();
  #last: { readonly offset: number; readonly frame: PooledFrame; release(): void } | null = null;

  constructor(terminal: number, log: OutputLog) {
    this.#terminal = terminal;
    this.#log = log;
  }

  /** The bytes from `offset` on, at most up to `limit`; without secrets, unless it is for the driver. */
  at(offset: number, limit: number, forDriver: boolean): PooledFrame {
    const payload = Math.min(FRAME_BYTES, limit - offset);
    const length = OUTPUT_HEADER_BYTES + payload;
    if (!forDriver && this.#log.hides(offset, offset + payload)) return this.#masked(offset, payload);
    if (this.#last?.offset === offset && this.#last.frame.bytes.length === length) return this.#last.frame;
    this.#last?.release();
    const frame = this.#pool.take(length);
    writeOutputHeader(frame.bytes, this.#terminal, offset);
    this.#log.copy(offset, payload, frame.bytes, OUTPUT_HEADER_BYTES);
    this.#last = { offset, frame, release: frame.hold() };
    return frame;
  }

  /** Rare, and not shared. */
  #masked(offset: number, payload: number): PooledFrame {
    const bytes = new Uint8Array(OUTPUT_HEADER_BYTES + payload);
    writeOutputHeader(bytes, this.#terminal, offset);
    this.#log.copyMasked(offset, payload, bytes, OUTPUT_HEADER_BYTES);
    return { bytes, hold: () => () => undefined };
  }
}
