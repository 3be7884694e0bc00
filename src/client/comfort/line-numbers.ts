/**
 * Numbers beside the rows that people can say aloud: 「17行目を見て」. Everybody in a room has the same rows,
 * so the screen counts 1, 2, … from its top for all, and what has scrolled away −1, −2, … upwards.
 */
import type { Terminal } from '@xterm/xterm';

/** The number of a row of the buffer; there is no row 0. */
export function lineNumber(bufferRow: number, baseRow: number): number {
  const fromTop = bufferRow - baseRow;
  return fromTop < 0 ? fromTop : fromTop + 1;
}

/** A true minus sign: a hyphen beside a digit is easily overlooked. */
export function spoken(number: number): string {
  return number < 0 ? `−${-number}` : String(number);
}

/** A gutter for one terminal, which makes itself room beside `box`. Nothing is there while it is off. */
export class LineNumbers {
  readonly #term: Terminal;
  readonly #box: HTMLElement;
  #shown: { readonly gutter: HTMLElement; readonly stop: () => void } | null = null;
  #drawn = '';

  constructor(term: Terminal, box: HTMLElement) {
    this.#term = term;
    this.#box = box;
  }

  show(on: boolean): void {
    if (on === (this.#shown !== null)) return;
    if (on) this.#begin();
    else this.#end();
  }

  dispose(): void {
    this.#end();
  }

  #begin(): void {
    const gutter = document.createElement('div');
    gutter.className = 'line-numbers';
    gutter.setAttribute('aria-hidden', 'true');
    this.#box.before(gutter);
    this.#box.classList.add('is-numbered');
    const draw = () => this.#draw(gutter);
    const place = () => this.#place(gutter);
    const sizes = new ResizeObserver(place);
    const screen = this.#box.querySelector('.xterm-screen');
    if (screen !== null) sizes.observe(screen);
    sizes.observe(this.#box);
    this.#box.addEventListener('scroll', place, { passive: true }); // a phone pans over a wide screen
    const heard = [this.#term.onRender(draw), this.#term.onScroll(draw), this.#term.onResize(place)];
    this.#shown = {
      gutter,
      stop: () => {
        sizes.disconnect();
        this.#box.removeEventListener('scroll', place);
        for (const one of heard) one.dispose();
      },
    };
    place();
  }

  #end(): void {
    this.#shown?.stop();
    this.#shown?.gutter.remove();
    this.#box.classList.remove('is-numbered');
    this.#shown = null;
    this.#drawn = '';
  }

  /** Where the rows stand: asked of the page only when something has moved. */
  #place(gutter: HTMLElement): void {
    const screen = this.#box.querySelector('.xterm-screen');
    if (screen === null) return;
    const { top, height } = screen.getBoundingClientRect();
    gutter.style.setProperty('--row', `${height / this.#term.rows}px`);
    gutter.style.setProperty('--from', `${top - gutter.getBoundingClientRect().top}px`);
    gutter.style.setProperty('--letter', `${this.#term.options.fontSize ?? 15}px`);
    this.#draw(gutter);
  }

  #draw(gutter: HTMLElement): void {
    const { viewportY, baseY } = this.#term.buffer.active;
    const now = `${viewportY - baseY}/${this.#term.rows}`;
    if (now === this.#drawn && gutter.childElementCount > 0) return;
    this.#drawn = now;
    const rows = Array.from({ length: this.#term.rows }, (_, row) => {
      const line = document.createElement('span');
      line.textContent = spoken(lineNumber(viewportY + row, baseY));
      return line;
    });
    const list = document.createElement('div');
    list.append(...rows);
    gutter.replaceChildren(list);
  }
}
