/** What a driver says of the computer, in lines for the person who runs it. */
import type { Missing, SandboxDriver } from '../sandbox/sandbox.ts';

export interface HostReport {
  /** Shells can run. */
  readonly ok: boolean;
  readonly text: string;
}

export async function reportHost(driver: SandboxDriver): Promise<HostReport> {
  const missing = await driver.check();
  const weak = await driver.weaknesses();
  const ok = missing.length === 0;
  const verdict = ok
    ? ['○ シェルを動かせます', `  Shells can run (${driver.name})`]
    : ['× シェルを動かせません', `  Shells cannot run (${driver.name})`];
  return { ok, text: [...verdict, ...missing.flatMap(lines('×')), ...weak.flatMap(lines('△'))].join('\n') };
}

const lines =
  (mark: string) =>
  ({ what, remedy }: Missing): readonly string[] => [
    '',
    `${mark} ${what.ja}`,
    `  ${remedy.ja}`,
    `  ${what.en}`,
    `  ${remedy.en}`,
  ];
