/** The dialog that is open, if any. */
import { lang } from '../../client/language.ts';
import type { RoomActions } from '../../client/room-actions.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { BENCH, ROOM } from '../../client/words.ts';
import { Dialog } from './Dialog.tsx';
import { GiveDialog } from './GiveDialog.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import { KeysDialog } from './KeysDialog.tsx';

export function Sheets({
  session,
  actions,
}: {
  readonly session: RoomSession;
  readonly actions: RoomActions;
}) {
  const sheet = actions.sheet.value;
  if (sheet === null) return null;
  if (sheet === 'keys') return <KeysDialog actions={actions} />;
  if (sheet === 'give') return <GiveDialog session={session} actions={actions} />;
  if (sheet.kind === 'invite') return <InviteDialog {...sheet} actions={actions} />;
  return (
    <Dialog title={BENCH.openLink[lang]} close={() => actions.show(null)}>
      <p class="uri">
        <code>{sheet.uri}</code>
      </p>
      <div class="dialog-buttons">
        <a
          class="button"
          href={sheet.uri}
          target="_blank"
          rel="noopener noreferrer"
          onClick={() => actions.show(null)}
        >
          {BENCH.open[lang]}
        </a>
        <button type="button" class="quiet" onClick={() => actions.show(null)}>
          {ROOM.cancel[lang]}
        </button>
      </div>
    </Dialog>
  );
}
