/** Whether the files lie over the terminal. Their code is fetched when they are opened for the first time. */
import { effect, signal } from '@preact/signals';
import folderOpen from 'lucide-static/icons/folder-open.svg?raw';
import { render } from 'preact';
import { lang } from '../../../client/language.ts';
import type { RoomSession } from '../../../client/room-session.ts';
import { toast } from '../../../client/toasts.ts';
import { FILES } from '../../../client/words-files.ts';
import { Icon } from '../Icon.tsx';

interface Places {
  readonly box: HTMLElement;
  readonly sheets: HTMLElement;
  readonly bench: HTMLElement;
  readonly terminal: HTMLElement;
}

export class FilesTab {
  readonly open = signal(false);
  readonly #box: HTMLElement;
  readonly #sheets: HTMLElement;
  #session: RoomSession | null = null;
  #fetched: Promise<void> | null = null;

  /** The terminal is out of reach while files lie over it. */
  constructor({ box, sheets, bench, terminal }: Places) {
    this.#box = box;
    this.#sheets = sheets;
    effect(() => {
      const open = this.open.value;
      box.hidden = !open;
      terminal.inert = open;
      bench.classList.toggle('has-files', open);
    });
  }

  follow(session: RoomSession): void {
    this.#session = session;
  }

  toggle(): void {
    if (this.open.peek()) {
      this.close();
      return;
    }
    this.open.value = true;
    this.#fetched ??= this.#fetch().catch(() => {
      this.#fetched = null;
      this.close();
      toast(FILES.failed[lang]);
    });
  }

  close(): void {
    this.open.value = false;
  }

  focus(): void {
    this.#box.focus();
  }

  async #fetch(): Promise<void> {
    const session = this.#session;
    if (session === null) return;
    const [{ FilesModel }, { FilesPane }, { FileSheets }] = await Promise.all([
      import('../../../client/files-model.ts'),
      import('./FilesPane.tsx'),
      import('./FileSheets.tsx'),
    ]);
    const model = new FilesModel(session);
    render(<FilesPane model={model} open={this.open} />, this.#box);
    // Dialogs are of the page, and have its colours, not those of the bench.
    render(<FileSheets model={model} />, this.#sheets);
  }
}

export function FilesButton({ tab }: { readonly tab: FilesTab }) {
  return (
    <button
      type="button"
      class="files-tab"
      aria-expanded={tab.open.value}
      aria-controls="files"
      onClick={() => tab.toggle()}
    >
      <Icon svg={folderOpen} />
      <span>{FILES.tab[lang]}</span>
    </button>
  );
}
