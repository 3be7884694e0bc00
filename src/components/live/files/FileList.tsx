/** What lies in a folder, and what can be done with it. */
import { useSignal } from '@preact/signals';
import download from 'lucide-static/icons/download.svg?raw';
import fileIcon from 'lucide-static/icons/file.svg?raw';
import filePlus from 'lucide-static/icons/file-plus.svg?raw';
import folderIcon from 'lucide-static/icons/folder.svg?raw';
import folderPlus from 'lucide-static/icons/folder-plus.svg?raw';
import linkIcon from 'lucide-static/icons/link.svg?raw';
import pencil from 'lucide-static/icons/pencil.svg?raw';
import trash from 'lucide-static/icons/trash.svg?raw';
import uploadIcon from 'lucide-static/icons/upload.svg?raw';
import { useRef } from 'preact/hooks';
import { type FileEntry, FOLDER_ENTRIES, shownName } from '#protocol/files.ts';
import { moment } from '../../../client/dates.ts';
import type { FilesModel } from '../../../client/files-model.ts';
import { below, sizeInWords } from '../../../client/files-text.ts';
import { fill } from '../../../client/fill.ts';
import { lang } from '../../../client/language.ts';
import { FILES } from '../../../client/words-files.ts';
import { Icon } from '../Icon.tsx';
import { useRowFocus } from './row-focus.ts';

interface Props {
  readonly model: FilesModel;
}

export function FileList({ model }: Props) {
  const hidden = useSignal(false);
  const list = useRef<HTMLElement>(null);
  const view = model.view.value;
  useRowFocus(list, view);
  const entries = view?.entries.filter(({ name }) => hidden.value || !name.startsWith('.')) ?? [];
  return (
    <section ref={list} class="file-list" aria-label={FILES.list[lang]}>
      <Way model={model} />
      {model.session.driving && <Tools model={model} />}
      {view === null && model.problem.value === null && <p class="files-empty">{FILES.loading[lang]}</p>}
      {view !== null && entries.length === 0 && (
        <p class="files-empty">{(model.session.driving ? FILES.empty : FILES.emptyToSee)[lang]}</p>
      )}
      {entries.length > 0 && (
        <table>
          <thead class="visually-hidden">
            <tr>
              <th scope="col">{FILES.name[lang]}</th>
              <th scope="col">{FILES.size[lang]}</th>
              <th scope="col">{FILES.time[lang]}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {entries.map((entry) => (
              <Row key={entry.name} model={model} entry={entry} />
            ))}
          </tbody>
        </table>
      )}
      {view?.more === true && <p class="files-empty">{fill(FILES.more[lang], { n: FOLDER_ENTRIES })}</p>}
      <label class="switch files-hidden">
        <input
          type="checkbox"
          checked={hidden.value}
          onChange={(event) => {
            hidden.value = event.currentTarget.checked;
          }}
        />
        <span>{FILES.hidden[lang]}</span>
      </label>
    </section>
  );
}

/** From the home down to here. */
function Way({ model }: Props) {
  const names = model.folder.value === '' ? [] : model.folder.value.split('/');
  return (
    <nav class="file-way" aria-label={FILES.where[lang]}>
      <ol>
        {['', ...names].map((name, depth) => {
          const path = names.slice(0, depth).join('/');
          return (
            <li key={path}>
              <button
                type="button"
                class="text-button"
                {...(depth === names.length ? { 'aria-current': 'location' } : {})}
                onClick={() => model.go(path)}
              >
                <bdi>{depth === 0 ? FILES.home[lang] : shownName(name)}</bdi>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

function Tools({ model }: Props) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <div class="file-tools">
      <Tool
        icon={filePlus}
        says={FILES.newFile[lang]}
        press={() => {
          model.sheet.value = { kind: 'new-file' };
        }}
      />
      <Tool icon={uploadIcon} says={FILES.upload[lang]} press={() => picker.current?.click()} />
      <Tool
        icon={folderPlus}
        says={FILES.newFolder[lang]}
        press={() => {
          model.sheet.value = { kind: 'new-folder' };
        }}
      />
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          void model.upload([...(currentTarget.files ?? [])]);
          currentTarget.value = ''; // the same file can be chosen again
        }}
      />
    </div>
  );
}

function Tool({
  icon,
  says,
  press,
}: {
  readonly icon: string;
  readonly says: string;
  readonly press: () => void;
}) {
  return (
    <button type="button" class="night-button" onClick={press}>
      <Icon svg={icon} />
      <span>{says}</span>
    </button>
  );
}

const ICONS: Readonly<Record<FileEntry['kind'], string>> = {
  file: fileIcon,
  folder: folderIcon,
  link: linkIcon,
  other: fileIcon,
};

function Row({ model, entry }: Props & { readonly entry: FileEntry }) {
  const path = below(model.folder.value, entry.name);
  const name = shownName(entry.name);
  const open = entry.kind === 'folder' ? () => model.go(path) : () => void model.open(path);
  const unsaved = model.files.value.get(path)?.dirty === true;
  const says = (text: { readonly ja: string; readonly en: string }) => fill(text[lang], { name });
  return (
    <tr class={model.current.value === path ? 'is-current' : ''}>
      <th scope="row">
        {entry.kind === 'file' || entry.kind === 'folder' ? (
          <button
            type="button"
            class="file-name"
            data-path={path}
            aria-current={model.current.value === path}
            onClick={open}
            title={name}
          >
            <Icon svg={ICONS[entry.kind]} />
            <bdi>{name}</bdi>
            {unsaved && (
              <span
                class="file-dot"
                role="img"
                aria-label={FILES.unsaved[lang]}
                title={FILES.unsaved[lang]}
              />
            )}
          </button>
        ) : (
          <span class="file-name" title={FILES.cannotOpen[lang]}>
            <Icon svg={ICONS[entry.kind]} />
            <bdi>{name}</bdi>
            <span class="file-kind">{FILES[entry.kind][lang]}</span>
          </span>
        )}
      </th>
      <td class="file-size">{entry.kind === 'file' ? sizeInWords(entry.size, lang) : ''}</td>
      <td class="file-time">{moment(entry.modifiedAt, lang)}</td>
      <td class="file-acts">
        {entry.kind === 'file' && (
          <a
            class="night-button"
            href={model.api.address(path)}
            download={name}
            aria-label={says(FILES.downloadOf)}
            title={FILES.download[lang]}
          >
            <Icon svg={download} />
          </a>
        )}
        {model.session.driving && (
          <>
            <button
              type="button"
              class="night-button"
              aria-label={says(FILES.renameOf)}
              title={FILES.rename[lang]}
              onClick={() => {
                model.sheet.value = { kind: 'rename', entry };
              }}
            >
              <Icon svg={pencil} />
            </button>
            <button
              type="button"
              class="night-button"
              aria-label={says(FILES.removeOf)}
              title={FILES.remove[lang]}
              onClick={() => {
                model.sheet.value = { kind: 'remove', entry };
              }}
            >
              <Icon svg={trash} />
            </button>
          </>
        )}
      </td>
    </tr>
  );
}
