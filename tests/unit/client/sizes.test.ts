import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLS, ROWS } from '../../../server/protocol/limits.ts';
import { boundedShare } from '../../../src/client/divider.ts';
import { bounded, fontSizeFor, tooSmallToShare } from '../../../src/client/terminal-size.ts';

const cell = { widthPerPx: 0.5, heightPerPx: 1.5 };

describe('sizes', () => {
  it('CLIENT-10 keeps the divider where both sides can be read', () => {
    expect([-4, 25, 46.04, 300].map(boundedShare)).toEqual([25, 25, 46, 75]);
  });

  it('CLIENT-10 sends only sizes that the server takes', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), (cols, rows) => {
        const cells = bounded({ cols, rows });
        expect(cells.cols).toBeGreaterThanOrEqual(COLS.min);
        expect(cells.cols).toBeLessThanOrEqual(COLS.max);
        expect(cells.rows).toBeGreaterThanOrEqual(ROWS.min);
        expect(cells.rows).toBeLessThanOrEqual(ROWS.max);
      }),
    );
  });

  it('CLIENT-10 scales letters until all cells of the other window fit', () => {
    const px = fontSizeFor({ cols: 100, rows: 30 }, 700, 900, cell);
    expect(px).toBe(14);
    expect(100 * px * cell.widthPerPx).toBeLessThanOrEqual(700);
    // Rows are whole pixels: 29 of them at 13.5 px are 609 pixels high, and not 587.
    expect(fontSizeFor({ cols: 99, rows: 29 }, 752, 601, cell)).toBe(13);
    expect(fontSizeFor({ cols: 400, rows: 200 }, 300, 300, cell)).toBe(9);
    expect(fontSizeFor({ cols: 20, rows: 5 }, 4000, 4000, cell)).toBe(28);
  });

  it('CLIENT-10 changes the size at a hand-over only below 80×24', () => {
    expect(tooSmallToShare({ cols: 79, rows: 40 })).toBe(true);
    expect(tooSmallToShare({ cols: 80, rows: 24 })).toBe(false);
  });
});
