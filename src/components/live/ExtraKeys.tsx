/** Keys that a phone's keyboard, or a borrowed laptop's, does not have. */
import type { Signal } from '@preact/signals';
import menuIcon from 'lucide-static/icons/ellipsis.svg?raw';
import lineIcon from 'lucide-static/icons/text-cursor-input.svg?raw';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { EXTRA_KEYS, type ExtraKey, FIRST_KEYS, sequenceOf } from '../../client/comfort/extra-keys.ts';
import type { HeldKeys } from '../../client/comfort/held-keys.ts';
import { Hold } from '../../client/comfort/hold.ts';
import type { Place } from '../../client/comfort/menu-trigger.ts';
import { lang } from '../../client/language.ts';
import { KEY_NAMES, LINE, MENU } from '../../client/words-terminal.ts';
import { Icon } from './Icon.tsx';
import type { Recall } from './InputLine.tsx';

interface Props {
  readonly type: (data: string) => void;
  readonly held: HeldKeys;
  /** The program asked for application cursor keys. */
  readonly applicationCursor: () => boolean;
  readonly inputLine: Signal<boolean>;
  /** Opens the terminal's menu at this place of the window. */
  readonly menu: (at: Place) => void;
  /** Not null: the input line has the focus, and ↑ and ↓ go through what it sent. */
  readonly recall: RefObject<Recall | null>;
}

const ROW_OF: Readonly<Record<string, 'ArrowUp' | 'ArrowDown'>> = { A: 'ArrowUp', B: 'ArrowDown' };

export function ExtraKeys({ type, held, applicationCursor, inputLine, menu, recall }: Props) {
  useEffect(() => () => held.release(), [held]);
  const send = (key: ExtraKey) => {
    const way = key.kind === 'cursor' ? ROW_OF[key.letter] : undefined;
    if (way !== undefined && recall.current !== null && !held.any) recall.current(way);
    else type(sequenceOf(key, applicationCursor()));
  };
  return (
    <div class="keys" role="toolbar" aria-label={LINE.keys[lang]} onKeyDown={roam}>
      <button
        type="button"
        aria-pressed={inputLine.value}
        aria-label={LINE.label[lang]}
        title={inputLine.value ? LINE.hide[lang] : LINE.show[lang]}
        onPointerDown={keepFocus}
        onClick={() => toggle(inputLine)}
      >
        <Icon svg={lineIcon} />
      </button>
      <MenuButton open={menu} inBar />
      {FIRST_KEYS.map((key) => (
        <Key key={key.label} of={key} send={send} />
      ))}
      <Held says="Ctrl" held={held.ctrl} />
      <Held says="Alt" held={held.alt} />
      {EXTRA_KEYS.map((key) => (
        <Key key={key.label} of={key} send={send} />
      ))}
    </div>
  );
}

interface MenuButtonProps {
  readonly open: (at: Place) => void;
  /** Stands in a toolbar, where Tab has one stop. */
  readonly inBar?: boolean;
}

/** The terminal's menu for a finger, which has no right button. */
export function MenuButton({ open, inBar = false }: MenuButtonProps) {
  return (
    <button
      type="button"
      class={inBar ? '' : 'night-button'}
      {...(inBar ? { tabIndex: -1 } : {})}
      aria-haspopup="menu"
      aria-label={MENU.label[lang]}
      title={MENU.label[lang]}
      onPointerDown={keepFocus}
      onClick={({ currentTarget }) => {
        const { left, top } = currentTarget.getBoundingClientRect();
        open({ x: left, y: top });
      }}
    >
      <Icon svg={menuIcon} />
    </button>
  );
}

function Held({ says, held }: { readonly says: string; readonly held: Signal<boolean> }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-pressed={held.value}
      onPointerDown={keepFocus}
      onClick={() => toggle(held)}
    >
      {says}
    </button>
  );
}

function Key({ of: key, send }: { readonly of: ExtraKey; readonly send: (key: ExtraKey) => void }) {
  // One for as long as the key stands there: another would not hear that this one was let go.
  const hold = useRef(new Hold()).current;
  hold.send = () => send(key);
  useEffect(() => {
    const stop = () => hold.up();
    addEventListener('blur', stop); // whoever lets go in another window is not heard here
    return () => {
      removeEventListener('blur', stop);
      stop();
    };
  }, [hold]);
  const repeats = key.kind === 'cursor' && key.repeats;
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-label={KEY_NAMES[key.label]?.[lang]}
      onPointerDown={(event) => {
        keepFocus(event);
        if (repeats) hold.down();
      }}
      onPointerUp={() => hold.up()}
      onPointerLeave={() => hold.up()}
      onPointerCancel={() => hold.up()}
      onContextMenu={keepFocus}
      onClick={() => hold.click()}
    >
      {key.label}
    </button>
  );
}

/** The phone's keyboard must stay open: a press must not take the focus. */
function keepFocus(event: Event): void {
  event.preventDefault();
}

function toggle(signal: Signal<boolean>): void {
  signal.value = !signal.peek();
}

/** One stop for Tab; the arrow keys go along the row, as in any toolbar. */
function roam(event: KeyboardEvent): void {
  const bar = event.currentTarget;
  if (!(bar instanceof HTMLElement)) return;
  const all = [...bar.querySelectorAll<HTMLElement>('button')];
  const index = document.activeElement instanceof HTMLElement ? all.indexOf(document.activeElement) : -1;
  const next = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: all.length - 1 }[event.key];
  const to = next === undefined ? undefined : all.at(next % all.length);
  if (to === undefined) return;
  event.preventDefault();
  for (const one of all) one.tabIndex = one === to ? 0 : -1;
  to.focus();
}
