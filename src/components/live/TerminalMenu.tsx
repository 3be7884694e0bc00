/** The terminal's own menu: by right click, by the menu key, by Shift+F10. Esc closes it. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { lang } from '../../client/language.ts';
import { MENU } from '../../client/words-terminal.ts';

export interface MenuItem {
  readonly id: string;
  readonly says: string;
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly press: () => void;
}

interface Props {
  /** In the window, where the pointer or the cursor is. */
  readonly at: { readonly x: number; readonly y: number };
  readonly items: readonly MenuItem[];
  /** `chosen`: the item does what it does next, and decides about the focus. */
  readonly close: (chosen: boolean) => void;
}

const FROM_EDGE = 6;

export function TerminalMenu({ at, items, close }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const buttons = () => [...(box.current?.querySelectorAll<HTMLElement>('button:not(:disabled)') ?? [])];
  useLayoutEffect(() => {
    // A phone's keyboard goes when the menu takes the focus, and the window becomes higher.
    const stand = () => {
      const menu = box.current;
      if (menu === null) return;
      const { width, height } = menu.getBoundingClientRect();
      menu.style.left = `${Math.max(FROM_EDGE, Math.min(at.x, innerWidth - width - FROM_EDGE))}px`;
      menu.style.top = `${Math.max(FROM_EDGE, Math.min(at.y, innerHeight - height - FROM_EDGE))}px`;
    };
    stand();
    buttons()[0]?.focus();
    addEventListener('resize', stand);
    return () => removeEventListener('resize', stand);
  }, [at]);
  useEffect(() => {
    const outside = (event: Event) => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) close(false);
    };
    const away = () => close(false);
    document.addEventListener('pointerdown', outside, { capture: true });
    addEventListener('blur', away);
    return () => {
      document.removeEventListener('pointerdown', outside, { capture: true });
      removeEventListener('blur', away);
    };
  }, [close]);
  const move = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      close(false);
      return;
    }
    const all = buttons();
    const index = document.activeElement instanceof HTMLElement ? all.indexOf(document.activeElement) : -1;
    const next = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all.at(next % all.length)?.focus();
  };
  return (
    <div
      ref={box}
      class="terminal-menu"
      role="menu"
      tabIndex={-1}
      aria-label={MENU.label[lang]}
      onKeyDown={move}
      onFocusOut={({ relatedTarget }) => {
        // Something else took the focus: a menu without it could not be left by keyboard.
        if (relatedTarget instanceof Node && !box.current?.contains(relatedTarget)) close(true);
      }}
      onContextMenu={(event) => event.preventDefault()}
    >
      {items.map(({ id, says, keys, disabled = false, press }) => (
        <button
          key={id}
          type="button"
          role="menuitem"
          tabIndex={-1}
          disabled={disabled}
          onClick={() => {
            close(true);
            press();
          }}
        >
          <span>{says}</span>
          {keys !== undefined && <span class="menu-keys">{keys}</span>}
        </button>
      ))}
    </div>
  );
}
