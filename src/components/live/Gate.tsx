/** What stands where the terminal will be: a name, a start, a reason, never an empty box. */
import triangle from 'lucide-static/icons/triangle-alert.svg?raw';
import type { Me } from '#protocol/api.ts';
import { sentenceOf } from '../../client/api.ts';
import { fill } from '../../client/fill.ts';
import { at, lang } from '../../client/language.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { GATE, JOIN, NAME } from '../../client/words.ts';
import { Icon } from './Icon.tsx';
import { NameForm } from './NameForm.tsx';
import { WaitingInLine } from './WaitingInLine.tsx';

export type GateState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'missing'; readonly missing: Me['host']['missing'] }
  | { readonly kind: 'name' }
  | { readonly kind: 'ready'; readonly name: string }
  | { readonly kind: 'starting' }
  | { readonly kind: 'failed'; readonly sentence: string }
  | { readonly kind: 'room'; readonly session: RoomSession };

interface Props {
  readonly state: GateState;
  readonly giveName: (name: string) => Promise<string | null>;
  readonly start: () => void;
}

/** Null: the terminal is in sight. */
export function Gate({ state, giveName, start }: Props) {
  switch (state.kind) {
    case 'loading':
      return <Waiting text={GATE.connecting[lang]} />;
    case 'starting':
      return <Waiting text={GATE.starting[lang]} />;
    case 'missing':
      return <Missing missing={state.missing} />;
    case 'name':
      return (
        <Card>
          <p>{NAME.why[lang]}</p>
          <NameForm label={NAME.start[lang]} submit={giveName} autofocus />
        </Card>
      );
    case 'ready':
      return (
        <Card>
          <p>{fill(GATE.readyWhy[lang], { name: state.name })}</p>
          <button type="button" class="button" onClick={start}>
            {GATE.ready[lang]}
          </button>
        </Card>
      );
    case 'failed':
      return <Problem sentence={state.sentence} label={GATE.again[lang]} press={start} />;
    case 'room':
      return <InRoom session={state.session} />;
    default:
      return state satisfies never;
  }
}

function InRoom({ session }: { readonly session: RoomSession }) {
  const line = session.line.value;
  if (line.status === 'ended' && line.refusal.code === 'forbidden') {
    return (
      <Card>
        <h2 class="gate-title">{GATE.ended[lang]}</h2>
        <p role="alert">{GATE.noLink[lang]}</p>
        <a class="button" href={at('/code/')}>
          {JOIN.byCode[lang]}
        </a>
      </Card>
    );
  }
  if (line.status === 'ended') {
    return (
      <Problem
        title={GATE.ended[lang]}
        sentence={sentenceOf(line.refusal, lang)}
        label={GATE.reload[lang]}
        press={() => location.reload()}
      />
    );
  }
  const terminal = session.terminal.value;
  if (terminal === null) return <Waiting text={GATE.connecting[lang]} />;
  switch (terminal.state.status) {
    case 'running':
    case 'exited': // its last output stays in sight, with a bar below it
      return null;
    case 'starting': {
      const { queue } = terminal.state;
      return queue === null ? <Waiting text={GATE.starting[lang]} /> : <WaitingInLine queue={queue} />;
    }
    case 'failed':
      return session.driving ? (
        <Problem
          sentence={sentenceOf(terminal.state.refusal, lang)}
          label={GATE.again[lang]}
          press={() => void session.startShell()}
        />
      ) : (
        <Problem sentence={sentenceOf(terminal.state.refusal, lang)} />
      );
    default:
      return terminal.state satisfies never;
  }
}

function Card({ children }: { readonly children: preact.ComponentChildren }) {
  return <div class="gate-card">{children}</div>;
}

function Waiting({ text }: { readonly text: string }) {
  return (
    <p class="gate-wait" role="status">
      <span class="sprouting" aria-hidden="true" />
      {text}
    </p>
  );
}

interface ProblemProps {
  readonly title?: string;
  readonly sentence: string;
  readonly label?: string;
  readonly press?: () => void;
}

function Problem({ title, sentence, label, press }: ProblemProps) {
  return (
    <Card>
      {title !== undefined && <h2 class="gate-title">{title}</h2>}
      <p class="gate-problem" role="alert">
        <Icon svg={triangle} />
        <span>{sentence}</span>
      </p>
      {label !== undefined && press !== undefined && (
        <button
          type="button"
          class="button"
          onClick={press}
          ref={(button) => {
            // Whoever was typing into the shell that ended goes on from here.
            if (document.activeElement?.closest('#terminal')) button?.focus();
          }}
        >
          {label}
        </button>
      )}
    </Card>
  );
}

function Missing({ missing }: { readonly missing: Me['host']['missing'] }) {
  return (
    <Card>
      <h2 class="gate-title">{GATE.missing[lang]}</h2>
      <p>{GATE.missingRest[lang]}</p>
      <dl class="missing">
        {missing.map(({ what, remedy }) => (
          <div key={what.en}>
            <dt>{what[lang]}</dt>
            <dd>
              <span class="label">{GATE.remedy[lang]}</span> {remedy[lang]}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
