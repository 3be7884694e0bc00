/** The files of the seat, over the terminal: a list, and the file that was chosen in it. */
import { type ReadonlySignal, type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { sentenceOf } from '../../../client/api.ts';
import type { FilesModel } from '../../../client/files-model.ts';
import { fill } from '../../../client/fill.ts';
import { lang } from '../../../client/language.ts';
import { FILES } from '../../../client/words-files.ts';
import { FileEditor } from './FileEditor.tsx';
import { FileList } from './FileList.tsx';

interface Props {
  readonly model: FilesModel;
  readonly open: ReadonlySignal<boolean>;
}

export function FilesPane({ model, open }: Props) {
  const dragged = useSignal(false);
  const pane = useRef<HTMLDivElement>(null);
  const { session } = model;
  const problem = model.problem.value;
  const current = model.current.value;
  useEffect(() => (open.value ? model.watch() : undefined), [model, open.value]);
  useEffect(() => listenToDrops(pane.current, model, dragged), [model, dragged]);
  useEffect(() => listenToSave(pane.current, model), [model]);
  const last = useRef<string | null>(null);
  useEffect(() => {
    const before = last.current;
    last.current = current;
    keepFocus(pane.current, current, before);
  }, [current]);
  return (
    <div ref={pane} class={current === null ? 'files' : 'files has-file'}>
      {!session.driving && <p class="files-note">{whyReadOnly(model)}</p>}
      {problem === null ? null : (
        <p class="files-note files-problem" role="status">
          {sentenceOf(problem, lang)}
        </p>
      )}
      <div class="files-in">
        <FileList model={model} />
        <FileEditor model={model} />
      </div>
      {model.uploads.value.map(({ id, name, share }) => (
        <label key={id} class="files-upload">
          <span>{fill(FILES.uploading[lang], { name })}</span>
          <progress value={share} max={1} />
        </label>
      ))}
      {dragged.value && <p class="files-drop">{FILES.dropHere[lang]}</p>}
    </div>
  );
}

function whyReadOnly({ session }: FilesModel): string {
  const name = session.name(session.room.value?.keyboard.driver ?? null);
  return name === '' ? FILES.readOnly[lang] : fill(FILES.theirTurn[lang], { name });
}

/** Ctrl+S beside the editor is meant for the file too, and not for the page. */
function listenToSave(pane: HTMLElement | null, model: FilesModel) {
  const ends = new AbortController();
  pane?.addEventListener(
    'keydown',
    (event) => {
      if (event.defaultPrevented || event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      const file = model.shown.peek();
      if (file?.dirty === true) void model.save(file.path);
    },
    { signal: ends.signal },
  );
  return () => ends.abort();
}

/** The result ends it. */
function listenToDrops(pane: HTMLElement | null, model: FilesModel, dragged: Signal<boolean>) {
  const ends = new AbortController();
  const carriesFiles = (event: DragEvent) =>
    model.session.driving && event.dataTransfer?.types.includes('Files') === true;
  const listen = (type: 'dragover' | 'dragleave' | 'drop', heard: (event: DragEvent) => void) =>
    pane?.addEventListener(type, heard, { signal: ends.signal });
  listen('dragover', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    dragged.value = true;
  });
  listen('dragleave', (event) => {
    const inside = event.relatedTarget instanceof Node && pane?.contains(event.relatedTarget) === true;
    if (!inside) dragged.value = false;
  });
  listen('drop', (event) => {
    dragged.value = false;
    if (!carriesFiles(event)) return;
    event.preventDefault();
    void model.upload([...(event.dataTransfer?.files ?? [])]);
  });
  return () => ends.abort();
}

/** Where there is room for one thing only, who opened a file goes on in it, and who closed it in the list. */
function keepFocus(pane: HTMLElement | null, current: string | null, before: string | null): void {
  const at = document.activeElement;
  const list = pane?.querySelector('.file-list');
  if (pane === null || list == null) return;
  if (current !== null && list.contains(at) && getComputedStyle(list).display === 'none') {
    pane.querySelector<HTMLElement>('.file-head h3')?.focus();
  } else if (current === null && before !== null && (at === document.body || pane.contains(at))) {
    pane.querySelector<HTMLElement>(`[data-path="${CSS.escape(before)}"]`)?.focus();
  }
}
