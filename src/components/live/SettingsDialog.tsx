/** How the terminal looks and behaves for this reader; each change shows at once. */
import type { Signal } from '@preact/signals';
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
          name="theme"
          title={SETTINGS.theme[lang]}
          all={THEME_NAMES}
          words={SETTINGS.themes}
          chosen={settings.theme}
        />
        <Choice
          name="face"
          title={SETTINGS.face[lang]}
          all={['plus', 'system'] as const}
          words={SETTINGS.faces}
          chosen={settings.face}
          note={SETTINGS.faceNote[lang]}
        />
        <Choice
          name="cursor"
          title={SETTINGS.cursor[lang]}
          all={CURSORS}
          words={SETTINGS.cursors}
          chosen={settings.cursor}
        />
        <div class="switches">
          <Switch name="blink" on={settings.blink} says={SETTINGS.blink[lang]} />
          <Switch name="copyOnSelect" on={settings.copyOnSelect} says={SETTINGS.copyOnSelect[lang]} />
          <Switch
            name="lineNumbers"
            on={settings.lineNumbers}
            says={SETTINGS.lineNumbers[lang]}
            why={SETTINGS.lineNumbersWhy[lang]}
          />
          <Switch
            name="keyBar"
            on={settings.keyBar}
            says={SETTINGS.keyBar[lang]}
            why={SETTINGS.keyBarWhy[lang]}
          />
          <Switch
            name="inputLine"
            on={settings.inputLine}
            says={SETTINGS.inputLine[lang]}
            why={SETTINGS.inputLineWhy[lang]}
          />
          <Switch name="screenReader" on={settings.screenReader} says={SETTINGS.reader[lang]} />
        </div>
      </div>
    </Dialog>
  );
}

/** Ids are fixed: Preact counts its own from the same number in each part of the page. */
const SIZE = 'setting-size';

function Size({ size }: { readonly size: Signal<number> }) {
  return (
    <div class="setting-row">
      <label for={SIZE}>{SETTINGS.size[lang]}</label>
      <select
        id={SIZE}
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
  readonly name: string;
  readonly title: string;
  readonly all: readonly T[];
  readonly words: Readonly<Record<T, Readonly<Record<typeof lang, string>>>>;
  readonly chosen: Signal<T>;
  readonly note?: string;
}

function Choice<T extends string>({ name, title, all, words, chosen, note }: ChoiceProps<T>) {
  return (
    <fieldset class="setting-choice">
      <legend>{title}</legend>
      <div class="setting-options">
        {all.map((one) => (
          <label key={one} class="choice">
            <input
              type="radio"
              name={`setting-${name}`}
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
  readonly name: string;
  readonly on: Signal<boolean>;
  readonly says: string;
  readonly why?: string;
}

function Switch({ name, on, says, why }: SwitchProps) {
  const id = `setting-${name}-why`;
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
