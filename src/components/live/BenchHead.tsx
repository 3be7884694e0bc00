/** Beside the prompt: this is practice; who I am there, what I may do, and why something was refused. */

import idCard from 'lucide-static/icons/id-card.svg?raw';
import shield from 'lucide-static/icons/shield-check.svg?raw';
import triangle from 'lucide-static/icons/triangle-alert.svg?raw';
import x from 'lucide-static/icons/x.svg?raw';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AwsView } from '#protocol/messages.ts';
import { moment } from '../../client/dates.ts';
import { fill } from '../../client/fill.ts';
import { lang } from '../../client/language.ts';
import type { RoomActions } from '../../client/room-actions.ts';
import type { RoomSession } from '../../client/room-session.ts';
import { recallInTab, rememberInTab } from '../../client/storage.ts';
import { BENCH, ROOM } from '../../client/words.ts';
import { Icon } from './Icon.tsx';
import { SeatButton } from './SeatPanel.tsx';

interface Props {
  readonly session: RoomSession;
  readonly actions: RoomActions;
}

export function BenchHead({ session, actions }: Props) {
  const aws = session.aws.value;
  const [open, setOpen] = useState(false);
  const [seen, setSeen] = useState(() => Number(recallInTab('denial') ?? 0));
  const toggle = useRef<HTMLButtonElement>(null);
  const denial = aws?.denial ?? null;
  useEffect(() => {
    if (!open) return;
    const close = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      toggle.current?.focus();
    };
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, [open]);
  if (aws === null) {
    return (
      <div class="head-row">
        <SeatButton session={session} actions={actions} />
      </div>
    );
  }
  const dismiss = () => {
    if (denial === null) return;
    setSeen(denial.at);
    rememberInTab('denial', String(denial.at));
  };
  const show = (on: boolean) => {
    setOpen(on);
    if (on) dismiss();
  };
  return (
    <>
      <div class="head-row">
        <span class={aws.account === 'real' ? 'practice real' : 'practice'}>
          <Icon svg={aws.account === 'real' ? triangle : shield} />
          {BENCH[aws.account][lang]}
        </span>
        {denial !== null && denial.at > seen && (
          <span class="denied" role="status">
            <span>{fill(BENCH.denied[lang], { action: denial.action })}</span>
            <button type="button" class="text-button" onClick={() => show(true)}>
              {BENCH.deniedWhy[lang]}
            </button>
            <button
              type="button"
              class="denied-close"
              aria-label={BENCH.deniedClose[lang]}
              title={BENCH.deniedClose[lang]}
              onClick={dismiss}
            >
              <Icon svg={x} />
            </button>
          </span>
        )}
        <SeatButton session={session} actions={actions} />
        <button
          ref={toggle}
          type="button"
          class="night-button"
          aria-expanded={open}
          aria-controls="rights"
          onClick={() => show(!open)}
        >
          <Icon svg={idCard} />
          <span>{BENCH.rights[lang]}</span>
        </button>
      </div>
      {open && (
        <section id="rights" class="rights" aria-label={BENCH.rights[lang]}>
          <button
            type="button"
            class="icon-button rights-close"
            aria-label={ROOM.close[lang]}
            onClick={() => show(false)}
          >
            <Icon svg={x} />
          </button>
          {denial !== null && <Denial denial={denial} />}
          <Identity aws={aws} />
        </section>
      )}
    </>
  );
}

function Denial({ denial }: { readonly denial: NonNullable<AwsView['denial']> }) {
  return (
    <section class="denial">
      <h3>
        <Icon svg={triangle} />
        <span>{fill(BENCH.denied[lang], { action: denial.action })}</span>
      </h3>
      <dl>
        <dt>{BENCH.why[lang]}</dt>
        <dd>{denial.why[lang]}</dd>
        <dt>{BENCH.message[lang]}</dt>
        <dd>
          <code lang="en">{denial.message}</code>
        </dd>
      </dl>
    </section>
  );
}

function Identity({ aws }: { readonly aws: AwsView }) {
  return (
    <section>
      <h3>{BENCH.whoAmI[lang]}</h3>
      <p class="arn">{aws.arn === null ? BENCH.nobody[lang] : <code>{aws.arn}</code>}</p>
      <dl class="facts">
        <dt>{BENCH.account[lang]}</dt>
        <dd>
          <code>{aws.accountId}</code>
        </dd>
        <dt>{BENCH.region[lang]}</dt>
        <dd>
          <code>{aws.region}</code>
        </dd>
        <dt>{BENCH.role[lang]}</dt>
        <dd>
          <code>{aws.roleName}</code>
        </dd>
        <dt>{BENCH.until[lang]}</dt>
        <dd>{aws.expiresAt === null ? BENCH.noEnd[lang] : moment(aws.expiresAt, lang)}</dd>
      </dl>
      <h3>{BENCH.may[lang]}</h3>
      <ul>
        {aws.allowed.map((text) => (
          <li key={text.en}>{text[lang]}</li>
        ))}
      </ul>
      <p class="fine">{BENCH.elseDenied[lang]}</p>
      <p class="fine">{BENCH.masked[lang]}</p>
    </section>
  );
}
