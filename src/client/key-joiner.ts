/**
 * Keys that come faster than a hand types (text expanders, a dropped phrase) are joined, so that no
 * machine's typing looks like a flood. The first key goes at once. At this pace even all keys of the two
 * seconds that are sent again after a reconnect stay below the server's limit of messages.
 */
export const JOIN_MS = 12;

/** Time, as an argument: a test moves it. */
export interface Time {
  now(): number;
  /** Runs `task` once after `ms`; the result cancels it. */
  after(ms: number, task: () => void): () => void;
}

export const browserTime: Time = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

export class KeyJoiner {
  readonly #send: (keys: string) => void;
  readonly #time: Time;
  #waiting = '';
  #sentAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;

  constructor(send: (keys: string) => void, time: Time = browserTime) {
    this.#send = send;
    this.#time = time;
  }

  /** Nothing waits to be sent. */
  get empty(): boolean {
    return this.#waiting === '';
  }

  add(keys: string): void {
    this.#waiting += keys;
    if (this.#cancel !== null) return;
    const rest = this.#sentAt + JOIN_MS - this.#time.now();
    if (rest <= 0) this.flush();
    else this.#cancel = this.#time.after(rest, () => this.flush());
  }

  /** Sends what waits. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = null;
    const keys = this.#waiting;
    if (keys === '') return;
    this.#waiting = '';
    this.#sentAt = this.#time.now();
    this.#send(keys);
  }
}
