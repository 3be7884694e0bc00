import { createHash } from 'node:crypto';
import { HOME } from './environment.ts';
import { isBelow } from './rootfs.ts';
import type { SandboxFile, SandboxShape, SandboxSpec } from './sandbox.ts';

/** What of a spec has to be there before the sandbox starts; throws a sentence for a path that cannot be. */
export function shapeOf({ memoryMiB, pids, homeMiB, files }: SandboxSpec): SandboxShape {
  const local = files.filter((file) => isBelow(file.path, '/usr/local'));
  const stray = files.find((file) => !local.includes(file) && !isBelow(file.path, HOME));
  if (stray) throw new Error(`${stray.path} is neither below ${HOME} nor below /usr/local`);
  return { memoryMiB, pids, homeMiB, files: local };
}

/** What is given to it afterwards. */
export function homeFilesOf({ files }: SandboxSpec): readonly SandboxFile[] {
  return files.filter((file) => isBelow(file.path, HOME));
}

/** The same text for shapes that are the same, byte by byte. */
export function shapeKey({ memoryMiB, pids, homeMiB, files }: SandboxShape): string {
  const hash = createHash('sha256');
  for (const { path, content, mode = 0o644 } of files) {
    hash.update(`${path}\0${mode}\0${Buffer.byteLength(content)}\0`).update(content);
  }
  return `${memoryMiB} ${pids} ${homeMiB} ${hash.digest('hex')}`;
}
