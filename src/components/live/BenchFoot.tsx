/** Under the terminal: how the line is, whose size it has, and the few settings that it needs. */

import { useSignal } from '@preact/signals';
import wifiOff from 'lucide-static/icons/wifi-off.svg?raw';
import { useEffect } from 'preact/hooks';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import type { RoomSession } from '../../client/room-session.ts';
import type { TerminalDeck } from '../../client/terminal-deck.ts';
import type { TerminalSettings } from '../../client/terminal-settings.ts';
import { BENCH, ROOM } from '../../client/words.ts';
import { Icon } from './Icon.tsx';

const SAME_SHELL_MS = 6000;

interface Props {
  readonly session: RoomSession;
  readonly settings: TerminalSettings;
  readonly deck: TerminalDeck;
}

export function BenchFoot({ session, settings, deck }: Props) {
  return (
    <div class="foot-row">
      <Status session={session} deck={deck} />
      <div class="foot-tools">
        <span class="foot-hint">{BENCH.leave[lang]}</span>
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
        <label class="foot-switch">
          <input
            type="checkbox"
            checked={settings.screenReader.value}
            onChange={(event) => settings.setScreenReader(event.currentTarget.checked)}
          />
          <span class="foot-word">{BENCH.reader[lang]}</span>
        </label>
      </div>
    </div>
  );
}

function Status({ session, deck }: Omit<Props, 'settings'>) {
  const { view } = deck;
  const line = session.line.value;
  const back = useSignal(false);
  const welcomes = session.welcomes.value;
  useEffect(() => {
    // After a restart of the server the shell is another one, and that is said elsewhere.
    const running = session.terminal.peek()?.state.status === 'running';
    if (welcomes < 2 || session.lost.peek() !== null || !running) return;
    back.value = true;
    const timer = setTimeout(() => {
      back.value = false;
    }, SAME_SHELL_MS);
    return () => clearTimeout(timer);
  }, [welcomes, back, session]);

  if (line.status === 'lost' || (line.status === 'connecting' && welcomes > 0)) {
    return (
      <p class="foot-status foot-lost" role="status">
        <Icon svg={wifiOff} />
        <span>{BENCH.offline[lang]}</span>
      </p>
    );
  }
  const terminal = session.terminal.value;
  if (terminal !== null && terminal.state.status !== 'running' && terminal.state.status !== 'starting') {
    return <p class="foot-status">{BENCH.closed[lang]}</p>;
  }
  const driver = session.room.value?.keyboard.driver ?? null;
  if (back.value) {
    return (
      <p class="foot-status" role="status">
        {BENCH.same[lang]}
      </p>
    );
  }
  if (session.driving) {
    return (
      <p class="foot-status">
        <span class="foot-live">{BENCH.yours[lang]}</span>
        {view?.scaled.value && (
          <button type="button" class="text-button" onClick={() => view.adopt()}>
            {BENCH.adopt[lang]}
          </button>
        )}
      </p>
    );
  }
  const cells = view?.cells.value ?? null;
  if (cells === null) return <p class="foot-status" />;
  const name = session.name(driver);
  return (
    <p class="foot-status">
      {name === ''
        ? ROOM.nowNobody[lang]
        : fill(BENCH.scaled[lang], { name, cols: cells.cols, rows: cells.rows })}
    </p>
  );
}
