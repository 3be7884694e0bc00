/**
 * Keys that come faster than a hand types (text expanders, a dropped phrase) are joined, so that no
 * machine's typing looks like a flood. The first key goes at once. At this pace even all keys of the two
 * seconds that are sent again after a reconnect stay below the server's limit of messages.
 */
export const JOIN_MS = 12;

export class KeyJoiner {
  readonly #send: (keys: string) => void;
  #waiting = '';
  #sentAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (keys: string) => void) {
    this.#send = send;
  }

  add(keys: string): void {
    this.#waiting += keys;
    if (this.#timer !== undefined) return;
    const rest = this.#sentAt + JOIN_MS - Date.now();
    if (rest <= 0) this.flush();
    else this.#timer = setTimeout(() => this.flush(), rest);
  }

  /** Sends what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const keys = this.#waiting;
    if (keys === '') return;
    this.#waiting = '';
    this.#sentAt = Date.now();
    this.#send(keys);
  }
}
