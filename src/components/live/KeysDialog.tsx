/** The sheet of keys. */
import { onMac } from '../../client/comfort/shortcuts.ts';
import { lang } from '../../client/language.ts';
import type { RoomActions } from '../../client/room-actions.ts';
import { FILES } from '../../client/words-files.ts';
import { KEYS } from '../../client/words-terminal.ts';
import { Dialog } from './Dialog.tsx';

const CLIPBOARD = onMac()
  ? { copy: ['⌘', 'C'], paste: ['⌘', 'V'] }
  : { copy: ['Ctrl', 'Shift', 'C'], paste: ['Ctrl', 'Shift', 'V'] };

const SHEET = [
  { keys: ['F6'], says: KEYS.f6 },
  { keys: ['F8'], says: KEYS.f8 },
  { keys: CLIPBOARD.copy, says: KEYS.copy },
  { keys: CLIPBOARD.paste, says: KEYS.paste },
  { keys: ['Ctrl', 'Shift', 'F'], says: KEYS.search },
  { keys: ['Shift', 'F10'], says: KEYS.menu },
  { keys: ['Shift', 'PageUp'], says: KEYS.scroll },
  { keys: [onMac() ? '⌘' : 'Ctrl', 'S'], says: FILES.saveKey },
  { keys: ['←', '→'], says: KEYS.divider },
  { keys: ['?'], says: KEYS.sheet },
] as const;

export function KeysDialog({ actions }: { readonly actions: RoomActions }) {
  return (
    <Dialog title={KEYS.title[lang]} close={() => actions.show(null)}>
      <dl class="key-sheet">
        {SHEET.map(({ keys, says }) => (
          <div key={says.en}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{says[lang]}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
