/** The platform's own dialog: focus kept inside, Esc closes, the page behind is inert. */

import x from 'lucide-static/icons/x.svg?raw';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { lang } from '../../client/language.ts';
import { ROOM } from '../../client/words.ts';
import { Icon } from './Icon.tsx';

interface Props {
  readonly title: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
  readonly wide?: boolean;
  /** At the side, over the whole height; the whole screen of a phone. */
  readonly drawer?: boolean;
}

export function Dialog({ title, close, children, wide = false, drawer = false }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.setAttribute('closedby', 'any'); // a press outside closes too; newer than the types of JSX
    dialog.current?.showModal();
    // The platform would pick the close button; what people came for is a better place to begin.
    const first = dialog.current?.querySelector<HTMLElement>('[data-first]');
    (first ?? dialog.current?.querySelector<HTMLElement>('#dialog-title'))?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      class={drawer ? 'dialog dialog-drawer' : wide ? 'dialog dialog-wide' : 'dialog'}
      ref={dialog}
      aria-labelledby="dialog-title"
      onClose={close}
    >
      <div class="dialog-in">
        <header class="dialog-head">
          <h2 id="dialog-title" tabIndex={-1}>
            {title}
          </h2>
          <button
            type="button"
            class="icon-button"
            aria-label={ROOM.close[lang]}
            onClick={() => dialog.current?.close()}
          >
            <Icon svg={x} />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
