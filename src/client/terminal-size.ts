/** Sizes: a driver's window decides the cells, everybody else's window decides only the letters. */
import { COLS, DEFAULT_SIZE, ROWS } from '#protocol/limits.ts';
import { type CellShape, LINE_HEIGHT } from './terminal-look.ts';

export interface Cells {
  readonly cols: number;
  readonly rows: number;
}

/** Within what the server takes. */
export function bounded({ cols, rows }: Cells): Cells {
  return {
    cols: Math.min(COLS.max, Math.max(COLS.min, Math.floor(cols))),
    rows: Math.min(ROWS.max, Math.max(ROWS.min, Math.floor(rows))),
  };
}

/** A hand-over changes the size only where the old one is too small to share. */
export function tooSmallToShare({ cols, rows }: Cells): boolean {
  return cols < DEFAULT_SIZE.cols || rows < DEFAULT_SIZE.rows;
}

/** Below it nobody reads Japanese: a phone rather pans over the driver's wide screen. */
const SMALLEST_PX = 9;
const LARGEST_PX = 28;

/** The largest letters with which all cells still fit into `width` × `height` pixels. */
export function fontSizeFor(cells: Cells, width: number, height: number, shape: CellShape): number {
  const byWidth = width / (cells.cols * shape.widthPerPx);
  const byHeight = height / (cells.rows * shape.heightPerPx);
  let size = Math.min(LARGEST_PX, Math.floor(Math.min(byWidth, byHeight) * 2) / 2);
  while (size > SMALLEST_PX && cells.rows * rowHeight(size, shape) > height) size -= 0.5;
  return Math.max(SMALLEST_PX, size);
}

/** xterm makes rows of whole pixels: rounded up for the letters, down with the space between lines. */
function rowHeight(px: number, { heightPerPx }: CellShape): number {
  return Math.floor(Math.ceil((px * heightPerPx) / LINE_HEIGHT) * LINE_HEIGHT);
}
