/** Above the terminal: which ones there are, another one, two side by side. */
import columns from 'lucide-static/icons/columns-2.svg?raw';
import plus from 'lucide-static/icons/plus.svg?raw';
import x from 'lucide-static/icons/x.svg?raw';
import { useEffect, useRef } from 'preact/hooks';
import type { TerminalInfo } from '#protocol/messages.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import type { RoomActions } from '../../client/room-actions.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { paneId, type TerminalDeck, tabId } from '../../client/terminal-deck.ts';
import { TABS } from '../../client/words-tabs.ts';
import { FilesButton, type FilesTab } from './files/files-tab.tsx';
import { Icon } from './Icon.tsx';

interface Props {
  readonly session: RoomSession;
  readonly deck: TerminalDeck;
  readonly actions: RoomActions;
  readonly files: FilesTab;
}

export function TerminalTabs({ session, deck, actions, files }: Props) {
  const terminals = session.terminals.value;
  const focused = deck.focused.value;
  const shown = deck.shown.value;
  const several = terminals.length > 1;
  const driver = session.name(session.room.value?.keyboard.driver ?? null);
  useEffect(() => {
    document.getElementById(tabId(focused))?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [focused, terminals.length]);
  const count = useRef(terminals.length);
  useEffect(() => {
    const closed = terminals.length < count.current;
    count.current = terminals.length;
    // The button that closed it is gone, or of no more use: what is left goes on.
    const at = document.activeElement;
    if (closed && session.driving && (at === document.body || at?.closest('.tabs-row'))) deck.focus();
  }, [terminals.length, session, deck]);
  const step = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = terminals.findIndex(({ terminal }) => terminal === focused);
    const next = terminals[(at + by + terminals.length) % terminals.length];
    if (next === undefined) return;
    deck.show(next.terminal, { focus: false });
    document.getElementById(tabId(next.terminal))?.focus();
  };
  return (
    <div class="tabs-row">
      <FilesButton tab={files} />
      <div class="terminal-tabs" role="tablist" aria-label={TABS.label[lang]} onKeyDown={step}>
        {terminals.map((info, index) => (
          <button
            key={info.terminal}
            id={tabId(info.terminal)}
            type="button"
            role="tab"
            class={shown.includes(info.terminal) ? 'terminal-tab is-shown' : 'terminal-tab'}
            aria-selected={info.terminal === focused}
            aria-controls={paneId(info.terminal)}
            tabIndex={info.terminal === focused ? 0 : -1}
            onClick={() => {
              files.close();
              deck.show(info.terminal);
            }}
          >
            <Label info={info} number={index + 1} title={deck.titleOf(info.terminal)} />
            {!session.driving && several && driver !== '' && info.terminal === session.front.value && (
              <span class="tab-driver">{fill(TABS.drives[lang], { name: driver })}</span>
            )}
          </button>
        ))}
      </div>
      {!session.driving && driver !== '' && deck.wanders.value && (
        <button type="button" class="text-button" onClick={() => deck.followFront()}>
          {fill(TABS.follow[lang], { name: driver })}
        </button>
      )}
      <div class="tabs-tools">
        {several && (
          <Tool
            icon={columns}
            label={TABS.split[lang]}
            wideOnly
            pressed={deck.isSplit.value}
            press={(event) => {
              deck.split(!deck.isSplit.peek());
              // After a press of the mouse one goes on typing; by keyboard, one goes on here.
              if (event.detail > 0) deck.focus();
            }}
          />
        )}
        {session.driving && several && (
          <Tool icon={x} label={TABS.close[lang]} press={() => actions.closeTerminal(focused)} />
        )}
        {session.driving && (
          <Tool
            icon={plus}
            label={TABS.open[lang]}
            press={() => void actions.openTerminal().then((opened) => opened && deck.focus())}
          />
        )}
      </div>
    </div>
  );
}

interface LabelProps {
  readonly info: TerminalInfo;
  readonly number: number;
  /** What the program calls itself: untrusted, shown as text and cut. */
  readonly title: string;
}

const LONGEST = 22;

function Label({ info, number, title }: LabelProps) {
  const ended = info.state.status === 'exited' || info.state.status === 'failed';
  const name = info.command ?? (title === '' ? TABS.shell[lang] : title);
  return (
    <>
      <span class="tab-number">{number}</span>
      <span class="tab-name">{ended ? TABS.ended[lang] : cut(name)}</span>
    </>
  );
}

function cut(text: string): string {
  const letters = [...text];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join('')}…` : text;
}

interface ToolProps {
  readonly icon: string;
  readonly label: string;
  readonly press: (event: MouseEvent) => void;
  readonly pressed?: boolean;
  /** Of no use on a phone. */
  readonly wideOnly?: boolean;
}

function Tool({ icon, label, press, pressed, wideOnly = false }: ToolProps) {
  return (
    <button
      type="button"
      class={wideOnly ? 'night-button wide-only' : 'night-button'}
      title={label}
      aria-label={label}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      onClick={press}
    >
      <Icon svg={icon} />
    </button>
  );
}
