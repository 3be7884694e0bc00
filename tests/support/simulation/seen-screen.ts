/**
 * The screen of a simulated client: a real headless terminal that parses when the simulation says so, and
 * a record of what it was given, by offset.
 */
import type { Terminal } from '@xterm/headless';
import type { StreamScreen } from '../../../src/client/terminal-stream.ts';
import { writeNow } from './write-now.ts';

/** Output without a break: after a screen that was drawn at `from`, or from the beginning. */
export interface Stretch {
  readonly from: number;
  readonly bytes: Uint8Array[];
  length: number;
}

export class SeenScreen implements StreamScreen {
  readonly #terminal: Terminal;
  readonly #waiting: (() => void)[] = [];
  readonly stretches: Stretch[] = [];
  readonly #offsets: number[] = [];
  /** Screens that came and were not handed over yet. */
  unpacking = 0;
  parses = true;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  get cols(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  get idle(): boolean {
    return this.#waiting.length === 0;
  }

  /** A screen came: it will be written when it is unpacked. */
  expect(offset: number): void {
    this.#offsets.push(offset);
    this.unpacking += 1;
  }

  write(data: string | Uint8Array, parsed?: () => void): void {
    if (typeof data === 'string' && data !== '') this.unpacking -= 1;
    this.#waiting.push(() => {
      if (typeof data !== 'string') this.#record(data);
      else if (data !== '') this.stretches.push({ from: this.#offsets.shift() ?? -1, bytes: [], length: 0 });
      if (data.length > 0) writeNow(this.#terminal, data);
      parsed?.();
    });
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows);
  }

  /** Parses what it was given. */
  parse(): void {
    while (this.parses) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next();
    }
  }

  #record(bytes: Uint8Array): void {
    const stretch = this.stretches.at(-1);
    if (stretch === undefined) throw new Error('output before the first screen');
    stretch.bytes.push(bytes.slice());
    stretch.length += bytes.length;
  }
}
