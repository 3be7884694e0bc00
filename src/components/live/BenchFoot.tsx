/** Under the terminal: how the line is, whose size it has, and the few settings that it needs. */

import { type Signal, useSignal } from '@preact/signals';
import listIcon from 'lucide-static/icons/list.svg?raw';
import searchIcon from 'lucide-static/icons/search.svg?raw';
import settingsIcon from 'lucide-static/icons/settings.svg?raw';
import wifiOff from 'lucide-static/icons/wifi-off.svg?raw';
import { useEffect } from 'preact/hooks';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { recallInTab, rememberInTab } from '../../client/storage.ts';
import type { TerminalDeck } from '../../client/terminal-deck.ts';
import { BENCH, ROOM } from '../../client/words.ts';
import { SEARCH, SETTINGS, TRANSCRIPT } from '../../client/words-terminal.ts';
import type { Comfort } from './comfort.tsx';
import { Icon } from './Icon.tsx';

const SAME_SHELL_MS = 6000;

interface Props {
  readonly session: RoomSession;
  readonly deck: TerminalDeck;
  readonly comfort: Comfort;
  readonly listOpen: Signal<boolean>;
}

export function BenchFoot({ session, deck, comfort, listOpen }: Props) {
  const { settings } = comfort;
  return (
    <div class="foot-row">
      <Status session={session} deck={deck} />
      <div class="foot-tools">
        <span class="foot-hint">{BENCH.leave[lang]}</span>
        <Tool
          svg={listIcon}
          says={listOpen.value ? TRANSCRIPT.hide[lang] : TRANSCRIPT.show[lang]}
          pressed={listOpen.value}
          press={() => {
            listOpen.value = !listOpen.peek();
          }}
        />
        <Tool
          svg={searchIcon}
          says={SEARCH.open[lang]}
          press={() => deck.view !== null && comfort.search(deck.view)}
        />
        <span class="foot-sizes">
          <button
            type="button"
            class="night-button"
            title={BENCH.smaller[lang]}
            onClick={() => settings.step(-1)}
          >
            <span aria-hidden="true">A−</span>
            <span class="visually-hidden">{BENCH.smaller[lang]}</span>
          </button>
          <button
            type="button"
            class="night-button"
            title={BENCH.bigger[lang]}
            onClick={() => settings.step(1)}
          >
            <span aria-hidden="true">A＋</span>
            <span class="visually-hidden">{BENCH.bigger[lang]}</span>
          </button>
        </span>
        <Tool
          svg={settingsIcon}
          says={SETTINGS.title[lang]}
          press={() => {
            comfort.settingsOpen.value = true;
          }}
        />
      </div>
    </div>
  );
}

interface ToolProps {
  readonly svg: string;
  readonly says: string;
  readonly press: () => void;
  readonly pressed?: boolean;
}

function Tool({ svg, says, press, pressed }: ToolProps) {
  return (
    <button
      type="button"
      class="night-button"
      title={says}
      aria-label={says}
      {...(pressed === undefined ? {} : { 'aria-expanded': pressed })}
      onClick={press}
    >
      <Icon svg={svg} />
    </button>
  );
}

function Status({ session, deck }: Pick<Props, 'session' | 'deck'>) {
  const line = session.line.value;
  const lost = line.status === 'lost' || (line.status === 'connecting' && session.welcomes.value > 0);
  const said = useCameBack(session) ? BENCH.same[lang] : '';
  return (
    <div class="foot-status">
      {/* It is there before it says anything: one that comes with its text is not always read out. */}
      <p class={lost ? 'foot-said foot-lost' : 'foot-said'} role="status">
        {lost ? <Lost /> : said}
      </p>
      {!lost && <Now session={session} deck={deck} quiet={said !== ''} />}
    </div>
  );
}

function Lost() {
  return (
    <>
      <Icon svg={wifiOff} />
      <span>{BENCH.offline[lang]}</span>
    </>
  );
}

/** True for a while after a way back to the same shell. */
function useCameBack(session: RoomSession): boolean {
  const back = useSignal(false);
  const welcomes = session.welcomes.value;
  useEffect(() => {
    // After a restart of the server the shell is another one, and that is said elsewhere.
    const running = session.terminal.peek()?.state.status === 'running';
    const cameBack = welcomes > 1 || (welcomes === 1 && recallInTab('room') === session.id);
    if (welcomes > 0) rememberInTab('room', session.id);
    if (!cameBack || session.lost.peek() !== null || !running) return;
    back.value = true;
    const timer = setTimeout(() => {
      back.value = false;
    }, SAME_SHELL_MS);
    return () => {
      clearTimeout(timer);
      back.value = false;
    };
  }, [welcomes, back, session]);
  const state = session.terminal.value?.state.status;
  return back.value && (state === 'running' || state === 'starting');
}

interface NowProps extends Pick<Props, 'session' | 'deck'> {
  /** Something of more weight is being said. */
  readonly quiet: boolean;
}

/** How it is now; nothing of it is news. */
function Now({ session, deck: { view }, quiet }: NowProps) {
  const state = session.terminal.value?.state.status;
  if (state === 'exited' || state === 'failed') return <p>{BENCH.closed[lang]}</p>;
  // Before there is a shell, its cover says what one waits for: nothing that is typed arrives.
  if (quiet || state === 'starting') return null;
  if (session.driving) {
    return (
      <>
        <p class="foot-live">{BENCH.yours[lang]}</p>
        {view?.scaled.value && (
          <button type="button" class="text-button" onClick={() => view.adopt()}>
            {BENCH.adopt[lang]}
          </button>
        )}
      </>
    );
  }
  const cells = view?.cells.value ?? null;
  if (cells === null) return null;
  const name = session.name(session.room.value?.keyboard.driver ?? null);
  return (
    <p>
      {name === ''
        ? ROOM.nowNobody[lang]
        : fill(BENCH.scaled[lang], { name, cols: cells.cols, rows: cells.rows })}
    </p>
  );
}
