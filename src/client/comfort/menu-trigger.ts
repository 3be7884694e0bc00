/** Where a terminal's own menu opens, and when the right button is somebody else's. */
import type { Terminal } from '@xterm/xterm';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Beside the cursor: for the menu key, which points nowhere. */
export function besideCursor(term: Terminal, box: HTMLElement): Place {
  const screen = (box.querySelector('.xterm-screen') ?? box).getBoundingClientRect();
  const { cursorX, cursorY } = term.buffer.active;
  return {
    x: screen.left + (screen.width / term.cols) * (cursorX + 1),
    y: screen.top + (screen.height / term.rows) * (cursorY + 1),
  };
}

/**
 * Right click opens our menu; with Shift it is the browser's. A program that asked for the mouse (htop, vim)
 * gets the click, and no menu covers what it does. A long press of a finger is the browser's too.
 */
export function watchRightClick(term: Terminal, box: HTMLElement, open: (at: Place) => void): () => void {
  let byTouch = false;
  const down = (event: PointerEvent) => {
    byTouch = event.pointerType === 'touch';
  };
  const menu = (event: MouseEvent) => {
    if (event.shiftKey || byTouch) return;
    event.preventDefault();
    // xterm would move its hidden text field under the pointer, for the browser's menu.
    event.stopImmediatePropagation();
    // The menu key reaches us as a key before; this is what the browser makes of it.
    // On a Mac, Ctrl with the only button is the right one.
    const asked = event.button === 2 || event.ctrlKey;
    if (!asked || term.modes.mouseTrackingMode !== 'none') return;
    open({ x: event.clientX, y: event.clientY });
  };
  box.addEventListener('pointerdown', down, { capture: true });
  box.addEventListener('contextmenu', menu, { capture: true });
  return () => {
    box.removeEventListener('pointerdown', down, { capture: true });
    box.removeEventListener('contextmenu', menu, { capture: true });
  };
}
