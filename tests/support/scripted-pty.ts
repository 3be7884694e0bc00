import type { Pty, PtyExit } from '../../server/sandbox/sandbox.ts';

/** A pty whose output the test writes; what is printed while paused waits, as in a real one. */
export class ScriptedPty implements Pty {
  readonly written: Buffer[] = [];
  paused = false;
  size: { cols: number; rows: number } | null = null;
  #data: (chunk: Uint8Array) => void = () => undefined;
  #exit: (exit: PtyExit) => void = () => undefined;
  #waiting: Uint8Array[] = [];

  print(output: string | Uint8Array): void {
    const chunk = typeof output === 'string' ? Buffer.from(output) : output;
    if (this.paused) this.#waiting.push(chunk);
    else this.#data(chunk);
  }
  exit(exit: PtyExit): void {
    this.resume();
    this.#exit(exit);
  }

  onData(handler: (chunk: Uint8Array) => void): void {
    this.#data = handler;
  }
  onExit(handler: (exit: PtyExit) => void): void {
    this.#exit = handler;
  }
  onEcho(): void {}
  write(bytes: Uint8Array): void {
    this.written.push(Buffer.from(bytes));
  }
  resize(cols: number, rows: number): void {
    this.size = { cols, rows };
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
    for (const chunk of this.#waiting.splice(0)) this.#data(chunk);
  }
  kill(): void {}
}
