/** Handing over: to whom, and one sentence that is already written. */
import { useState } from 'preact/hooks';
import { NOTE_LENGTH } from '#protocol/limits.ts';
import { suggestedNext } from '#protocol/rotation.ts';
import { fill } from '../../client/fill.ts';
import { stepsOnPage } from '../../client/lab-page.ts';
import { lang } from '../../client/language.ts';
import type { RoomActions } from '../../client/room-actions.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { ROOM } from '../../client/words.ts';
import { TABS } from '../../client/words-tabs.ts';
import { Dialog } from './Dialog.tsx';

interface Props {
  readonly session: RoomSession;
  readonly actions: RoomActions;
}

export function GiveDialog({ session, actions }: Props) {
  const room = session.room.value;
  const suggested = room === null ? null : suggestedNext(room);
  const [to, setTo] = useState(suggested);
  const [note, setNote] = useState(() => firstNote(session));
  if (room === null) return null;
  const running = whatRuns(session);
  const able = Object.entries(room.members).filter(
    ([id, member]) =>
      id !== room.keyboard.driver &&
      member.connections > 0 &&
      member.mayTakePart &&
      member.part !== 'watching',
  );
  const send = (event: Event) => {
    event.preventDefault();
    actions.show(null);
    if (to !== null) void actions.do({ type: 'give', to, note: note.trim() === '' ? null : note.trim() });
  };
  return (
    <Dialog title={ROOM.giveTo[lang]} close={() => actions.show(null)}>
      {able.length === 0 ? (
        <p>{ROOM.giveNobody[lang]}</p>
      ) : (
        <form class="give" onSubmit={send}>
          {running !== '' && <p>{fill(TABS.running[lang], { commands: running })}</p>}
          <div class="choices" role="radiogroup" aria-label={ROOM.giveTo[lang]}>
            {able.map(([id, member]) => (
              <label key={id} class="choice">
                <input type="radio" name="to" value={id} checked={to === id} onChange={() => setTo(id)} />
                <span>{fill(ROOM.san[lang], { name: member.name })}</span>
                {room.requests.includes(id) && <span class="tag">{ROOM.asked[lang]}</span>}
              </label>
            ))}
          </div>
          <div class="field">
            <label for="note">{ROOM.note[lang]}</label>
            <input
              id="note"
              type="text"
              maxLength={NOTE_LENGTH}
              value={note}
              onInput={(event) => setNote(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229))
                  event.preventDefault();
              }}
            />
          </div>
          <div class="dialog-buttons">
            {/* The suggestion is right most of the time: F8, Enter. */}
            <button type="submit" class="button live" disabled={to === null} data-first>
              {to === null ? ROOM.giveMenu[lang] : fill(ROOM.give[lang], { name: session.name(to) })}
            </button>
            <button type="button" class="quiet" onClick={() => actions.show(null)}>
              {ROOM.cancel[lang]}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

/** The commands of all terminals, each with the number of its tab where there are several. */
function whatRuns(session: RoomSession): string {
  const terminals = session.terminals.value;
  const each = terminals.length > 1 ? TABS.commandAt : TABS.command;
  return terminals
    .flatMap(({ command }, at) => (command === null ? [] : [fill(each[lang], { n: at + 1, command })]))
    .join(TABS.and[lang]);
}

/** 「いま◯◯まで。次は◯◯です」, from the first task that is still open. */
function firstNote(session: RoomSession): string {
  const tasks = stepsOnPage().flatMap((step) => step.tasks);
  const passed = (id: string) => session.room.value?.tasks[id]?.report.status === 'pass';
  const at = tasks.findIndex((task) => !passed(task.id));
  const next = tasks[at]?.title;
  const done = tasks[at - 1]?.title;
  if (next === undefined) return '';
  return done === undefined
    ? fill(ROOM.noteLast[lang], { now: next })
    : fill(ROOM.noteFirst[lang], { now: done, next });
}
