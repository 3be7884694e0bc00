/** Keys that a phone's keyboard, or a borrowed laptop's, does not have. */
import type { Signal } from '@preact/signals';

const KEYS = [
  { label: 'Esc', sends: '\x1b' },
  { label: 'Tab', sends: '\t' },
  { label: '↑', sends: '\x1b[A' },
  { label: '↓', sends: '\x1b[B' },
  { label: '←', sends: '\x1b[D' },
  { label: '→', sends: '\x1b[C' },
  { label: '|', sends: '|' },
  { label: '_', sends: '_' },
  { label: '~', sends: '~' },
  { label: '/', sends: '/' },
  { label: '-', sends: '-' },
] as const;

interface Props {
  readonly type: (data: string) => void;
  /** Held: the next letter is sent with Ctrl. */
  readonly ctrl: Signal<boolean>;
}

export function KeyBar({ type, ctrl }: Props) {
  // The phone's keyboard must stay open: a press must not take the focus.
  const keep = (event: Event) => event.preventDefault();
  return (
    <div class="keys" role="toolbar" aria-label="Esc, Tab, Ctrl…">
      <button
        type="button"
        aria-pressed={ctrl.value}
        onPointerDown={keep}
        onClick={() => {
          ctrl.value = !ctrl.value;
        }}
      >
        Ctrl
      </button>
      {KEYS.map(({ label, sends }) => (
        <button key={label} type="button" onPointerDown={keep} onClick={() => type(sends)}>
          {label}
        </button>
      ))}
    </div>
  );
}
