/** What the file pane asks before it does something. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { type FileEntry, shownName, writtenName } from '#protocol/files.ts';
import type { FilesModel, OpenedFile } from '../../../client/files-model.ts';
import { nameIn } from '../../../client/files-text.ts';
import { fill } from '../../../client/fill.ts';
import { lang } from '../../../client/language.ts';
import { ROOM } from '../../../client/words.ts';
import { FILES } from '../../../client/words-files.ts';
import { Dialog } from '../Dialog.tsx';

interface Props {
  readonly model: FilesModel;
}

export function FileSheets({ model }: Props) {
  const sheet = model.sheet.value;
  if (sheet === null) return null;
  const close = () => {
    model.sheet.value = null;
  };
  switch (sheet.kind) {
    case 'new-file':
    case 'new-folder':
      return (
        <NameSheet
          title={(sheet.kind === 'new-file' ? FILES.newFile : FILES.newFolder)[lang]}
          yes={FILES.make[lang]}
          first=""
          give={(name) => model.make(sheet.kind, name)}
          close={close}
        />
      );
    case 'rename':
      return (
        <NameSheet
          title={fill(FILES.renameOf[lang], { name: shownName(sheet.entry.name) })}
          yes={FILES.rename[lang]}
          first={sheet.entry.name}
          give={(name) => model.rename(sheet.entry, name)}
          close={close}
        />
      );
    case 'remove':
      return <RemoveSheet model={model} entry={sheet.entry} close={close} />;
    case 'replace': {
      const name = sheet.file.name;
      return (
        <Ask title={fill(FILES.replaceAsk[lang], { name })} close={close}>
          <p>{fill(FILES.replaceWhy[lang], { name })}</p>
          <Buttons>
            <button type="button" class="button" onClick={() => void model.replace(sheet.file, sheet.over)}>
              {FILES.replace[lang]}
            </button>
            <button type="button" class="quiet" onClick={close}>
              {FILES.keepHere[lang]}
            </button>
          </Buttons>
        </Ask>
      );
    }
    case 'discard':
      return (
        <Ask title={fill(FILES.discardAsk[lang], { name: shownName(nameIn(sheet.path)) })} close={close}>
          <p>{FILES.discardWhy[lang]}</p>
          <Buttons>
            <button type="button" class="button" onClick={() => void model.discard(sheet.path)}>
              {FILES.discard[lang]}
            </button>
            <button type="button" class="quiet" onClick={close}>
              {ROOM.cancel[lang]}
            </button>
          </Buttons>
        </Ask>
      );
    case 'conflict': {
      const file = model.files.value.get(sheet.path);
      return file === undefined ? null : <ConflictSheet model={model} file={file} close={close} />;
    }
    default:
      return sheet satisfies never;
  }
}

interface AskProps {
  readonly title: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}

function Ask({ title, close, children }: AskProps) {
  return (
    <Dialog title={title} close={close}>
      {children}
    </Dialog>
  );
}

function Buttons({ children }: { readonly children: ComponentChildren }) {
  return <div class="dialog-buttons">{children}</div>;
}

interface NameProps extends Pick<AskProps, 'title' | 'close'> {
  readonly yes: string;
  /** As it stands in a path. */
  readonly first: string;
  /** Null when it is done, else why not. */
  readonly give: (written: string) => Promise<string | null>;
}

function NameSheet({ title, yes, first, give, close }: NameProps) {
  const why = useSignal('');
  const busy = useSignal(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const typed = String(new FormData(event.currentTarget).get('name') ?? '').trim();
    // A name that was left as it is keeps its bytes; what people type is text.
    const name = typed === shownName(first) ? first : writtenName(typed);
    if (typed === '' || typed.includes('/')) {
      why.value = FILES.nameBad[lang];
      return;
    }
    if (name === first) return close();
    busy.value = true;
    why.value = (await give(name)) ?? '';
    busy.value = false;
  };
  return (
    <Ask title={title} close={close}>
      <form class="file-name-form" onSubmit={(event) => void submit(event)}>
        <label for="file-new-name">{FILES.newName[lang]}</label>
        <input
          id="file-new-name"
          name="name"
          type="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={255}
          defaultValue={shownName(first)}
          data-first
          aria-describedby="file-name-why"
        />
        <p id="file-name-why" class="ask-say" role="status">
          {why.value}
        </p>
        <Buttons>
          <button type="submit" class="button" disabled={busy.value}>
            {yes}
          </button>
          <button type="button" class="quiet" onClick={close}>
            {ROOM.cancel[lang]}
          </button>
        </Buttons>
      </form>
    </Ask>
  );
}

function RemoveSheet({ model, entry, close }: Props & { entry: FileEntry; close: () => void }) {
  return (
    <Ask title={fill(FILES.removeAsk[lang], { name: shownName(entry.name) })} close={close}>
      <p>{(entry.kind === 'folder' ? FILES.removeFolder : FILES.removeFile)[lang]}</p>
      <Buttons>
        <button type="button" class="button" onClick={() => void model.remove(entry)}>
          {FILES.remove[lang]}
        </button>
        <button type="button" class="quiet" onClick={close}>
          {ROOM.cancel[lang]}
        </button>
      </Buttons>
    </Ask>
  );
}

function ConflictSheet({ model, file, close }: Props & { file: OpenedFile; close: () => void }) {
  const { path, conflict } = file;
  const gone = conflict === 'gone';
  return (
    <Ask title={FILES.changed[lang]} close={close}>
      <p>{(gone ? FILES.gone : FILES.changedWhy)[lang]}</p>
      {conflict !== null && conflict !== 'gone' && conflict.text !== null && (
        <details class="file-theirs">
          <summary>{FILES.theirsText[lang]}</summary>
          <pre>{conflict.text}</pre>
        </details>
      )}
      <div class="file-choices">
        {!gone && (
          <button type="button" class="button" onClick={() => void model.keepBoth(path)}>
            {fill(FILES.both[lang], { name: shownName(model.otherName(path)) })}
          </button>
        )}
        <button type="button" class="quiet" onClick={() => void model.overwrite(path)}>
          {(gone ? FILES.again : FILES.mine)[lang]}
        </button>
        <button type="button" class="quiet" onClick={() => void model.takeTheirs(path)}>
          {(gone ? FILES.letGo : FILES.theirs)[lang]}
        </button>
      </div>
    </Ask>
  );
}
