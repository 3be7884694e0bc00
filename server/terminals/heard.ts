/** What a program told the terminal, xterm.js did at once, and nothing in it remembers. */
import type { Terminal } from '@xterm/headless';

/** Text, background, cursor. */
const SPECIAL = [10, 11, 12] as const;
const COLOURS = 256;
/** The spellings that xterm.js reads; none is longer than 18. */
const SPEC =
  /^(?:#(?:[\da-f]{3}){1,4}|rgb:[\da-f](?:\/[\da-f]){2}|rgb:[\da-f]{2}(?:\/[\da-f]{2}){2}|rgb:[\da-f]{3}(?:\/[\da-f]{3}){2}|rgb:[\da-f]{4}(?:\/[\da-f]{4}){2})$/i;

export class Heard {
  /** By the beginning of the sequence that sets it: at most 259. */
  readonly #colours = new Map<string, string>();
  #blink: boolean | null = null;

  constructor(terminal: Terminal) {
    const { parser } = terminal;
    parser.registerOscHandler(4, (data) => this.#indexed(data.split(';')));
    parser.registerOscHandler(104, (data) => this.#restored(data));
    for (const [at, code] of SPECIAL.entries()) {
      parser.registerOscHandler(code, (data) => this.#special(data.split(';'), at));
      parser.registerOscHandler(code + 100, () => {
        this.#colours.delete(`${code}`);
        return false;
      });
    }
    parser.registerCsiHandler({ prefix: '?', final: 'h' }, (params) => this.#mode(params, true));
    parser.registerCsiHandler({ prefix: '?', final: 'l' }, (params) => this.#mode(params, false));
  }

  /** Into a terminal of any past: a reset leaves these as they are. */
  sequences(): string {
    let all = '\x1b]104\x1b\\';
    for (const code of SPECIAL) all += `\x1b]${code + 100}\x1b\\`;
    for (const [what, spec] of this.#colours) all += `\x1b]${what};${spec}\x1b\\`;
    return this.#blink === null ? all : `${all}\x1b[?12${this.#blink ? 'h' : 'l'}`;
  }

  #indexed(slots: readonly string[]): boolean {
    for (let i = 0; i + 1 < slots.length; i += 2) {
      const index = slots[i] ?? '';
      const spec = slots[i + 1] ?? '';
      if (/^\d+$/.test(index) && Number(index) < COLOURS && SPEC.test(spec)) {
        this.#colours.set(`4;${Number(index)}`, spec);
      }
    }
    return false;
  }

  #restored(data: string): boolean {
    const all = data === '';
    const gone = all ? [...this.#colours.keys()] : data.split(';').map((index) => `4;${Number(index)}`);
    for (const key of gone) if (key.startsWith('4;')) this.#colours.delete(key);
    return false;
  }

  #special(specs: readonly string[], from: number): boolean {
    for (const [i, spec] of specs.entries()) {
      const code = SPECIAL[from + i];
      if (code !== undefined && SPEC.test(spec)) this.#colours.set(`${code}`, spec);
    }
    return false;
  }

  #mode(params: readonly (number | number[])[], on: boolean): boolean {
    if (params.includes(12)) this.#blink = on;
    return false;
  }
}
