const TAIL_CHARACTERS = 4096;
/** A line of a log without an end: what of it is kept while it goes on. */
const WORK_CHARACTERS = 4 * TAIL_CHARACTERS;

const [ESC, CSI, BEL, ST] = ['\u001b', '\u009b', '\u0007', '\u009c'];
/**
 * Sequences for a terminal (ECMA-48, 5.4 and 5.6). A learner's words can stand in a log: no character is
 * looked at more than twice, whatever they are. Node's own pattern takes 0.3 s for a log of ours.
 */
const SEQUENCES = new RegExp(
  [
    `(?:${ESC}\\[|${CSI})[0-?]*[ -/]*[@-~]?`,
    // A title or the like; without an end, at most the rest of its line.
    `${ESC}[PX\\]^_][^${BEL}${ESC}${ST}\n]*(?:${BEL}|${ST}|${ESC}\\\\)?`,
    `${ESC}[ -/]*[0-~]?`,
  ].join('|'),
  'g',
);

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
    const plain = this.#text
      .replaceAll(SEQUENCES, '')
      .replaceAll('\r\n', '\n')
      .replaceAll(/[^\P{C}\n\t]/gu, '');
    if (plain.length <= TAIL_CHARACTERS) return plain;
    const tail = plain.slice(-TAIL_CHARACTERS);
    const line = tail.indexOf('\n');
    return line < 0 ? tail : tail.slice(line + 1);
  }
}
