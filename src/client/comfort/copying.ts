/** What is selected with the mouse is copied, as people know it from terminals; a finger takes what is in sight. */
import type { Terminal } from '@xterm/xterm';
import { copyText } from '../clipboard.ts';

interface Copying {
  readonly wanted: () => boolean;
  readonly copied: () => void;
}

/** Only what a mouse selected in this terminal: a match of the search is selected too. */
export function copySelections(term: Terminal, box: HTMLElement, { wanted, copied }: Copying): () => void {
  let before: string | null = null;
  const down = (event: PointerEvent) => {
    before = event.button === 0 && event.pointerType !== 'touch' ? term.getSelection() : null;
  };
  const up = () => {
    if (before === null) return;
    const earlier = before;
    before = null;
    // xterm settles the selection in its own listener for the same press.
    setTimeout(() => {
      const text = term.getSelection();
      if (!wanted() || text === '' || text === earlier) return;
      void copyText(text).then((done) => done && copied());
    });
  };
  box.addEventListener('pointerdown', down, { capture: true });
  document.addEventListener('pointerup', up);
  return () => {
    box.removeEventListener('pointerdown', down, { capture: true });
    document.removeEventListener('pointerup', up);
  };
}

/** The rows in sight: wrapped ones joined as they were written, blank ones at the end left out. */
export function textInSight({ buffer, rows }: Pick<Terminal, 'buffer' | 'rows'>): string {
  const { active } = buffer;
  let text = '';
  for (let row = active.viewportY; row < active.viewportY + rows; row += 1) {
    const line = active.getLine(row);
    const goesOn = active.getLine(row + 1)?.isWrapped === true;
    if (line !== undefined) text += line.translateToString(!goesOn) + (goesOn ? '' : '\n');
  }
  return text.trimEnd();
}
