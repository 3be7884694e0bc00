import { describe, expect, it } from 'vitest';
import { minimumContrast, THEME_NAMES, THEMES } from '../../../src/client/terminal-themes.ts';

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(colour: string): number {
  const channels = [1, 3, 5].map((from) => {
    const share = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = channels;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const NOT_TEXT = ['background', 'cursorAccent', 'selectionBackground'];

describe.each(THEME_NAMES)('theme %s', (name) => {
  const { colours, search } = THEMES[name];
  const background = String(colours.background);

  it('CLIENT-15 all its sixteen colours, the text and the cursor are readable on its background', () => {
    const all = Object.entries(colours).filter(([role]) => !NOT_TEXT.includes(role));
    expect(all).toHaveLength(18);
    const weak = all
      .map(([role, colour]) => ({ role, ratio: contrast(String(colour), background) }))
      .filter(({ ratio }) => ratio < minimumContrast(name));
    expect(weak).toEqual([]);
  });

  it('CLIENT-15 text stays readable where it is selected or found', () => {
    const foreground = String(colours.foreground);
    const behind = [colours.selectionBackground, search.matchBackground, search.activeMatchBackground];
    for (const one of behind) expect(contrast(foreground, String(one))).toBeGreaterThanOrEqual(4.5);
  });
});
