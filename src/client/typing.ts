/**
 * Keys on their way to one terminal: joined when they come fast, numbered for at-most-once, and kept for
 * two seconds in case that the network eats them.
 */
import { encodeInput } from '#protocol/frames.ts';
import { INPUT_BYTES } from '#protocol/limits.ts';
import { browserTime, KeyJoiner, type Time } from './key-joiner.ts';
import { RecentKeys, type TypedKeys } from './recent-keys.ts';

export interface TypingHost {
  /** False when there is no line. */
  readonly send: (frame: Uint8Array<ArrayBuffer>) => boolean;
  readonly driving: () => boolean;
  readonly epoch: () => number;
}

export class Typing {
  readonly #terminal: number;
  readonly #host: TypingHost;
  readonly #time: Time;
  readonly #recent = new RecentKeys();
  readonly #joiner: KeyJoiner;
  #i = 0;
  /** The epoch of the keys that wait to be joined, and when the first of them was pressed. */
  #typedIn = 0;
  #typedAt = 0;
  /** Keys that no line has taken. */
  readonly #unsent = new Set<number>();

  constructor(terminal: number, host: TypingHost, time: Time = browserTime) {
    this.#terminal = terminal;
    this.#host = host;
    this.#time = time;
    this.#joiner = new KeyJoiner(
      (keys) => this.#send(new TextEncoder().encode(keys), false, this.#typedIn, this.#typedAt),
      time,
    );
  }

  /** Keys of a hand. */
  keys(text: string): void {
    const epoch = this.#host.epoch();
    if (epoch !== this.#typedIn) this.#joiner.flush();
    this.#typedIn = epoch;
    if (this.#joiner.empty) this.#typedAt = this.#time.now();
    this.#joiner.add(text);
  }

  /** What the terminal itself answers, or bytes that are no text. Not sent again: the question has passed. */
  answer(bytes: Uint8Array): void {
    this.#joiner.flush();
    this.#send(bytes, true, this.#host.epoch(), this.#time.now());
  }

  /**
   * After a welcome: sends keys that the network may have eaten, while they are still fresh. True when
   * some have waited for too long: they never arrive.
   */
  again(): boolean {
    const epoch = this.#host.epoch();
    const fresh = this.#recent.fresh(this.#time.now(), epoch);
    for (const { i } of fresh) this.#unsent.delete(i);
    const lost = this.#unsent.size > 0;
    this.#unsent.clear();
    for (const keys of fresh) this.#frame(keys, false);
    return lost;
  }

  /** A long paste goes in frames that the server takes; the pty puts a character together again. */
  #send(bytes: Uint8Array, answer: boolean, epoch: number, at: number): void {
    for (let from = 0; from < bytes.length; from += INPUT_BYTES) {
      const piece = bytes.subarray(from, from + INPUT_BYTES);
      this.#i += 1;
      const keys = { epoch, i: this.#i, bytes: piece, at };
      if (this.#host.driving() && !answer) this.#recent.add(keys);
      this.#frame(keys, answer);
    }
  }

  #frame(keys: TypedKeys, answer: boolean): void {
    const sent = this.#host.send(encodeInput({ terminal: this.#terminal, answer, ...keys }));
    if (!sent && !answer && this.#host.driving()) this.#unsent.add(keys.i);
  }
}
