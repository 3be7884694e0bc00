/** How the terminal looks and behaves for this reader; each change shows at once. */
import type { Signal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { lang } from '../../client/language.ts';
import { FONT_SIZES } from '../../client/terminal-look.ts';
import { CURSORS, type TerminalSettings } from '../../client/terminal-settings.ts';
import { THEME_NAMES } from '../../client/terminal-themes.ts';
import { SETTINGS } from '../../client/words-terminal.ts';
import { Dialog } from './Dialog.tsx';

interface Props {
  readonly settings: TerminalSettings;
  readonly close: () => void;
}

export function SettingsDialog({ settings, close }: Props) {
  return (
    <Dialog title={SETTINGS.title[lang]} close={close} wide>
      <div class="settings">
        <Size size={settings.fontPx} />
        <Choice
          title={SETTINGS.theme[lang]}
          all={THEME_NAMES}
          words={SETTINGS.themes}
          chosen={settings.theme}
        />
        <Choice
          title={SETTINGS.face[lang]}
          all={['plus', 'system'] as const}
          words={SETTINGS.faces}
          chosen={settings.face}
          note={SETTINGS.faceNote[lang]}
        />
        <Choice
          title={SETTINGS.cursor[lang]}
          all={CURSORS}
          words={SETTINGS.cursors}
          chosen={settings.cursor}
        />
        <div class="switches">
          <Switch on={settings.blink} says={SETTINGS.blink[lang]} />
          <Switch on={settings.copyOnSelect} says={SETTINGS.copyOnSelect[lang]} />
          <Switch
            on={settings.lineNumbers}
            says={SETTINGS.lineNumbers[lang]}
            why={SETTINGS.lineNumbersWhy[lang]}
          />
          <Switch on={settings.keyBar} says={SETTINGS.keyBar[lang]} why={SETTINGS.keyBarWhy[lang]} />
          <Switch on={settings.inputLine} says={SETTINGS.inputLine[lang]} why={SETTINGS.inputLineWhy[lang]} />
          <Switch on={settings.screenReader} says={SETTINGS.reader[lang]} />
        </div>
      </div>
    </Dialog>
  );
}

function Size({ size }: { readonly size: Signal<number> }) {
  const id = useId();
  return (
    <div class="setting-row">
      <label for={id}>{SETTINGS.size[lang]}</label>
      <select
        id={id}
        data-first
        value={String(size.value)}
        onChange={(event) => {
          size.value = Number(event.currentTarget.value);
        }}
      >
        {FONT_SIZES.map((px) => (
          <option key={px} value={String(px)}>
            {px} px
          </option>
        ))}
      </select>
    </div>
  );
}

interface ChoiceProps<T extends string> {
  readonly title: string;
  readonly all: readonly T[];
  readonly words: Readonly<Record<T, Readonly<Record<typeof lang, string>>>>;
  readonly chosen: Signal<T>;
  readonly note?: string;
}

function Choice<T extends string>({ title, all, words, chosen, note }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset class="setting-choice">
      <legend>{title}</legend>
      <div class="setting-options">
        {all.map((one) => (
          <label key={one} class="choice">
            <input
              type="radio"
              name={name}
              checked={chosen.value === one}
              onChange={() => {
                chosen.value = one;
              }}
            />
            <span>{words[one][lang]}</span>
          </label>
        ))}
      </div>
      {note !== undefined && <p class="fine">{note}</p>}
    </fieldset>
  );
}

interface SwitchProps {
  readonly on: Signal<boolean>;
  readonly says: string;
  readonly why?: string;
}

function Switch({ on, says, why }: SwitchProps) {
  const id = useId();
  return (
    <div class="switch-row">
      <label class="switch">
        <input
          type="checkbox"
          checked={on.value}
          {...(why === undefined ? {} : { 'aria-describedby': id })}
          onChange={(event) => {
            on.value = event.currentTarget.checked;
          }}
        />
        <span>{says}</span>
      </label>
      {why !== undefined && (
        <p id={id} class="fine">
          {why}
        </p>
      )}
    </div>
  );
}
