import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

interface Place {
  readonly element: Element;
  readonly row: number;
}

/** Whoever was on a row that is gone by now (deleted, renamed) goes on where it was, and not at the top of the page. */
export function useRowFocus(list: RefObject<HTMLElement | null>, view: unknown): void {
  const last = useRef<Place | null>(null);
  useEffect(() => {
    const box = list.current;
    const remember = ({ target }: FocusEvent) => {
      const row = target instanceof Element ? target.closest('tbody tr') : null;
      last.current =
        box === null || row === null || !(target instanceof Element)
          ? null
          : { element: target, row: rowsOf(box).indexOf(row) };
    };
    box?.addEventListener('focusin', remember);
    return () => box?.removeEventListener('focusin', remember);
  }, [list]);
  useLayoutEffect(() => {
    const place = last.current;
    const box = list.current;
    const lost = document.activeElement === document.body;
    if (place === null || box === null || place.element.isConnected || !lost) return;
    const rows = rowsOf(box);
    const next = rows[Math.min(place.row, rows.length - 1)]?.querySelector('button');
    (next ?? box.querySelector('button'))?.focus();
  }, [list, view]);
}

function rowsOf(box: Element): Element[] {
  return [...box.querySelectorAll('tbody tr')];
}
