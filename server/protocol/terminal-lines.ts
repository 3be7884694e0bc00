/**
 * What xterm.js 6.0.0 makes depend on how many lines a terminal keeps above its screen, or on where the
 * edge of a window was: evened out on the page and in the mirror alike. A mirror keeps few lines and a
 * page many; who came late has few of them yet. The same output must leave the same screen on all.
 */

interface Line {
  readonly length: number;
  getWidth(x: number): number;
  setCell(x: number, cell: object): void;
  resize(cols: number, fill: object): unknown;
}

interface Lines {
  readonly length: number;
  get(y: number): Line | undefined;
  maxLength: number;
  trimStart(count: number): void;
  onTrim(listener: (count: number) => void): unknown;
}

interface Screenful {
  readonly lines: Lines;
  /** Lines above the screen. */
  ybase: number;
  /** The first line that is looked at. */
  ydisp: number;
  /** Counted from the first line that is kept. */
  savedY: number;
  readonly tabs: Record<number, boolean | undefined>;
  getNullCell(): object;
  _getCorrectBufferLength(rows: number): number;
}

interface Screens {
  readonly normal: Screenful;
  readonly alt: Screenful;
  resize(cols: number, rows: number): void;
  onBufferActivate(listener: () => void): unknown;
}

interface Core {
  readonly buffers: Screens;
  readonly _inputHandler: { readonly _parser: { precedingJoinState: number } };
}

/** Before anything is written to it. Throws when this xterm.js keeps its lines elsewhere. */
export function evenOut(terminal: { readonly cols: number; readonly rows: number }): void {
  const { buffers, _inputHandler } = coreOf(terminal);
  keepSavedLine(buffers);
  resizeWithRoom(terminal, buffers, (cols, rows) => {
    for (const screenful of [buffers.normal, buffers.alt]) cut(screenful, cols);
    // An empty one keeps the room that it had.
    if (buffers.alt.lines.length <= rows) buffers.alt.lines.maxLength = rows;
    // It would join what comes next to the cell at the cursor, wherever that has been moved.
    _inputHandler._parser.precedingJoinState = 0;
  });
}

function coreOf(terminal: object): Core {
  const core: unknown = Reflect.get(terminal, '_core');
  const found = (path: string) =>
    path.split('.').reduce<unknown>((at, name) => Reflect.get(Object(at), name), core);
  for (const path of [
    'buffers.resize',
    'buffers.onBufferActivate',
    'buffers.normal._getCorrectBufferLength',
  ]) {
    if (typeof found(path) !== 'function')
      throw new Error(`xterm.js has no ${path}: its insides have changed`);
  }
  for (const path of [
    'buffers.normal.lines.maxLength',
    'buffers.normal.savedY',
    '_inputHandler._parser.precedingJoinState',
  ]) {
    if (typeof found(path) !== 'number') throw new Error(`xterm.js has no ${path}: its insides have changed`);
  }
  // Each field that is not a method of these has just been found.
  return core as Core;
}

/**
 * A saved cursor stays with its line while lines gather above the screen, and would stay with its number
 * when some are dropped: with its row once no more are kept, with none when they are erased.
 */
function keepSavedLine(buffers: Screens): void {
  let followed: Screenful | null = null;
  const follow = () => {
    const { normal } = buffers;
    if (normal === followed) return; // the other screen came or went, and no reset made new ones
    followed = normal;
    normal.lines.onTrim((count) => {
      normal.savedY -= count;
    });
  };
  follow();
  buffers.onBufferActivate(follow);
}

/**
 * Where lines become more because they are wrapped, xterm.js counts wrongly as soon as no more can be
 * kept: the saved cursor falls to the bottom, and other lines than the cursor's are left unwrapped. With
 * room for all it does not; what is too much goes afterwards.
 */
function resizeWithRoom(
  terminal: { readonly cols: number },
  buffers: Screens,
  resized: (cols: number, rows: number) => void,
): void {
  const { resize } = buffers;
  let wide = terminal.cols;
  buffers.resize = (cols, rows) => {
    const { normal } = buffers;
    const most = normal._getCorrectBufferLength(rows);
    // A wide character may not fit into the last column.
    const wrapped = Math.max(1, Math.ceil(wide / Math.max(1, cols - 1)));
    const room = Math.max(most, normal.lines.length * wrapped + rows);
    wide = cols;
    normal._getCorrectBufferLength = () => room;
    try {
      resize.call(buffers, cols, rows);
    } finally {
      Reflect.deleteProperty(normal, '_getCorrectBufferLength');
    }
    const above = Math.max(0, normal.lines.length - most);
    if (above > 0) normal.lines.trimStart(above);
    normal.ybase = Math.max(0, normal.ybase - above);
    normal.ydisp = Math.max(0, normal.ydisp - above);
    normal.lines.maxLength = most;
    resized(cols, rows);
  };
}

/** Beyond the edge nothing is kept: neither the half of a wide character, nor cells of a line, nor tab stops. */
function cut(screenful: Screenful, cols: number): void {
  const { lines, tabs } = screenful;
  for (let y = 0; y < lines.length; y += 1) {
    const line = lines.get(y);
    if (line === undefined) continue;
    if (line.length > cols) line.resize(cols, screenful.getNullCell());
    if (line.getWidth(cols - 1) === 2) line.setCell(cols - 1, screenful.getNullCell());
  }
  for (const x of Object.keys(tabs)) if (Number(x) >= cols) delete tabs[Number(x)];
}
