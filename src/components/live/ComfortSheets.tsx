/** The menu and the dialogs of the terminals; outside of the bench, in the page's own colours. */
import { onMac } from '../../client/comfort/shortcuts.ts';
import { lang } from '../../client/language.ts';
import { HALF, MENU } from '../../client/words-terminal.ts';
import type { Comfort, OpenMenu } from './comfort.tsx';
import { PasteDialog } from './PasteDialog.tsx';
import { SettingsDialog } from './SettingsDialog.tsx';
import { type MenuItem, TerminalMenu } from './TerminalMenu.tsx';

const CLEAR = '\f';
/** On a Mac the browser copies and pastes with ⌘, and Ctrl+Shift does it too. */
const COPY_KEYS = onMac() ? { copy: '⌘C', paste: '⌘V' } : { copy: 'Ctrl+Shift+C', paste: 'Ctrl+Shift+V' };

export function ComfortSheets({ comfort }: { readonly comfort: Comfort }) {
  const open = comfort.menu.value;
  return (
    <>
      {open !== null && (
        // Everything on a page stands in a landmark.
        <section aria-label={MENU.label[lang]}>
          <TerminalMenu
            at={open.at}
            items={itemsOf(comfort, open)}
            close={(chosen) => {
              comfort.menu.value = null;
              if (!chosen) open.back();
            }}
          />
        </section>
      )}
      <PasteDialog guard={comfort.guard} />
      {comfort.settingsOpen.value && (
        <SettingsDialog
          settings={comfort.settings}
          close={() => {
            comfort.settingsOpen.value = false;
          }}
        />
      )}
    </>
  );
}

function itemsOf(comfort: Comfort, { view, back: goBack }: OpenMenu): readonly MenuItem[] {
  const { term } = view;
  const back = (act: () => void) => () => {
    act();
    goBack();
  };
  return [
    {
      id: 'copy',
      says: MENU.copy[lang],
      keys: COPY_KEYS.copy,
      disabled: !term.hasSelection(),
      press: back(() => comfort.copy(view)),
    },
    { id: 'copy-screen', says: MENU.copyScreen[lang], press: back(() => comfort.copyScreen(view)) },
    {
      id: 'paste',
      says: MENU.paste[lang],
      keys: COPY_KEYS.paste,
      disabled: !comfort.driving(),
      press: () => void comfort.paste(view),
    },
    ...(comfort.repairable(view) === null
      ? []
      : [{ id: 'half', says: HALF.repair[lang], press: () => comfort.repair(view) }]),
    { id: 'search', says: MENU.search[lang], keys: 'Ctrl+Shift+F', press: () => comfort.search(view) },
    { id: 'all', says: MENU.selectAll[lang], press: back(() => term.selectAll()) },
    {
      id: 'clear',
      says: MENU.clear[lang],
      keys: 'Ctrl+L',
      disabled: !comfort.driving(),
      press: back(() => view.type(CLEAR)),
    },
    {
      id: 'settings',
      says: MENU.settings[lang],
      // The dialog gives the focus back to where it was when it opened.
      press: () => {
        goBack();
        comfort.settingsOpen.value = true;
      },
    },
  ];
}
