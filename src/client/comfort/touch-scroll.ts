/** A finger goes back through the output: xterm 6.0.0 hears the wheel and its own scrollbar, and no finger. */
import type { Terminal } from '@xterm/xterm';

/** What it needs of a terminal. */
export type ScrollTarget = Pick<Terminal, 'buffer' | 'modes' | 'rows' | 'scrollLines'>;

interface Finger {
  readonly id: number;
  readonly x: number;
  readonly from: number;
  y: number;
  /** Moved and not yet a whole row. */
  rest: number;
  scrolls: boolean;
}

/** Below it a press is a tap, which gives the focus. */
const TAP_PX = 10;

/**
 * Sideways the browser pans over a wide screen (`touch-action`); up and down is ours. `mayType`: only then may
 * a program that has the whole screen, or the mouse, hear of it as of a wheel.
 */
export function scrollByTouch(term: ScrollTarget, box: HTMLElement, mayType: () => boolean): () => void {
  let finger: Finger | null = null;
  const screen = () => box.querySelector('.xterm-screen') ?? box;
  const down = (event: PointerEvent) => {
    if (event.pointerType !== 'touch') return;
    // A second finger zooms.
    finger = event.isPrimary
      ? {
          id: event.pointerId,
          x: event.clientX,
          from: event.clientY,
          y: event.clientY,
          rest: 0,
          scrolls: false,
        }
      : null;
  };
  const move = (event: PointerEvent) => {
    if (finger === null || event.pointerId !== finger.id) return;
    finger.scrolls ||= Math.abs(event.clientY - finger.from) > TAP_PX;
    if (!finger.scrolls) return;
    const moved = panned(box, finger.y - event.clientY) + finger.rest;
    finger.y = event.clientY;
    const row = screen().getBoundingClientRect().height / term.rows;
    const lines = Math.trunc(moved / row);
    finger.rest = moved - lines * row;
    if (lines !== 0) scroll(term, screen(), lines, mayType, finger);
  };
  const up = (event: PointerEvent) => {
    if (event.pointerId === finger?.id) finger = null;
  };
  const heard = [
    ['pointerdown', down],
    ['pointermove', move],
    ['pointerup', up],
    ['pointercancel', up],
  ] as const;
  for (const [name, hear] of heard) box.addEventListener(name, hear, { passive: true });
  return () => {
    for (const [name, hear] of heard) box.removeEventListener(name, hear);
  };
}

/** A screen that is higher than its place moves first; what is left of the way comes back. */
function panned(box: HTMLElement, way: number): number {
  const before = box.scrollTop;
  box.scrollTop += way;
  return way - (box.scrollTop - before);
}

function scroll(
  term: ScrollTarget,
  screen: Element,
  lines: number,
  mayType: () => boolean,
  { x, y }: Finger,
): void {
  const programs = term.buffer.active.type === 'alternate' || term.modes.mouseTrackingMode !== 'none';
  if (!programs) {
    term.scrollLines(lines);
    return;
  }
  if (!mayType()) return;
  // xterm makes one key, or one report, of each event.
  for (let at = 0; at < Math.abs(lines); at += 1) {
    screen.dispatchEvent(
      new WheelEvent('wheel', {
        deltaMode: WheelEvent.DOM_DELTA_LINE,
        deltaY: Math.sign(lines),
        clientX: x,
        clientY: y,
        bubbles: true,
        cancelable: true,
      }),
    );
  }
}
