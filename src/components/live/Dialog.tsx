/** The platform's own dialog: focus kept inside, Esc closes, the page behind is inert. */

import x from 'lucide-static/icons/x.svg?raw';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
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
  const gone = useRef(false);
  // Before the next key: an effect after the paint would leave it to what stands behind.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.setAttribute('closedby', 'any'); // a press outside closes too; newer than the types of JSX
    shown?.showModal();
    // The platform would pick the close button; what people came for is a better place to begin.
    const first = shown?.querySelector<HTMLElement>('[data-first]');
    (first ?? shown?.querySelector<HTMLElement>('#dialog-title'))?.focus();
    return () => {
      // Closing gives the focus back to where it was; while a dialog is open, nothing behind it can take it.
      gone.current = true;
      shown?.close();
    };
  }, []);
  return (
    <dialog
      class={drawer ? 'dialog dialog-drawer' : wide ? 'dialog dialog-wide' : 'dialog'}
      ref={dialog}
      aria-labelledby="dialog-title"
      onClose={() => gone.current || close()}
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
