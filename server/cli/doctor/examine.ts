/** All that `doctor` looks at, in the order in which it is told. */
import type { Missing, SandboxDriver } from '../../sandbox/sandbox.ts';
import { type HostFacts, host } from './host.ts';
import { BROKEN, isolation } from './isolation.ts';
import { limits } from './limits.ts';
import { probe } from './probe.ts';
import { missing, type Wall, weak } from './wall.ts';

export interface Examination {
  readonly driver: SandboxDriver;
  readonly host: Omit<HostFacts, 'started'>;
  /** The server is run by root. */
  readonly asRoot: boolean;
}

export async function examine({ driver, host: facts, asRoot }: Examination): Promise<readonly Wall[]> {
  const absent = await driver.check();
  const around = host({ ...facts, started: absent.length === 0 });
  if (absent.length > 0) return [...unexplained(absent, around), ...around];
  if (driver.name === 'process') return [NO_ISOLATION, ...around];
  try {
    const seen = await probe(driver);
    return [...isolation(seen, asRoot), ...limits(seen), ...around];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const says = {
      ja: `練習環境の中を調べられませんでした（${why}）。`,
      en: `The inside of a seat could not be looked at (${why}).`,
    };
    return [missing('probe', says, BROKEN), ...around];
  }
}

/** Where a switch of the kernel is off, it alone is the cause, and it names itself. */
function unexplained(absent: readonly Missing[], around: readonly Wall[]): readonly Wall[] {
  if (around.some(({ id, state }) => id === 'user-namespaces' && state === 'missing')) return [];
  return absent.map(({ what, remedy }) => missing('sandbox', what, remedy));
}

const NO_ISOLATION = weak(
  'isolation',
  {
    ja: 'DOJOU_SANDBOX=process なので、シェルは隔離されていません。サーバーの利用者の権限で動きます。',
    en: 'With DOJOU_SANDBOX=process shells are not isolated: they run with the rights of the server’s user.',
  },
  {
    ja: '人に使ってもらうときは、DOJOU_SANDBOX=bubblewrap にしてください。',
    en: 'Set DOJOU_SANDBOX=bubblewrap before anybody else uses it.',
  },
);
