import type { Sandbox, SandboxFile } from '../../sandbox/sandbox.ts';

/** How one kind of service is run in a companion. */
export interface Program {
  readonly argv: readonly string[];
  readonly files: readonly SandboxFile[];
  /** What its home begins with, as a tar; null for nothing. Asked for anew with each companion. */
  home(): Promise<Uint8Array | null>;
  /** True when it does its work, as far as its kind can tell beyond a port that takes connections. */
  answers(sandbox: Sandbox): Promise<boolean>;
  /** Once per companion, when it takes connections for the first time; rejects with what went wrong. */
  prepare(sandbox: Sandbox): Promise<void>;
}

/** A lab that cannot be run as it is written: trying again does not help. */
export class Unusable extends Error {}

/** Files of the lab by their path in it. */
export type LabFiles = ReadonlyMap<string, Uint8Array>;

/** Throws a sentence when the lab has no such file. */
export function labFile(files: LabFiles, path: string): Uint8Array {
  const content = files.get(path);
  if (content === undefined) throw new Unusable(`the lab has no file services/${path}`);
  return content;
}
