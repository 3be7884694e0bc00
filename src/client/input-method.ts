/**
 * xterm 6.0.0 leaves its hidden text field where the cursor was when it got the focus, so that the
 * candidates of a Japanese input method open far from the cursor: put it there when composing begins.
 */
import type { Terminal } from '@xterm/xterm';

export function followInputMethod(term: Terminal, box: HTMLElement): void {
  const field = term.textarea;
  if (field === undefined) return;
  field.addEventListener('compositionstart', () => {
    const screen = box.querySelector('.xterm-screen');
    if (screen === null) return;
    const { width, height } = screen.getBoundingClientRect();
    const cellHeight = height / term.rows;
    field.style.left = `${(width / term.cols) * term.buffer.active.cursorX}px`;
    field.style.top = `${cellHeight * term.buffer.active.cursorY}px`;
    field.style.lineHeight = `${cellHeight}px`;
    field.style.height = `${cellHeight}px`;
  });
}

/** Tells when a conversion begins and ends: until then the keyboard should stay with whoever composes. */
export function followComposition(box: HTMLElement, tell: (on: boolean) => void): void {
  box.addEventListener('compositionstart', () => tell(true));
  box.addEventListener('compositionend', () => tell(false));
}
