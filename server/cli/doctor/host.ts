/** What the walls need of their host: kernel switches, programs, room on the disk, a clock that is right. */
import { existsSync, readFileSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Missing } from '../../sandbox/sandbox.ts';
import { commandFor, FOR_SHELLS } from '../bootstrap/system.mjs';
import { missing, stands, type Wall, weak } from './wall.ts';

const GIB = 1024 ** 3;
/** Homes and worlds of a class, and a database that must not run full while somebody works. */
const FREE_BYTES = 2 * GIB;

export interface HostFacts {
  /** The folder for everything that is kept. */
  readonly data: string;
  /** What companions of the labs lack here. */
  readonly companions: readonly Missing[];
  /** A sandbox has started. */
  readonly started: boolean;
  /** The text of a file of /proc or /run, or null where this host has none. */
  readonly read: (path: string) => string | null;
  readonly exists: (path: string) => boolean;
  readonly freeBytes: (folder: string) => number | null;
}

export const thisHost: Pick<HostFacts, 'read' | 'exists' | 'freeBytes'> = {
  read(path) {
    try {
      return readFileSync(path, 'utf8').trim();
    } catch {
      // A switch that this kernel does not have.
      return null;
    }
  },
  exists: existsSync,
  freeBytes(folder) {
    let there = folder;
    while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
    try {
      const { bavail, bsize } = statfsSync(there);
      return bavail * bsize;
    } catch {
      // A file system that does not say.
      return null;
    }
  },
};

export function host(facts: HostFacts): readonly Wall[] {
  const all = [programs(facts), ...companions(facts), userNamespaces(facts), appArmor(facts)];
  return [...all, cgroups(facts), disk(facts), clock(facts)].filter((wall) => wall !== null);
}

/** Beside those without which no sandbox starts: of them the driver speaks. */
function programs({ exists }: HostFacts): Wall {
  const needed = FOR_SHELLS.filter(({ package: name }) => name !== 'bubblewrap' && name !== 'python3');
  const absent = needed.filter(({ file }) => !exists(file));
  const names = (absent.length === 0 ? needed : absent).map((each) => each.package).join(', ');
  if (absent.length === 0) {
    return stands('programs', {
      ja: `ラボが使うプログラムがそろっています（${names}）。`,
      en: `The programs that labs use are there (${names}).`,
    });
  }
  const command = commandFor(absent);
  return weak(
    'programs',
    {
      ja: `ラボが使うプログラムが足りません（${names}）。`,
      en: `Programs that labs use are missing (${names}).`,
    },
    { ja: `次のコマンドで入ります：${command}`, en: `This installs them: ${command}` },
  );
}

function companions({ companions: absent }: HostFacts): readonly Wall[] {
  return absent.map(({ what, remedy }) => weak('companions', what, remedy));
}

function userNamespaces({ read }: HostFacts): Wall {
  const most = read('/proc/sys/user/max_user_namespaces');
  const clone = read('/proc/sys/kernel/unprivileged_userns_clone');
  if (most === null || most === '0' || clone === '0') {
    const shut = most === '0' ? 'user.max_user_namespaces' : 'kernel.unprivileged_userns_clone';
    return missing(
      'user-namespaces',
      {
        ja: 'カーネルの設定が、ユーザー名前空間を止めています。',
        en: 'A kernel setting refuses user namespaces.',
      },
      most === null
        ? {
            ja: 'CONFIG_USER_NS のあるカーネルを使ってください。Debian と Ubuntu の標準のカーネルにはあります。',
            en: 'Use a kernel with CONFIG_USER_NS; those of Debian and Ubuntu have it.',
          }
        : {
            ja: `sysctl -w ${shut}=${most === '0' ? '15000' : '1'} を実行し、/etc/sysctl.d/ にも書いてください。`,
            en: `Run sysctl -w ${shut}=${most === '0' ? '15000' : '1'}, and put it into /etc/sysctl.d/ as well.`,
          },
    );
  }
  return stands('user-namespaces', {
    ja: `ユーザー名前空間を使えます（user.max_user_namespaces = ${most}）。`,
    en: `User namespaces are allowed (user.max_user_namespaces = ${most}).`,
  });
}

/** The switch exists on Ubuntu alone. Where a sandbox does not start, the driver says whether that is why. */
function appArmor({ read, started }: HostFacts): Wall | null {
  const restricts = read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns');
  if (restricts === null || !started) return null;
  return stands(
    'apparmor',
    restricts === '1'
      ? {
          ja: 'AppArmor がユーザー名前空間を制限していますが、bwrap は通っています。',
          en: 'AppArmor restricts user namespaces, and lets bwrap through.',
        }
      : {
          ja: 'AppArmor は、ユーザー名前空間を制限していません。',
          en: 'AppArmor does not restrict user namespaces.',
        },
  );
}

function cgroups({ exists }: HostFacts): Wall {
  const unified = exists('/sys/fs/cgroup/cgroup.controllers');
  return stands('cgroup-version', {
    ja: `このホストの cgroup は v${unified ? 2 : 1} です。`,
    en: `This host has control groups version ${unified ? 2 : 1}.`,
  });
}

function disk({ data, freeBytes }: HostFacts): Wall {
  const free = freeBytes(data);
  const gib = free === null ? '?' : (free / GIB).toFixed(1);
  if (free === null || free >= FREE_BYTES) {
    return stands('disk', {
      ja: `記録を置くディスクに、${gib} GiB の空きがあります。`,
      en: `The disk for what is kept has ${gib} GiB free.`,
    });
  }
  return weak(
    'disk',
    {
      ja: `記録を置くディスクの空きが ${gib} GiB しかありません。`,
      en: `The disk for what is kept has only ${gib} GiB free.`,
    },
    {
      ja: '空きを増やすか、DOJOU_DATA で別のディスクを指定してください。',
      en: 'Make room, or name a folder on another disk in DOJOU_DATA.',
    },
  );
}

/** Signatures of AWS count minutes. systemd says when the time was set from outside; other ways are not known. */
function clock({ exists }: HostFacts): Wall | null {
  if (!exists('/run/systemd/timesync')) return null;
  if (exists('/run/systemd/timesync/synchronized')) {
    return stands('clock', { ja: '時計は合わせられています。', en: 'The clock is set from outside.' });
  }
  return weak(
    'clock',
    {
      ja: '時計が、まだ外の時刻に合わせられていません。',
      en: 'The clock has not been set from outside yet.',
    },
    { ja: 'timedatectl set-ntp true を実行してください。', en: 'Run: timedatectl set-ntp true' },
  );
}
