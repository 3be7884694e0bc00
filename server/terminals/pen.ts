/** The attributes with which a terminal writes, as the sequence that sets them. */
import { type Attributes, BG, COLOUR, FG, type Inside } from './xterm-inside.ts';

type Colours = Pick<Attributes, 'fg' | 'bg'>;

export const PLAIN: Attributes = { fg: 0, bg: 0, extended: { _ext: 0, urlId: 0 } };

const FG_FLAGS = [
  [FG.bold, 1],
  [FG.blink, 5],
  [FG.inverse, 7],
  [FG.invisible, 8],
  [FG.strikethrough, 9],
] as const;
const BG_FLAGS = [
  [BG.dim, 2],
  [BG.italic, 3],
  [BG.overline, 53],
] as const;
/** Everything that DECSC keeps, but for the underline, switched off one by one. */
const OFF = '22;23;25;27;28;29;39;49;55';

/** Only the colour of the background: what erasing leaves in a cell. */
export function erased(bg: number): number {
  return bg & (COLOUR.mode | COLOUR.rgb);
}

export function samePen(one: Attributes, other: Attributes): boolean {
  return (
    // Of lines they are unsigned, of the pen that is on they are not.
    (one.fg ^ other.fg) === 0 &&
    (one.bg ^ other.bg) === 0 &&
    (one.extended === other.extended ||
      !((one.bg | other.bg) & BG.extended) ||
      (one.extended._ext === other.extended._ext && one.extended.urlId === other.extended.urlId))
  );
}

/** SGR from whatever was on before. */
export function sgr(pen: Attributes): string {
  const { fg, bg } = pen;
  if (fg === 0 && bg === 0) return '\x1b[m';
  return `\x1b[0${colours(pen)}${underline(fg, bg, pen.extended._ext)}m${protection(bg)}`;
}

/**
 * The pen that is on, with what does not show yet: the colour of an underline that is to come, and the
 * half-set underline that xterm.js has after a cursor was restored. `saved`: what ESC 8 would bring back; null when it
 * would bring back another character set, too.
 */
export function standingPen(core: Inside, pen: Attributes, saved: Colours | null): string {
  const { fg, bg, extended } = pen;
  const style = (extended._ext >> 26) & 7;
  const whole =
    Boolean(fg & FG.underline) === style > 0 &&
    Boolean(bg & BG.extended) === (style > 0 || extended.urlId !== 0);
  const hidden = extended._ext & (COLOUR.mode | COLOUR.rgb) ? underlineColour(extended._ext) : '';
  const set = `\x1b[0${hidden}m${openLink(core, extended.urlId)}`;
  const same = (bits: number, a: number, b: number) => ((a ^ b) & bits) === 0;
  const restorable = saved !== null && same(FG.underline, fg, saved.fg) && same(BG.extended, bg, saved.bg);
  // What shows is right in any case.
  if (!whole && !restorable) return openLink(core, bg & BG.extended ? extended.urlId : 0) + sgr(pen);
  if (whole) {
    return `${set}\x1b[${(colours(pen) + underlineStyle(fg, style)).slice(1) || '22'}m${protection(bg)}`;
  }
  const before = style > 0 ? `\x1b[4:${style}m` : '';
  return `${set}${before}\x1b8\x1b[${OFF}${colours(pen)}m\x1b[0"q${protection(bg)}`;
}

/** The pen for DECSC, which keeps of an underline only that there is one. */
export function savedPen({ fg, bg }: Colours): string {
  const bare = `\x1b[0${colours({ fg, bg })}${fg & FG.underline ? ';4' : ''}m${protection(bg)}`;
  const linked = bg & BG.extended && !(fg & FG.underline);
  return linked ? `${bare}\x1b]8;;about:blank\x1b\\` : bare;
}

export const CLOSE_LINK = '\x1b]8;;\x1b\\';

/** Closes the one before, too. */
export function openLink(core: Inside, urlId: number): string {
  const link = urlId === 0 ? undefined : core._oscLinkService.getLinkData(urlId);
  if (link === undefined) return CLOSE_LINK;
  return `\x1b]8;${link.id === undefined ? '' : `id=${link.id}`};${link.uri}\x1b\\`;
}

/** DECSCA: cells that selective erasing leaves alone. Off after SGR 0, in xterm.js. */
function protection(bg: number): string {
  return bg & BG.protected ? '\x1b[1"q' : '';
}

function colours({ fg, bg }: Colours): string {
  let codes = '';
  for (const [bit, code] of FG_FLAGS) if (fg & bit) codes += `;${code}`;
  for (const [bit, code] of BG_FLAGS) if (bg & bit) codes += `;${code}`;
  if (fg & COLOUR.mode) codes += colour(fg, 38);
  if (bg & COLOUR.mode) codes += colour(bg, 48);
  return codes;
}

function colour(bits: number, extended: 38 | 48): string {
  const mode = bits & COLOUR.mode;
  if (mode === COLOUR.mode) return `;${extended};2;${(bits >> 16) & 255};${(bits >> 8) & 255};${bits & 255}`;
  const index = bits & 255;
  if (mode === COLOUR.p256) return `;${extended};5;${index}`;
  // 30–37 and 40–47, and their bright ones from 90 and 100 on.
  return `;${extended - 8 + (index & 7) + (index & 8 ? 60 : 0)}`;
}

function underline(fg: number, bg: number, ext: number): string {
  if (!(bg & BG.extended)) return fg & FG.underline ? ';4' : '';
  return underlineStyle(fg, (ext >> 26) & 7) + (ext & COLOUR.mode ? underlineColour(ext) : '');
}

function underlineStyle(fg: number, style: number): string {
  if (!(fg & FG.underline) || style === 0) return '';
  return style === 1 ? ';4' : `;4:${style}`;
}

function underlineColour(ext: number): string {
  if ((ext & COLOUR.mode) === COLOUR.p256) return `;58;5;${ext & 255}`;
  return `;58;2;${(ext >> 16) & 255};${(ext >> 8) & 255};${ext & 255}`;
}
