/** What the file pane shows and does: a folder that is looked at again and again, and files that are open. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { ErrorCode } from '#protocol/errors.ts';
import { type FileEntry, type FolderView, LOOK_EVERY_MS, shownName, writtenName } from '#protocol/files.ts';
import type { Refusal } from '#protocol/messages.ts';
import { isCode, sentenceOf } from './api.ts';
import { FilesApi, type FileText } from './files-api.ts';
import type { Editor } from './files-editor.ts';
import { below, besides, folderOf, nameIn, textOf } from './files-text.ts';
import { fill } from './fill.ts';
import { lang } from './language.ts';
import type { RoomSession } from './room-session.ts';
import { toast } from './toasts.ts';
import { FILES } from './words-files.ts';

export interface OpenedFile {
  readonly path: string;
  /** Of what was read or saved last. */
  readonly version: string;
  readonly content: 'loading' | 'text' | 'not-text' | 'too-long';
  readonly dirty: boolean;
  readonly saving: boolean;
  /** Somebody else has changed it meanwhile: what it is there now, or null when it is gone. */
  readonly conflict: { readonly version: string; readonly text: string | null } | 'gone' | null;
}

export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly share: number;
}

/** What asks before it happens. */
export type Sheet =
  | { readonly kind: 'new-file' | 'new-folder' }
  | { readonly kind: 'rename' | 'remove'; readonly entry: FileEntry }
  | { readonly kind: 'conflict' | 'discard'; readonly path: string }
  | { readonly kind: 'replace'; readonly file: File; readonly over: FileEntry };

export class FilesModel {
  readonly folder = signal('');
  readonly view = signal<FolderView | null>(null);
  /** Why the folder cannot be shown. */
  readonly problem = signal<Refusal | 'offline' | null>(null);
  readonly files = signal<ReadonlyMap<string, OpenedFile>>(new Map());
  readonly current = signal<string | null>(null);
  readonly uploads = signal<readonly Upload[]>([]);
  readonly sheet = signal<Sheet | null>(null);
  readonly shown: ReadonlySignal<OpenedFile | null> = computed(
    () => this.files.value.get(this.current.value ?? '') ?? null,
  );
  readonly api: FilesApi;
  readonly session: RoomSession;
  #editor: Promise<Editor> | null = null;
  #makeEditor: (() => Promise<Editor>) | null = null;
  #uploads = 0;
  #looks = 0;

  constructor(session: RoomSession) {
    this.session = session;
    this.api = new FilesApi(session.id);
    effect(() => {
      // Who may type may write; the editor has to be told.
      const readOnly = session.room.value?.keyboard.driver !== session.you.value;
      void this.#editor?.then((editor) => editor.setReadOnly(readOnly));
    });
    addEventListener('beforeunload', (event) => {
      if ([...this.files.peek().values()].some(({ dirty }) => dirty)) event.preventDefault();
    });
  }

  /** Where the editor stands is known once the pane is there. */
  editorIn(make: () => Promise<Editor>): void {
    this.#makeEditor = make;
  }

  /** Looks at the folder as long as the pane is in sight; the result ends it. */
  watch(): () => void {
    void this.look();
    const timer = setInterval(() => !document.hidden && void this.look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }

  async look(): Promise<void> {
    this.#looks += 1;
    const look = this.#looks;
    const folder = this.folder.peek();
    const answer = await this.api.list(folder, this.view.peek()?.tag ?? '');
    if (look !== this.#looks || folder !== this.folder.peek()) return; // an older answer
    if (answer.ok) {
      this.problem.value = null;
      if (answer.value !== null) this.view.value = answer.value;
      this.#compare();
      return;
    }
    this.problem.value = answer.refusal;
    if (isCode(answer.refusal, 'file-missing') && folder !== '') this.go(folderOf(folder));
  }

  go(folder: string): void {
    this.folder.value = folder;
    this.view.value = null;
    void this.look();
  }

  async open(path: string): Promise<void> {
    this.current.value = path;
    if (this.files.peek().has(path)) return this.#show(path);
    this.#set(path, {
      path,
      version: '',
      content: 'loading',
      dirty: false,
      saving: false,
      conflict: null,
    });
    await this.#read(path);
  }

  closeFile(): void {
    const path = this.current.peek();
    this.current.value = null;
    // What was written stays; what is only looked at is read afresh next time.
    if (path !== null && this.files.peek().get(path)?.dirty === false) this.#forget(path);
  }

  async save(path: string, over?: string | null): Promise<void> {
    const file = this.files.peek().get(path);
    const editor = await this.#editor;
    if (file === undefined || editor == null || file.saving || !this.session.driving) return;
    const text = editor.text(path);
    this.#update(path, { saving: true });
    const answer = await this.api.write(path, new Blob([text]), over === undefined ? file.version : over);
    this.#update(path, { saving: false });
    if (answer.ok) {
      this.#update(path, { version: answer.value.version, conflict: null });
      editor.savedAs(path, text);
      toast(FILES.saved[lang]);
      void this.look();
    } else if (isCode(answer.refusal, 'file-changed') || isCode(answer.refusal, 'file-exists')) {
      await this.#meet(path);
      this.sheet.value = { kind: 'conflict', path };
    } else toast(sentenceOf(answer.refusal, lang));
  }

  /** What was written is given up for what is there. */
  async takeTheirs(path: string): Promise<void> {
    this.sheet.value = null;
    const conflict = this.files.peek().get(path)?.conflict;
    if (conflict === 'gone') {
      this.#forget(path);
      this.current.value = null;
    } else await this.#read(path);
  }

  async overwrite(path: string): Promise<void> {
    this.sheet.value = null;
    const conflict = this.files.peek().get(path)?.conflict ?? null;
    await this.save(path, conflict === 'gone' ? null : conflict?.version);
  }

  /** Mine goes into a file of its own, beside theirs. */
  async keepBoth(path: string): Promise<void> {
    this.sheet.value = null;
    const editor = await this.#editor;
    if (editor == null) return;
    const other = below(folderOf(path), this.otherName(path));
    const answer = await this.api.write(other, new Blob([editor.text(path)]), null);
    if (!answer.ok) return toast(sentenceOf(answer.refusal, lang));
    toast(fill(FILES.uploaded[lang], { name: shownName(nameIn(other)) }));
    await this.#read(path);
    void this.look();
  }

  otherName(path: string): string {
    return besides(nameIn(path), new Set(this.view.peek()?.entries.map(({ name }) => name) ?? []));
  }

  /** Null when it is made. */
  async make(kind: 'new-file' | 'new-folder', name: string): Promise<string | null> {
    const path = below(this.folder.peek(), name);
    const answer =
      kind === 'new-folder'
        ? await this.api.makeFolder(path)
        : await this.api.write(path, new Blob([]), null);
    if (!answer.ok) return sentenceOf(answer.refusal, lang);
    this.sheet.value = null;
    await this.look();
    if (kind === 'new-file') {
      await this.open(path);
      (await this.#editor)?.focus();
    }
    return null;
  }

  async rename(entry: FileEntry, name: string): Promise<string | null> {
    const from = below(this.folder.peek(), entry.name);
    const answer = await this.api.move(from, below(this.folder.peek(), name));
    if (!answer.ok) return sentenceOf(answer.refusal, lang);
    this.sheet.value = null;
    if (this.files.peek().get(from)?.dirty === false) this.#forget(from);
    if (this.current.peek() === from && !this.files.peek().has(from)) {
      await this.open(below(this.folder.peek(), name));
    }
    await this.look();
    return null;
  }

  async remove(entry: FileEntry): Promise<void> {
    this.sheet.value = null;
    const path = below(this.folder.peek(), entry.name);
    const answer = await this.api.remove(path);
    if (answer.ok) {
      for (const open of [...this.files.peek().keys()]) {
        if (open === path || open.startsWith(`${path}/`)) this.#forget(open);
      }
      toast(fill(FILES.removed[lang], { name: shownName(entry.name) }));
    } else toast(sentenceOf(answer.refusal, lang));
    await this.look();
  }

  /** One after another: a home has one disk, and the line is one. */
  async upload(all: readonly File[]): Promise<void> {
    for (const file of all) await this.#send(file, null);
  }

  async replace(file: File, over: FileEntry): Promise<void> {
    this.sheet.value = null;
    await this.#send(file, over.version);
  }

  async discard(path: string): Promise<void> {
    this.sheet.value = null;
    await this.#read(path);
  }

  async #send(file: File, over: string | null): Promise<void> {
    this.#uploads += 1;
    const id = this.#uploads;
    const folder = this.folder.peek();
    const name = writtenName(file.name);
    const say = (share: number) => {
      const others = this.uploads.peek().filter((upload) => upload.id !== id);
      this.uploads.value = [...others, { id, name: file.name, share }];
    };
    say(0);
    const answer = await this.#put(below(folder, name), file, over, say);
    this.uploads.value = this.uploads.peek().filter((upload) => upload.id !== id);
    await this.look();
    const there = this.view.peek()?.entries.find((entry) => entry.name === name);
    if (answer === 'unreadable') toast(fill(FILES.notAFile[lang], { name: file.name }));
    else if (answer.ok) toast(fill(FILES.uploaded[lang], { name: file.name }));
    else if (isOneOf(answer.refusal, ['file-exists', 'file-changed']) && there?.kind === 'file') {
      this.sheet.value = { kind: 'replace', file, over: there };
    } else toast(sentenceOf(answer.refusal, lang));
  }

  async #put(path: string, file: File, over: string | null, say: (share: number) => void) {
    // A folder that is dropped looks like a file until somebody reads it.
    const readable = await file
      .slice(0, 1)
      .arrayBuffer()
      .then(
        () => true,
        () => false,
      );
    return readable ? this.api.write(path, file, over, say) : ('unreadable' as const);
  }

  /** From the home, as it is now. */
  async #read(path: string): Promise<void> {
    const answer = await this.api.read(path);
    if (!this.files.peek().has(path)) return; // closed meanwhile
    if (!answer.ok) {
      if (isCode(answer.refusal, 'too-large')) {
        this.#update(path, { content: 'too-long', conflict: null });
        return;
      }
      this.#forget(path);
      toast(sentenceOf(answer.refusal, lang));
      return;
    }
    await this.#take(path, answer.value);
  }

  async #take(path: string, { version, bytes }: FileText): Promise<void> {
    const text = textOf(bytes);
    this.#update(path, { version, conflict: null, content: text === null ? 'not-text' : 'text' });
    if (text === null) return;
    const editor = await this.#getEditor();
    if (editor === null) return;
    if (editor.has(path)) editor.replace(path, text);
    await this.#show(path, text);
  }

  async #show(path: string, text = ''): Promise<void> {
    if (this.files.peek().get(path)?.content !== 'text') return;
    const editor = await this.#getEditor();
    if (this.current.peek() !== path) return;
    editor?.show(path, text, fill(FILES.editor[lang], { name: shownName(nameIn(path)) }));
  }

  async #getEditor(): Promise<Editor | null> {
    this.#editor ??= this.#makeEditor?.() ?? null;
    try {
      const editor = await this.#editor;
      editor?.setReadOnly(!this.session.driving);
      return editor;
    } catch {
      this.#editor = null;
      toast(FILES.failed[lang]);
      return null;
    }
  }

  /** The list is newer than the file that is open in it. */
  #compare(): void {
    const file = this.shown.peek();
    const view = this.view.peek();
    if (file === null || view === null || file.saving || file.version === '') return;
    if (folderOf(file.path) !== this.folder.peek() || view.more) return;
    const entry = view.entries.find(({ name }) => name === nameIn(file.path));
    if (entry?.version === file.version) return;
    if (entry !== undefined && !file.dirty) {
      void this.#follow(file.path);
    } else if (
      file.conflict === null ||
      (file.conflict !== 'gone' && file.conflict.version !== entry?.version)
    ) {
      void this.#meet(file.path);
    }
  }

  /** Takes over what is there now, unless somebody has begun to write in the meantime. */
  async #follow(path: string): Promise<void> {
    const answer = await this.api.read(path);
    const file = this.files.peek().get(path);
    if (!answer.ok || file === undefined || file.saving || answer.value.version === file.version) return;
    if (file.dirty) return this.#meet(path);
    await this.#take(path, answer.value);
    toast(FILES.reloaded[lang]);
  }

  /** Finds out what is there instead. */
  async #meet(path: string): Promise<void> {
    const answer = await this.api.read(path);
    const before = this.files.peek().get(path);
    if (before === undefined || before.saving) return;
    if (answer.ok && answer.value.version === before.version) return;
    if (answer.ok) {
      const { version, bytes } = answer.value;
      this.#update(path, { conflict: { version, text: textOf(bytes) } });
    } else if (isCode(answer.refusal, 'file-missing')) this.#update(path, { conflict: 'gone' });
    else if (isCode(answer.refusal, 'too-large')) {
      const entry = this.view.peek()?.entries.find(({ name }) => name === nameIn(path));
      if (entry !== undefined) this.#update(path, { conflict: { version: entry.version, text: null } });
    }
  }

  setDirty(path: string, dirty: boolean): void {
    if (this.files.peek().get(path)?.dirty !== dirty) this.#update(path, { dirty });
  }

  #update(path: string, change: Partial<OpenedFile>): void {
    const file = this.files.peek().get(path);
    if (file !== undefined) this.#set(path, { ...file, ...change });
  }

  #set(path: string, file: OpenedFile): void {
    this.files.value = new Map([...this.files.peek(), [path, file]]);
  }

  #forget(path: string): void {
    this.files.value = new Map([...this.files.peek()].filter(([one]) => one !== path));
    void this.#editor?.then((editor) => editor.forget(path));
    if (this.current.peek() === path) this.current.value = null;
  }
}

function isOneOf(refusal: Refusal | 'offline', codes: readonly ErrorCode[]): boolean {
  return refusal !== 'offline' && codes.includes(refusal.code);
}
