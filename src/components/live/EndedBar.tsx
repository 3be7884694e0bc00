/** Under a shell that has ended: how it ended, and the way to begin again. Its last output stays in sight. */
import { useEffect, useRef } from 'preact/hooks';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import { BETWEEN } from '../../client/sentences.ts';
import { ENDED } from '../../client/words-terminal.ts';

interface Props {
  readonly code: number | null;
  readonly signal: string | null;
  /** Null for who does not hold the keyboard. */
  readonly again: (() => void) | null;
}

export function EndedBar({ code, signal, again }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // Whoever was typing into the shell that ended goes on from here.
    if (document.activeElement?.closest('.terminal')) button.current?.focus();
  }, []);
  return (
    <div class="ended-bar">
      <p role="status">
        <strong>{howItEnded(code, signal)}</strong>
        {BETWEEN[lang]}
        <span>{again === null ? ENDED.wait[lang] : ENDED.kept[lang]}</span>
      </p>
      {again !== null && (
        <button ref={button} type="button" class="button" onClick={again}>
          {ENDED.again[lang]}
        </button>
      )}
    </div>
  );
}

function howItEnded(code: number | null, signal: string | null): string {
  if (signal !== null) return fill(ENDED.signalled[lang], { signal });
  return code === null ? ENDED.unknown[lang] : fill(ENDED.exited[lang], { code });
}
