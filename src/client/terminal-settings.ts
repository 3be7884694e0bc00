/** How this reader likes the terminal: size of letters, screen reader mode; remembered. */
import { type Signal, signal } from '@preact/signals';
import { recall, remember } from './storage.ts';
import { FONT_SIZES } from './terminal-look.ts';

export interface TerminalSettings {
  readonly fontPx: Signal<number>;
  readonly screenReader: Signal<boolean>;
  readonly step: (by: 1 | -1) => void;
  readonly setScreenReader: (on: boolean) => void;
}

export function terminalSettings(narrow: boolean): TerminalSettings {
  const known = Number(recall('terminal.font'));
  const fontPx = signal(FONT_SIZES.some((size) => size === known) ? known : narrow ? 12 : 15);
  const screenReader = signal(recall('terminal.reader') === 'on');
  return {
    fontPx,
    screenReader,
    step: (by) => {
      const index = FONT_SIZES.findIndex((size) => size === fontPx.value);
      const next = FONT_SIZES[index + by];
      if (next === undefined) return;
      fontPx.value = next;
      remember('terminal.font', String(next));
    },
    setScreenReader: (on) => {
      screenReader.value = on;
      remember('terminal.reader', on ? 'on' : null);
    },
  };
}
