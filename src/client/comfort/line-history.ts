/** Lines that were sent from the input line, and the way back to the one that was being written. */

const KEPT_LINES = 100;

export class LineHistory {
  #sent: string[] = [];
  /** Where one looks; the length means: at the line being written. */
  #at = 0;
  #draft = '';

  add(line: string): void {
    if (line.trim() !== '' && line !== this.#sent.at(-1))
      this.#sent = [...this.#sent, line].slice(-KEPT_LINES);
    this.#at = this.#sent.length;
    this.#draft = '';
  }

  /** Null: there is nothing older. `written` is kept, so that one can come back to it. */
  older(written: string): string | null {
    if (this.#at === this.#sent.length) this.#draft = written;
    const line = this.#sent[this.#at - 1];
    if (line === undefined) return null;
    this.#at -= 1;
    return line;
  }

  newer(): string | null {
    if (this.#at >= this.#sent.length) return null;
    this.#at += 1;
    return this.#sent[this.#at] ?? this.#draft;
  }
}
