/** The dialog that is open, if any. */
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import type { RoomActions } from '../../client/room-actions.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { BENCH, ROOM } from '../../client/words.ts';
import { TABS } from '../../client/words-tabs.ts';
import { Dialog } from './Dialog.tsx';
import { GiveDialog } from './GiveDialog.tsx';
import { InviteDialog } from './InviteDialog.tsx';
import { KeysDialog } from './KeysDialog.tsx';
import { SeatPanel } from './SeatPanel.tsx';

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
  if (sheet === 'seat') return <SeatPanel session={session} actions={actions} />;
  if (sheet === 'give') return <GiveDialog session={session} actions={actions} />;
  if (sheet.kind === 'invite') return <InviteDialog {...sheet} actions={actions} />;
  if (sheet.kind === 'close-terminal') {
    const { terminal, command } = sheet;
    const n = session.terminals.value.findIndex((info) => info.terminal === terminal) + 1;
    return (
      <Dialog title={fill(TABS.askTitle[lang], { n })} close={() => actions.show(null)}>
        <p>{fill(TABS.askRunning[lang], { command })}</p>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={() => actions.closeTerminal(terminal, true)}>
            {TABS.askYes[lang]}
          </button>
          <button type="button" class="quiet" onClick={() => actions.show(null)}>
            {ROOM.cancel[lang]}
          </button>
        </div>
      </Dialog>
    );
  }
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
