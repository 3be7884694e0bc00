/** Colours of the terminal. All sixteen, and the text, are readable (AA) on the background of their theme. */
import type { ITheme } from '@xterm/xterm';

export const THEME_NAMES = ['night', 'paper', 'contrast'] as const;
export type ThemeName = (typeof THEME_NAMES)[number];

/** How matches of a search are marked; the addon takes #RRGGBB alone. */
export interface SearchColours {
  readonly matchBackground: string;
  readonly matchOverviewRuler: string;
  readonly activeMatchBackground: string;
  readonly activeMatchBorder: string;
  readonly activeMatchColorOverviewRuler: string;
}

interface TerminalTheme {
  readonly colours: ITheme;
  readonly search: SearchColours;
}

const NIGHT: TerminalTheme = {
  colours: {
    background: '#191511',
    foreground: '#ece5d8',
    cursor: '#f0917a',
    cursorAccent: '#191511',
    selectionBackground: '#5b4a36',
    black: '#8a7f6f',
    red: '#f0917a',
    green: '#a9c687',
    yellow: '#e3c07a',
    blue: '#a5bfe3',
    magenta: '#d3a9cf',
    cyan: '#92c7bd',
    white: '#d8cfbf',
    brightBlack: '#a09481',
    brightRed: '#f7ae9b',
    brightGreen: '#c2daa5',
    brightYellow: '#f0d79f',
    brightBlue: '#c4d6ef',
    brightMagenta: '#e4c7e1',
    brightCyan: '#b4dcd4',
    brightWhite: '#fffaf0',
  },
  search: {
    matchBackground: '#4a3f1e',
    matchOverviewRuler: '#e3c07a',
    activeMatchBackground: '#7a4f2b',
    activeMatchBorder: '#f0d79f',
    activeMatchColorOverviewRuler: '#f0917a',
  },
};

/** On paper "white" is a grey: a program that writes in white means to be read. */
const PAPER: TerminalTheme = {
  colours: {
    background: '#faf7f1',
    foreground: '#22201c',
    cursor: '#a93f28',
    cursorAccent: '#faf7f1',
    selectionBackground: '#dcc9ae',
    black: '#22201c',
    red: '#a93f28',
    green: '#476128',
    yellow: '#7d5410',
    blue: '#26456e',
    magenta: '#7a3b73',
    cyan: '#1f6259',
    white: '#6b6153',
    brightBlack: '#5a5247',
    brightRed: '#b3402a',
    brightGreen: '#4f6c2c',
    brightYellow: '#855a12',
    brightBlue: '#31578a',
    brightMagenta: '#8a4882',
    brightCyan: '#276e64',
    brightWhite: '#746a5b',
  },
  search: {
    matchBackground: '#f1e2b4',
    matchOverviewRuler: '#7d5410',
    activeMatchBackground: '#f2c9a0',
    activeMatchBorder: '#a93f28',
    activeMatchColorOverviewRuler: '#a93f28',
  },
};

const CONTRAST: TerminalTheme = {
  colours: {
    background: '#000000',
    foreground: '#ffffff',
    cursor: '#ffd54a',
    cursorAccent: '#000000',
    selectionBackground: '#004c99',
    black: '#b0b0b0',
    red: '#ff9d8a',
    green: '#9df07c',
    yellow: '#ffe066',
    blue: '#9ccbff',
    magenta: '#ffb0f4',
    cyan: '#7ff0e4',
    white: '#f2f2f2',
    brightBlack: '#c8c8c8',
    brightRed: '#ffbdb0',
    brightGreen: '#c2ffab',
    brightYellow: '#fff0a3',
    brightBlue: '#c4e0ff',
    brightMagenta: '#ffd3f9',
    brightCyan: '#b3fff7',
    brightWhite: '#ffffff',
  },
  search: {
    matchBackground: '#4d4300',
    matchOverviewRuler: '#ffe066',
    activeMatchBackground: '#7a3d00',
    activeMatchBorder: '#ffe066',
    activeMatchColorOverviewRuler: '#ff9d8a',
  },
};

export const THEMES: Readonly<Record<ThemeName, TerminalTheme>> = {
  night: NIGHT,
  paper: PAPER,
  contrast: CONTRAST,
};

/** What xterm is asked to keep between any two colours that a program chooses (WCAG AA; AAA). */
export function minimumContrast(theme: ThemeName): number {
  return theme === 'contrast' ? 7 : 4.5;
}
