/** Something to copy; where the browser cannot, it is selected, and the page says how. */

import check from 'lucide-static/icons/check.svg?raw';
import copy from 'lucide-static/icons/copy.svg?raw';
import { useRef, useState } from 'preact/hooks';
import { copyText } from '../../client/clipboard.ts';
import { lang } from '../../client/language.ts';
import { ROOM } from '../../client/words.ts';
import { Icon } from './Icon.tsx';

export function CopyField({
  id,
  label,
  value,
}: {
  readonly id: string;
  readonly label: string;
  readonly value: string;
}) {
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState<'copied' | 'by-hand' | null>(null);
  const press = async () => {
    const done = await copyText(value);
    setSaid(done ? 'copied' : 'by-hand');
    if (!done) field.current?.select();
  };
  return (
    <div class="field copy-field">
      <label for={id}>{label}</label>
      <div class="field-row">
        <input
          id={id}
          type="text"
          readOnly
          value={value}
          ref={field}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" class="quiet" onClick={press}>
          <Icon svg={said === 'copied' ? check : copy} />
          <span>{said === 'copied' ? ROOM.copied[lang] : ROOM.copy[lang]}</span>
        </button>
      </div>
      <p class="fine" role="status">
        {said === 'by-hand' ? ROOM.copyByHand[lang] : ''}
      </p>
    </div>
  );
}
