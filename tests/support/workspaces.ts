/** What tests of a home's files ask again and again. */
import type { Refusal } from '#protocol/messages.ts';
import type { Workspace } from '../../server/seats/workspace.ts';

export function refused(code: Refusal['code']): Refusal {
  return { code, values: {} };
}

export async function* once(text: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof text === 'string' ? Buffer.from(text) : text;
}

export async function listing(files: Workspace, path: string) {
  const view = await files.list(path);
  if ('code' in view) throw new Error(view.code);
  return view;
}

export async function content(files: Workspace, path: string): Promise<string> {
  const opened = await files.open(path);
  return 'code' in opened ? opened.code : (await bytesOf(opened.content)).toString();
}

export async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
