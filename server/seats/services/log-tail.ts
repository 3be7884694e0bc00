import { stripVTControlCharacters } from 'node:util';

const TAIL_CHARACTERS = 4096;
/** A line of a log without an end: what of it is kept while it goes on. */
const WORK_CHARACTERS = 4 * TAIL_CHARACTERS;

/** The end of what a program prints, as text that can be shown anywhere. */
export class LogTail {
  readonly #decoder = new TextDecoder();
  #text = '';

  push(bytes: Uint8Array): void {
    this.add(this.#decoder.decode(bytes, { stream: true }));
  }

  add(text: string): void {
    this.#text = (this.#text + text.slice(-WORK_CHARACTERS)).slice(-WORK_CHARACTERS);
  }

  /** Whole lines, but where one alone is longer than what is kept. */
  get text(): string {
    const plain = stripVTControlCharacters(this.#text)
      .replaceAll('\r\n', '\n')
      .replaceAll(/[^\P{C}\n\t]/gu, '');
    if (plain.length <= TAIL_CHARACTERS) return plain;
    const tail = plain.slice(-TAIL_CHARACTERS);
    const line = tail.indexOf('\n');
    return line < 0 ? tail : tail.slice(line + 1);
  }
}
