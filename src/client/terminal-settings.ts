/** How this reader likes the terminal; remembered in this browser, and true for every terminal of the page. */
import { effect, type Signal, signal } from '@preact/signals';
import type { Terminal } from '@xterm/xterm';
import { recall, remember } from './storage.ts';
import { FACES, type FaceName, FONT_SIZES } from './terminal-look.ts';
import { minimumContrast, THEME_NAMES, THEMES, type ThemeName } from './terminal-themes.ts';

export const CURSORS = ['block', 'bar', 'underline'] as const;
export type CursorName = (typeof CURSORS)[number];

export interface TerminalSettings {
  readonly fontPx: Signal<number>;
  readonly theme: Signal<ThemeName>;
  readonly face: Signal<FaceName>;
  readonly cursor: Signal<CursorName>;
  readonly blink: Signal<boolean>;
  readonly copyOnSelect: Signal<boolean>;
  readonly lineNumbers: Signal<boolean>;
  readonly screenReader: Signal<boolean>;
  readonly keyBar: Signal<boolean>;
  readonly inputLine: Signal<boolean>;
  /** One size larger or smaller; at the end of the sizes nothing happens. */
  readonly step: (by: 1 | -1) => void;
}

/** What the device suggests, until its reader has chosen. */
interface Device {
  readonly touch: boolean;
  /** Its reader asked for less motion. */
  readonly calm: boolean;
}

/** `narrow`: text and terminal are two tabs. */
export function terminalSettings(narrow: boolean, { touch, calm }: Device = thisDevice()): TerminalSettings {
  const fontPx = kept('terminal.font', narrow ? 12 : 15, oneOf(FONT_SIZES, Number), String);
  return {
    fontPx,
    theme: kept('terminal.theme', 'night', oneOf(THEME_NAMES, String), String),
    face: kept('terminal.face', 'plus', oneOf(FACE_NAMES, String), String),
    cursor: kept('terminal.cursor', 'block', oneOf(CURSORS, String), String),
    blink: keptSwitch('terminal.blink', !calm),
    copyOnSelect: keptSwitch('terminal.copy', !touch),
    lineNumbers: keptSwitch('terminal.numbers', false),
    screenReader: keptSwitch('terminal.reader', false),
    keyBar: keptSwitch('terminal.keys', narrow || touch),
    inputLine: keptSwitch('terminal.line', touch),
    step: (by) => {
      const next = FONT_SIZES[SIZES.indexOf(fontPx.peek()) + by];
      if (next !== undefined) fontPx.value = next;
    },
  };
}

function thisDevice(): Device {
  return {
    touch: matchMedia('(pointer: coarse)').matches,
    calm: matchMedia('(prefers-reduced-motion: reduce)').matches,
  };
}

/** Lets a terminal follow the settings, now and as they change; gives back what ends that. */
export function dress(term: Terminal, settings: TerminalSettings): () => void {
  return effect(() => {
    term.options = {
      cursorBlink: settings.blink.value,
      cursorStyle: settings.cursor.value,
      fontFamily: FACES[settings.face.value],
      minimumContrastRatio: minimumContrast(settings.theme.value),
      screenReaderMode: settings.screenReader.value,
      theme: THEMES[settings.theme.value].colours,
    };
  });
}

const SIZES: readonly number[] = FONT_SIZES;
const FACE_NAMES = ['plus', 'system'] as const satisfies readonly FaceName[];

type Read<T> = (stored: string) => T | undefined;

function oneOf<T>(all: readonly T[], parse: (stored: string) => unknown): Read<T> {
  return (stored) => all.find((one) => one === parse(stored));
}

function kept<T>(key: string, fallback: T, read: Read<T>, write: (value: T) => string): Signal<T> {
  const stored = recall(key);
  const setting = signal((stored === null ? undefined : read(stored)) ?? fallback);
  let first = true;
  effect(() => {
    const text = write(setting.value);
    // What nobody chose is not remembered: a later, better default may still come.
    if (!first) remember(key, text);
    first = false;
  });
  return setting;
}

function keptSwitch(key: string, fallback: boolean): Signal<boolean> {
  return kept<boolean>(
    key,
    fallback,
    (stored) => (stored === 'on' ? true : stored === 'off' ? false : undefined),
    (on) => (on ? 'on' : 'off'),
  );
}
