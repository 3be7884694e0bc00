/**
 * Memory for large output frames, which goes round. Allocated afresh, output of some MB would set off a
 * collection of the whole heap, ten times in 64 MB.
 */
import { OUTPUT_HEADER_BYTES } from '#protocol/frames.ts';
import { FRAME_BYTES, HIGH_WATER_BYTES, KIB } from '#protocol/limits.ts';

/** As many as one viewer's window holds. */
const SPARE = HIGH_WATER_BYTES / FRAME_BYTES;
/** Smaller ones live and die with a scavenge; an echo is of this kind. */
const POOLED_BYTES = 4 * KIB;

const RELEASED = () => undefined;

/** One frame, for as many viewers as follow at the same offset. Its maker holds it too. */
export interface PooledFrame {
  readonly bytes: Uint8Array;
  /** Held once more; what is returned gives that hold back, once. A hold never given back costs memory only. */
  hold(): () => void;
}

export class FramePool {
  readonly #spare: Uint8Array[] = [];

  /** A frame that is held until the returned `PooledFrame` has been let go as often as it was held. */
  take(length: number): PooledFrame {
    if (length < POOLED_BYTES) return { bytes: Buffer.allocUnsafe(length), hold: () => RELEASED };
    const memory = this.#spare.pop() ?? new Uint8Array(OUTPUT_HEADER_BYTES + FRAME_BYTES);
    let holds = 0;
    return {
      bytes: memory.subarray(0, length),
      hold: () => {
        holds += 1;
        let held = true;
        return () => {
          if (!held) return;
          held = false;
          holds -= 1;
          if (holds === 0 && this.#spare.length < SPARE) this.#spare.push(memory);
        };
      },
    };
  }
}
