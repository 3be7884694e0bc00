/** Real mirrors in a real worker, whose answers wait until the simulation lets them in: a seed decides when. */
import type { Mirror, MirrorOptions, Mirrors } from '../../../server/terminals/mirror.ts';
import type { Command, Snapshot } from '../../../server/terminals/mirror-messages.ts';

/** More than this is worth a round trip of its own. */
const MUCH_BYTES = 256 * 1024;

export class GatedMirrors implements Mirrors {
  readonly #real: Mirrors;
  /** By terminal, in the order in which they were opened. */
  readonly #gates: Gate[] = [];
  /** How each began. */
  readonly began: MirrorOptions[] = [];
  #losing: number | null = null;

  constructor(real: Mirrors) {
    this.#real = real;
  }

  open(options: MirrorOptions): Mirror {
    const real = this.#real.open(options);
    if (real === null) throw new Error('the mirrors have failed');
    const gate = new Gate(real);
    if (this.#losing === null) {
      this.began.push(options);
      this.#gates.push(gate);
    } else this.#gates[this.#losing] = gate;
    return gate;
  }

  /** Everything that the mirrors have to say by now is heard. */
  async answer({ all = false } = {}): Promise<void> {
    for (const gate of this.#gates) await gate.answer(all);
  }

  /** The worker fails, as far as this terminal can tell. */
  lose(terminal: number): void {
    this.#losing = terminal - 1;
    this.#gates[terminal - 1]?.lose();
    this.#losing = null;
  }

  /** The mirror's own screen. */
  snapshot(terminal: number): Promise<Snapshot> {
    const gate = this.#gates[terminal - 1];
    if (gate === undefined) throw new Error(`there is no mirror of terminal ${terminal}`);
    return gate.real.snapshot();
  }

  /** The worker belongs to whoever made it. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

class Gate implements Mirror {
  readonly real: Mirror;
  pending = 0;
  readonly #asked: { after: number; answer: Promise<() => void>; fail: (reason: Error) => void }[] = [];
  readonly #said: (() => void)[] = [];
  #onProgress: () => void = () => undefined;
  #onLost: () => void = () => undefined;
  #closed = false;

  constructor(real: Mirror) {
    this.real = real;
  }

  write(chunk: Uint8Array): void {
    this.pending += chunk.length;
    for (const asked of this.#asked) asked.after += chunk.length;
    this.real.write(chunk);
  }

  resize(cols: number, rows: number): void {
    this.real.resize(cols, rows);
  }

  snapshot(): Promise<Snapshot> {
    return new Promise((resolve, reject) => {
      const answer = this.real.snapshot().then(
        (snapshot) => () => resolve(snapshot),
        (error: Error) => () => reject(error),
      );
      this.#asked.push({ after: 0, answer, fail: reject });
    });
  }

  commands(): Promise<readonly Command[]> {
    return this.real.commands();
  }

  onCommand(handler: (command: Command) => void): void {
    this.real.onCommand((command) => this.#said.push(() => handler(command)));
  }

  onProgress(handler: () => void): void {
    this.#onProgress = handler;
  }

  onLost(handler: () => void): void {
    this.#onLost = handler;
  }

  async answer(all: boolean): Promise<void> {
    const asked = this.#asked.splice(0);
    const answers = await Promise.all(asked.map(({ answer }) => answer));
    const left = asked.at(-1)?.after ?? this.pending;
    if (left > (all ? 0 : MUCH_BYTES)) await this.#parsedAll();
    else this.pending = left;
    for (const say of this.#said.splice(0)) say();
    for (const answer of answers) answer();
    this.#onProgress();
  }

  lose(): void {
    if (this.#closed) return;
    this[Symbol.dispose]();
    for (const { fail } of this.#asked.splice(0)) fail(new Error('lost'));
    this.#onLost();
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.real[Symbol.dispose]();
  }

  async #parsedAll(): Promise<void> {
    if (!this.#closed) await this.real.commands();
    while (!this.#closed && this.real.pending > 0) await new Promise((resolve) => setImmediate(resolve));
    this.pending = 0;
  }
}
