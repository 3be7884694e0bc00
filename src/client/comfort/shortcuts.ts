/** Keys that mean something to the page and not to the program in the terminal. */

export type Shortcut =
  /** Copies the selection. */
  | 'copy'
  /** The browser pastes by itself; xterm must not make a key of it. */
  | 'paste'
  /** A paste that this browser does not make by itself: the page reads the clipboard. */
  | 'paste-asked'
  /** Ctrl+V: people mean a paste, the terminal means a literal key. */
  | 'paste-missed'
  | 'search'
  | 'menu'
  /** F6, F8: the page's own. */
  | 'page';

type Key = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'shiftKey' | 'altKey' | 'metaKey'>;

/** There the browser copies and pastes with ⌘, and knows no Ctrl+Shift+V. */
export function onMac(): boolean {
  return /^(Mac|iP)/.test(navigator.platform);
}

export function shortcutOf(
  { key, code, ctrlKey, shiftKey, altKey, metaKey }: Key,
  mac = onMac(),
): Shortcut | null {
  if (key === 'F6' || key === 'F8') return 'page';
  if (altKey || metaKey) return null; // ⌘C and ⌘V are the browser's and reach us as copy and paste
  if (key === 'ContextMenu' || (shiftKey && !ctrlKey && key === 'F10')) return 'menu';
  if (key === 'Insert' && ctrlKey !== shiftKey) return ctrlKey ? 'copy' : 'paste';
  if (!ctrlKey) return null;
  if (!shiftKey) return code === 'KeyV' ? 'paste-missed' : null;
  // By place, so that they stay where they are under any layout and input method.
  if (mac && code === 'KeyV') return 'paste-asked';
  return WITH_CTRL_SHIFT[code] ?? null;
}

const WITH_CTRL_SHIFT: Readonly<Record<string, Shortcut>> = { KeyC: 'copy', KeyV: 'paste', KeyF: 'search' };
