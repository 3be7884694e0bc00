import { computed } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { TerminalChoice } from '../../../src/client/terminal-choice.ts';

/** A driver's page and a server that repeats each new choice to it, later. */
function driver() {
  const choice = new TerminalChoice();
  choice.frontMoved(1, true);
  const late: number[] = [];
  let front = 1;
  const seen: number[] = [];
  const looks = computed(() => choice.chosen.value ?? choice.front.value);
  looks.subscribe((terminal) => seen.push(terminal));
  return {
    choice,
    seen,
    show(terminal: number) {
      choice.choose(terminal);
      choice.said(terminal);
      if (terminal !== front) late.push(terminal);
      front = terminal;
    },
    hearOne() {
      const next = late.shift();
      if (next !== undefined) choice.frontMoved(next, true);
    },
    others(terminal: number) {
      front = terminal;
      choice.frontMoved(terminal, true);
    },
  };
}

describe('which terminal a page looks at', () => {
  it('TERM-16 a driver who goes on before the answer came stays where they went', () => {
    const page = driver();
    page.show(2);
    page.show(3);
    page.hearOne();
    page.hearOne();
    expect(page.seen).toEqual([1, 2, 3]);
    expect(page.choice.chosen.value).toBeNull();
  });

  it('TERM-16 also there and back again, with the same one pressed twice', () => {
    const page = driver();
    for (const terminal of [2, 2, 1, 2]) page.show(terminal);
    for (let n = 0; n < 3; n += 1) page.hearOne();
    expect(page.seen).toEqual([1, 2, 1, 2]);
    expect(page.choice.chosen.value).toBeNull();
  });

  it('TERM-16 another window of the driver, or a terminal just opened, leads on', () => {
    const page = driver();
    page.show(2);
    page.hearOne();
    page.others(4);
    expect(page.seen).toEqual([1, 2, 4]);
    page.show(4);
    page.others(3);
    expect(page.seen).toEqual([1, 2, 4, 3]);
  });

  it('TERM-16 who watches keeps a choice of their own, and follows again where they met the driver', () => {
    const choice = new TerminalChoice();
    choice.frontMoved(1, false);
    choice.choose(2);
    choice.frontMoved(3, false);
    expect(choice.chosen.value).toBe(2);
    choice.frontMoved(2, false);
    expect(choice.chosen.value).toBe(2);
    choice.frontMoved(1, false);
    expect(choice.chosen.value).toBeNull();
  });

  it('TERM-16 a choice made while the line was lost is said again', () => {
    const page = driver();
    page.choice.choose(2);
    page.choice.said(2);
    expect(page.choice.unheard()).toBe(2);
    page.choice.follow();
    expect(page.choice.unheard()).toBeNull();
  });
});
