/** The routes of `#protocol/files.ts`, one function each. */
import { EDIT_BYTES, type FolderView, type SavedAnswer } from '#protocol/files.ts';
import { type Answer, call, refusalOf } from './api.ts';

export interface FileText {
  readonly version: string;
  readonly bytes: Uint8Array;
}

export class FilesApi {
  readonly #base: string;

  constructor(room: string) {
    this.#base = `/api/rooms/${room}/files`;
  }

  /** Null when nothing has changed since `tag`. */
  list(folder: string, tag: string): Promise<Answer<FolderView | null>> {
    return call('GET', `${this.#base}?${new URLSearchParams({ path: folder, unless: tag })}`);
  }

  /** Where the browser downloads it from. */
  address(path: string): string {
    return `${this.#base}/content?${new URLSearchParams({ path })}`;
  }

  /** For the editor: `too-large` when it is longer than that opens. */
  async read(path: string): Promise<Answer<FileText>> {
    try {
      const response = await fetch(`${this.address(path)}&most=${EDIT_BYTES}`, {
        credentials: 'same-origin',
      });
      if (!response.ok) return { ok: false, refusal: refusalOf(await response.json().catch(() => null)) };
      const version = (response.headers.get('etag') ?? '').replaceAll('"', '');
      return { ok: true, value: { version, bytes: await response.bytes() } };
    } catch {
      return { ok: false, refusal: 'offline' };
    }
  }

  /** Over the version that was seen, or where there is nothing yet; by XMLHttpRequest, which tells how far it is. */
  write(
    path: string,
    body: Blob,
    over: string | null,
    onProgress: (share: number) => void = () => undefined,
  ): Promise<Answer<SavedAnswer>> {
    const request = new XMLHttpRequest();
    request.open('PUT', this.address(path));
    request.setRequestHeader('content-type', 'application/octet-stream');
    if (over === null) request.setRequestHeader('if-none-match', '*');
    else request.setRequestHeader('if-match', `"${over}"`);
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(loaded / Math.max(total, 1)),
    );
    return new Promise((resolve) => {
      request.addEventListener('load', () => {
        const json: unknown = request.response;
        // The server is the one author of this shape; both sides compile against #protocol/files.ts.
        if (request.status === 200) resolve({ ok: true, value: json as SavedAnswer });
        else resolve({ ok: false, refusal: refusalOf(json) });
      });
      for (const end of ['error', 'abort', 'timeout'] as const) {
        request.addEventListener(end, () => resolve({ ok: false, refusal: 'offline' }));
      }
      request.send(body);
    });
  }

  makeFolder(path: string): Promise<Answer<null>> {
    return call('POST', `${this.#base}/folders`, { path });
  }

  move(from: string, to: string): Promise<Answer<null>> {
    return call('POST', `${this.#base}/moves`, { from, to });
  }

  remove(path: string): Promise<Answer<null>> {
    return call('DELETE', `${this.#base}?${new URLSearchParams({ path })}`);
  }
}
