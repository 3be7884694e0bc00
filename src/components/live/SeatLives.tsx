/** Saved points, starting over, going on alone, and how long the seat lives. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { PointView } from '#protocol/seat.ts';
import { sentenceOf } from '../../client/api.ts';
import { moment } from '../../client/dates.ts';
import { fill } from '../../client/fill.ts';
import { stepTitle } from '../../client/lab-page.ts';
import { lang } from '../../client/language.ts';
import { goOnAlone, roomBefore, startOver, whyNoFork, whyNoReset } from '../../client/lives.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { LIVES } from '../../client/words-lives.ts';
import { SeatLease } from './SeatLease.tsx';

interface Props {
  readonly session: RoomSession;
  /** What is said of a reset stands on the page, not in the drawer. */
  readonly close: () => void;
}

type Asking =
  | { readonly kind: 'reset' }
  | { readonly kind: 'back'; readonly point: PointView }
  | { readonly kind: 'fork'; readonly point: string | null };

export function SeatLives({ session, close }: Props) {
  const asking = useSignal<Asking | null>(null);
  const said = useSignal('');
  const { points, unsaved } = session.seat.value;
  const noReset = whyNoReset(session);
  const noFork = whyNoFork(session);
  const before = roomBefore(session);

  const save = async () => {
    said.value = LIVES.saving[lang];
    const refusal = await session.savePoint();
    said.value = refusal === null ? LIVES.saved[lang] : sentenceOf(refusal, lang);
  };
  const goBack = async (point: PointView | null) => {
    close();
    const done =
      point === null ? LIVES.doneReset[lang] : fill(LIVES.doneBack[lang], { when: moment(point.at, lang) });
    await startOver(session, point?.id ?? null, done);
  };
  const fork = async (point: string | null, replace: boolean) => {
    said.value = LIVES.forking[lang];
    const outcome = await goOnAlone(session, { point, replace });
    if (outcome === 'gone') return;
    said.value = outcome === 'exists' ? '' : outcome;
    if (outcome === 'exists') asking.value = { kind: 'fork', point };
  };

  return (
    <section aria-labelledby="seat-lives" class="lives">
      <h3 id="seat-lives">{LIVES.title[lang]}</h3>
      <SeatLease session={session} />
      {unsaved !== null && (
        <p class="notice-box">
          {fill(LIVES.unsaved[unsaved.why][lang], { when: moment(unsaved.since, lang) })}
        </p>
      )}
      <p>{LIVES.what[lang]}</p>
      {noReset !== null && (
        <p id="lives-why" class="lives-why">
          {sentenceOf(noReset, lang)}
        </p>
      )}
      <div class="dialog-buttons">
        <button
          type="button"
          class="quiet"
          disabled={noReset !== null}
          aria-describedby="lives-why"
          onClick={() => void save()}
        >
          {LIVES.save[lang]}
        </button>
        <button
          type="button"
          class="quiet"
          disabled={noReset !== null}
          aria-describedby="lives-why"
          onClick={() => {
            asking.value = { kind: 'reset' };
          }}
        >
          {LIVES.reset[lang]}
        </button>
        <button
          type="button"
          class="quiet"
          disabled={noFork !== null}
          aria-describedby="lives-fork"
          onClick={() => void fork(null, false)}
        >
          {LIVES.fork[lang]}
        </button>
      </div>
      <p class="fine" id="lives-fork">
        {LIVES.forkWhat[lang]}
      </p>
      {before !== null && (
        <p>
          <a href={before}>{LIVES.return[lang]}</a>
        </p>
      )}
      <p role="status" class="lives-said">
        {said.value}
      </p>
      {asking.value !== null && (
        <Question
          asking={asking.value}
          shared={Object.keys(session.room.value?.members ?? {}).length > 1}
          no={() => {
            asking.value = null;
          }}
          yes={(what) => {
            asking.value = null;
            if (what.kind === 'fork') void fork(what.point, true);
            else void goBack(what.kind === 'back' ? what.point : null);
          }}
        />
      )}
      <h4 id="lives-points">{LIVES.points[lang]}</h4>
      {points.length === 0 ? (
        <p class="fine">{LIVES.none[lang]}</p>
      ) : (
        <ol class="points" aria-labelledby="lives-points">
          {points.map((point) => (
            <li key={point.id}>
              <p>
                <time dateTime={new Date(point.at).toISOString()}>{moment(point.at, lang)}</time>
                <span class="fine">
                  {LIVES.why[point.why][lang]}
                  {' · '}
                  {fill(LIVES.at[lang], { step: stepTitle(point.step) })}
                </span>
              </p>
              <div class="dialog-buttons">
                <button
                  type="button"
                  class="quiet small"
                  disabled={noReset !== null}
                  onClick={() => {
                    asking.value = { kind: 'back', point };
                  }}
                >
                  {LIVES.back[lang]}
                </button>
                <button
                  type="button"
                  class="text-button"
                  disabled={noFork !== null}
                  onClick={() => void fork(point.id, false)}
                >
                  {LIVES.forkPoint[lang]}
                </button>
              </div>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

interface QuestionProps {
  readonly asking: Asking;
  readonly shared: boolean;
  readonly yes: (asking: Asking) => void;
  readonly no: () => void;
}

/** Names what would be lost. Esc leaves the question, not the drawer. */
function Question({ asking, shared, yes, no }: QuestionProps) {
  const box = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);
  // Before the next key, or a quick Esc would close the drawer and a quick Enter press its button again.
  useLayoutEffect(() => {
    before.current = document.activeElement;
    box.current?.focus();
    box.current?.scrollIntoView({ block: 'nearest' });
  }, [asking]);
  const leave = () => {
    no();
    if (before.current instanceof HTMLElement) before.current.focus();
  };
  const { kind } = asking;
  const title =
    kind === 'reset'
      ? LIVES.askReset[lang]
      : kind === 'fork'
        ? LIVES.askFork[lang]
        : fill(LIVES.askBack[lang], { when: moment(asking.point.at, lang) });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div
      ref={box}
      role="group"
      aria-labelledby="lives-ask"
      tabIndex={-1}
      class="notice-box lives-ask"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        leave();
      }}
    >
      <h4 id="lives-ask">{title}</h4>
      {kind === 'fork' ? (
        <p>{LIVES.askForkWhat[lang]}</p>
      ) : (
        <>
          <p>{LIVES.askWhat[kind][lang]}</p>
          {shared && <p>{LIVES.askRoom[lang]}</p>}
          <p>{LIVES.askKept[lang]}</p>
        </>
      )}
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => yes(asking)}>
          {{ reset: LIVES.yesReset, back: LIVES.yesBack, fork: LIVES.yesFork }[kind][lang]}
        </button>
        <button type="button" class="quiet" onClick={leave}>
          {LIVES.no[lang]}
        </button>
      </div>
    </div>
  );
}
