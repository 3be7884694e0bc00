import { readFileSync } from 'node:fs';
import type { Missing } from './sandbox.ts';

/** What may keep shells from running on a host, with what its administrator can do about it. */

export const MISSING_BWRAP: Missing = {
  what: { ja: 'bubblewrap が入っていません。', en: 'bubblewrap is not installed.' },
  remedy: { ja: 'apt install bubblewrap を実行してください。', en: 'Run: apt install bubblewrap' },
};

export const MISSING_PYTHON: Missing = {
  what: {
    ja: 'Python 3（/usr/bin/python3）が入っていません。',
    en: 'Python 3 (/usr/bin/python3) is not installed.',
  },
  remedy: { ja: 'apt install python3 を実行してください。', en: 'Run: apt install python3' },
};

export const MISSING_MACHINE: Missing = {
  what: {
    ja: `この CPU（${process.arch}）には、シェルを閉じ込めるフィルターがありません。`,
    en: `There is no system call filter for this CPU (${process.arch}).`,
  },
  remedy: {
    ja: 'x86-64 か arm64 の Linux で動かしてください。',
    en: 'Use Linux on x86-64 or arm64.',
  },
};

export const NO_CGROUP: Missing = {
  what: {
    ja: 'cgroup を使えないため、メモリーとプロセス数の上限が弱くなっています。',
    en: 'Control groups cannot be used, so the limits on memory and processes are weaker.',
  },
  remedy: {
    ja: 'systemd のサービスなら Delegate=yes を付けてください。コンテナなら cgroup を書き込み可能にしてください。',
    en: 'In a systemd service set Delegate=yes; in a container make the control groups writable.',
  },
};

const APPARMOR: Missing = {
  what: {
    ja: 'AppArmor がユーザー名前空間を止めています（Ubuntu 24.04 以降の初期設定）。',
    en: 'AppArmor refuses user namespaces (the default since Ubuntu 24.04).',
  },
  remedy: {
    ja: 'bwrap に userns を許す AppArmor プロファイルを入れるか、sysctl kernel.apparmor_restrict_unprivileged_userns=0 を設定してください。',
    en: 'Install an AppArmor profile that allows userns to bwrap, or set sysctl kernel.apparmor_restrict_unprivileged_userns=0.',
  },
};

const NO_USER_NAMESPACES: Missing = {
  what: {
    ja: 'カーネルがユーザー名前空間を止めています。',
    en: 'The kernel refuses user namespaces.',
  },
  remedy: {
    ja: 'sysctl user.max_user_namespaces を 1 以上に、Debian なら kernel.unprivileged_userns_clone を 1 にしてください。',
    en: 'Set sysctl user.max_user_namespaces above 0 and, on Debian, kernel.unprivileged_userns_clone to 1.',
  },
};

const CONTAINER_FILTER: Missing = {
  what: {
    ja: 'このサーバーを入れたコンテナの seccomp が、ユーザー名前空間を止めています（Docker の既定）。',
    en: 'The seccomp profile of the container around this server refuses user namespaces (Docker’s default).',
  },
  remedy: {
    ja: '仮想マシンで動かすか、clone、unshare、mount、pivot_root を許す seccomp プロファイルをコンテナに指定してください。',
    en: 'Use a virtual machine, or give the container a seccomp profile that allows clone, unshare, mount and pivot_root.',
  },
};

const MASKED_PROC: Missing = {
  what: {
    ja: '/proc の一部が隠されているので、シェル専用の /proc を作れません（コンテナの既定）。',
    en: 'Parts of /proc are masked, so a shell cannot have one of its own (the default of containers).',
  },
  remedy: {
    ja: '仮想マシンで動かすか、コンテナに --security-opt systempaths=unconfined を付けてください。',
    en: 'Use a virtual machine, or start the container with --security-opt systempaths=unconfined.',
  },
};

/** Settings of a host that no message of bwrap names. */
export interface Switches {
  /** AppArmor restricts user namespaces. */
  readonly restricted: boolean;
  /** A seccomp filter holds this server. */
  readonly filtered: boolean;
}

/** Turns what bwrap said into the likeliest cause. */
export function explainFailure(message: string, { restricted, filtered }: Switches = switches()): Missing {
  if (/mount proc/i.test(message)) return MASKED_PROC;
  if (filtered && /namespace|not permitted|No permissions/i.test(message)) return CONTAINER_FILTER;
  if (restricted && /namespace|uid map|Permission denied|not permitted/i.test(message)) {
    return APPARMOR;
  }
  if (/namespace|uid map|Operation not permitted|No space left/i.test(message)) return NO_USER_NAMESPACES;
  return {
    what: {
      ja: `シェルの隔離環境を起動できません（${message}）。`,
      en: `The sandbox for shells does not start (${message}).`,
    },
    remedy: {
      ja: '/usr/bin/bwrap --version と /usr/bin/python3 --version が動くか確かめてください。',
      en: 'See whether /usr/bin/bwrap --version and /usr/bin/python3 --version work.',
    },
  };
}

function switches(): Switches {
  return {
    restricted: readIfThere('/proc/sys/kernel/apparmor_restrict_unprivileged_userns').trim() === '1',
    filtered: /^Seccomp:\t2$/m.test(readIfThere('/proc/self/status')),
  };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // The switch exists on Ubuntu alone.
    return '';
  }
}
