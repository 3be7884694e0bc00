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
    ja: 'sysctl user.max_user_namespaces を 1 以上に、Debian なら kernel.unprivileged_userns_clone を 1 にしてください。Docker の中では、既定の seccomp プロファイルが止めています。別のプロファイルを指定するか、仮想マシンで動かしてください。',
    en: 'Set sysctl user.max_user_namespaces above 0 and, on Debian, kernel.unprivileged_userns_clone to 1. Inside Docker the default seccomp profile refuses them: give another profile, or use a virtual machine.',
  },
};

/** Turns what bwrap said into the likeliest cause. `restricted`: AppArmor's switch on this host. */
export function explainFailure(message: string, restricted: boolean = appArmorRestricts()): Missing {
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

function appArmorRestricts(): boolean {
  try {
    return readFileSync('/proc/sys/kernel/apparmor_restrict_unprivileged_userns', 'utf8').trim() === '1';
  } catch {
    // The switch exists on Ubuntu alone.
    return false;
  }
}
