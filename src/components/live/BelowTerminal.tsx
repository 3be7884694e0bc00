/** Between the terminal and its foot: how the shell ended, the commands as text, and other ways to type. */
import type { Signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { CommandView } from '#protocol/messages.ts';
import type { ListedCommand } from '../../client/comfort/command-words.ts';
import type { Place } from '../../client/comfort/menu-trigger.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import type { RoomSession } from '../../client/room-session.ts';
import type { TerminalDeck } from '../../client/terminal-deck.ts';
import { whyNot } from '../../client/why-not.ts';
import { LINE } from '../../client/words-terminal.ts';
import type { Comfort } from './comfort.tsx';
import { EndedBar } from './EndedBar.tsx';
import { ExtraKeys, MenuButton } from './ExtraKeys.tsx';
import { InputLine, type Recall } from './InputLine.tsx';
import { Transcript } from './Transcript.tsx';

interface Props {
  readonly session: RoomSession;
  readonly deck: TerminalDeck;
  readonly comfort: Comfort;
  readonly listOpen: Signal<boolean>;
}

export function BelowTerminal({ session, deck, comfort, listOpen }: Props) {
  const info = session.terminal.value;
  const { settings, held } = comfort;
  const type = (data: string) => deck.type(data);
  const menu = (at: Place) => deck.view !== null && comfort.openMenu(deck.view, at);
  const recall = useRef<Recall | null>(null);
  const keyboard = session.room.value?.keyboard;
  useEffect(
    () => comfort.keyboardMoved(session.name(keyboard?.driver ?? null)),
    [comfort, session, keyboard?.epoch, keyboard?.driver],
  );
  return (
    <>
      {info?.state.status === 'exited' && (
        <EndedBar
          code={info.state.code}
          signal={info.state.signal}
          again={session.driving ? () => void session.startShell().then(() => deck.focus()) : null}
        />
      )}
      {listOpen.value && info !== null && (
        <Commands
          key={info.terminal}
          session={session}
          terminal={info.terminal}
          alive={info.state.status === 'running'}
        />
      )}
      {mayType(session) && settings.inputLine.value && (
        <InputLine
          type={type}
          held={held}
          closed={session.driving ? whyNot(session) : whoseTurn(session)}
          composing={(on) => session.driving && session.send({ t: 'composing', on })}
          doubtful={(line, write) => comfort.fullWidthLine(line, write)}
          recall={recall}
          pasted={(text) => deck.view !== null && comfort.guard.offer(deck.view.term, text)}
        />
      )}
      {session.driving && settings.keyBar.value ? (
        <ExtraKeys
          type={(data) => type(held.take(data))}
          held={held}
          applicationCursor={() => deck.view?.term.modes.applicationCursorKeysMode === true}
          inputLine={settings.inputLine}
          menu={menu}
          recall={recall}
        />
      ) : (
        info !== null && (
          // Shown for a finger only; everybody else has a right button.
          <div class="touch-tools">
            <MenuButton open={menu} />
          </div>
        )
      )}
    </>
  );
}

/** Who only watches has nothing to type with: no key that could not work is shown. */
function mayType(session: RoomSession): boolean {
  const me = session.room.value?.members[session.you.value];
  return me?.mayTakePart === true && me.part !== 'watching';
}

function whoseTurn(session: RoomSession): string {
  const name = session.name(session.room.value?.keyboard.driver ?? null);
  return name === '' ? LINE.nobody[lang] : fill(LINE.theirs[lang], { name });
}

interface CommandsProps {
  readonly session: RoomSession;
  readonly terminal: number;
  /** Its shell runs; with a shell that is gone, nothing does any more. */
  readonly alive: boolean;
}

function Commands({ session, terminal, alive }: CommandsProps) {
  useEffect(() => {
    session.followCommands(terminal, true);
    return () => session.followCommands(terminal, false);
  }, [session, terminal]);
  const commands = session.commands.value[terminal];
  const room = session.room.value;
  const listed = useMemo(
    () => commands?.map((one) => listedAs(one, room?.members[one.by ?? '']?.name ?? '', alive)) ?? null,
    [commands, room, alive],
  );
  return <Transcript commands={listed} />;
}

function listedAs(command: CommandView, by: string, alive: boolean): ListedCommand {
  const cut = !alive && command.state.status === 'running';
  return { ...command, by, state: cut ? { status: 'done', exit: null } : command.state };
}
