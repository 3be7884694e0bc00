/** What was seen of the walls that keep a program in, in sentences. */
import type { Inside, Outside, Seen } from './probe.ts';
import { CAPABILITIES, NAMESPACES, namespacesOf } from './probe.ts';
import { missing, stands, type Wall, type Words, weak } from './wall.ts';

/** A wall that was asked for and is not there: nothing that an administrator sets explains it. */
export const BROKEN: Words = {
  ja: 'このマシンでは人を入れないでください。カーネルと bubblewrap を新しくしても直らなければ、npm run doctor -- --json の出力をそえて知らせてください。',
  en: 'Let nobody in on this machine. Update the kernel and bubblewrap; if that does not help, report it with the output of npm run doctor -- --json.',
};

/** Devices that every program may have; `console` is the terminal of a sandbox that was given one. */
const DEVICES = /^(console|core|fd|full|null|ptmx|pts|random|shm|stderr|stdin|stdout|tty|urandom|zero)$/;
const VARIABLES = /^(COLORTERM|HOME|LANG|LOGNAME|PATH|SHELL|TERM|USER)$/;
/** bwrap, its child, the agent, and the programs of the probe itself. */
const OWN_PROCESSES = 12;

export function isolation({ inside, outside, neighbour, left }: Seen, asRoot: boolean): readonly Wall[] {
  return [
    hostUser(outside),
    ownUser(outside, neighbour, asRoot),
    wall('namespaces', separate(outside, inside), {
      good: {
        ja: 'ユーザー、マウント、プロセス、ネットワーク、IPC、ホスト名、cgroup の名前空間が、どれも別です。',
        en: 'User, mount, pid, net, ipc, uts and cgroup namespaces are all its own.',
      },
      bad: { ja: 'ホストと同じ名前空間があります。', en: 'It shares a namespace with the host.' },
    }),
    wall('capabilities', [inside.status, outside.capabilities].every(hasNone), {
      good: {
        ja: '特権（capability）は1つもありません。',
        en: 'It has no capability, inside or on the host.',
      },
      bad: { ja: '特権（capability）が残っています。', en: 'It holds a capability.' },
    }),
    wall('no-new-privs', inside.status.NoNewPrivs === '1', {
      good: {
        ja: 'no_new_privs が立っていて、setuid のプログラムでも権限は増えません。',
        en: 'no_new_privs is set: setuid programs give nothing.',
      },
      bad: { ja: 'no_new_privs が立っていません。', en: 'no_new_privs is not set.' },
    }),
    wall('seccomp', inside.status.Seccomp === '2' && filtered(inside), {
      good: {
        ja: 'seccomp フィルターが効いていて、マウント、ptrace、bpf、vsock などを断ります。',
        en: 'The seccomp filter is in force: mount, ptrace, bpf, vsock and the like are refused.',
      },
      bad: {
        ja: 'seccomp フィルターが、断るはずの呼び出しを通しました。',
        en: 'The seccomp filter let a call through that it must refuse.',
      },
    }),
    wall(
      'read-only',
      Object.values(inside.written).every((each) => each !== 'allowed'),
      {
        good: {
          ja: 'システムは読み取り専用です。書けるのはホーム、/tmp、/dev/shm だけです。',
          en: 'The system is read-only: only the home, /tmp and /dev/shm can be written.',
        },
        bad: { ja: '書けないはずの場所に書けました。', en: 'A place could be written that must not be.' },
      },
    ),
    wall(
      'host-files',
      Object.values(inside.read).every((each) => each !== 'allowed'),
      {
        good: {
          ja: 'ホストの /etc、/root、/var と、このリポジトリーは見えません。',
          en: 'The host’s /etc, /root, /var and this repository cannot be seen.',
        },
        bad: { ja: 'ホストのファイルを読めました。', en: 'A file of the host could be read.' },
      },
    ),
    wall('proc-and-dev', inside.devices.every((each) => DEVICES.test(each)) && alone(inside), {
      good: {
        ja: '/proc と /dev は専用です。ほかのプロセスも、ホストのデバイスも見えません。',
        en: '/proc and /dev are its own: no other process and no device of the host can be seen.',
      },
      bad: {
        ja: 'ホストのプロセスかデバイスが見えています。',
        en: 'Processes or devices of the host can be seen.',
      },
    }),
    wall('network', inside.interfaces.join() === 'lo' && unreached(inside), {
      good: {
        ja: 'ネットワークは空です。外にも、社内にも、クラウドの内部アドレスにも、ホストの loopback にも届きません。',
        en: 'The network is empty: nothing outside, inside the company, of the cloud’s metadata or of the host’s loopback is reached.',
      },
      bad: { ja: 'ネットワークのどこかに届きました。', en: 'Something on a network was reached.' },
    }),
    wall(
      'environment',
      inside.environment.every((each) => VARIABLES.test(each)),
      {
        good: {
          ja: '環境変数に、サーバーのものは混ざっていません。',
          en: 'No variable of the server is in its environment.',
        },
        bad: {
          ja: '環境変数に、知らないものがあります。',
          en: 'Its environment holds a variable that is not ours.',
        },
      },
    ),
    wall(
      'descriptors',
      inside.descriptors.every((each) => /^(pipe:|\/dev\/null)/.test(each)),
      {
        good: {
          ja: 'サーバーが開いているファイルは、1つも渡っていません。',
          en: 'No descriptor of the server leads inside.',
        },
        bad: { ja: 'サーバーのファイルが渡っています。', en: 'A descriptor of the server leads inside.' },
      },
    ),
    wall('agent', inside.agent === 'EACCES', {
      good: {
        ja: '中の世話役のメモリーと環境は、学ぶ人からは読めません。',
        en: 'The agent’s memory and environment cannot be read from inside.',
      },
      bad: { ja: '中の世話役を、学ぶ人が読めます。', en: 'The agent can be read from inside.' },
    }),
    wall('tidy', left === 0, {
      good: { ja: '終わったあとに、プロセスは残りません。', en: 'Nothing is left running after the end.' },
      bad: { ja: '終わったあとに、プロセスが残りました。', en: 'Processes were left after the end.' },
    }),
  ];
}

function wall(
  id: string,
  holds: boolean,
  { good, bad }: { readonly good: Words; readonly bad: Words },
): Wall {
  return holds ? stands(id, good) : missing(id, bad, BROKEN);
}

function hostUser({ uid, gid, groups }: Outside): Wall {
  const plain = uid !== 0 && gid !== 0 && !groups.split(/\s/).includes('0');
  return wall('host-user', plain, {
    good: {
      ja: `ホストから見ても root ではありません（uid ${uid}）。`,
      en: `On the host, too, it is not root (uid ${uid}).`,
    },
    bad: { ja: 'ホストから見ると root です。', en: 'On the host it is root.' },
  });
}

function ownUser(outside: Outside, neighbour: Outside, asRoot: boolean): Wall {
  if (outside.uid !== neighbour.uid && outside.groups === '') {
    return stands('own-user', {
      ja: '練習環境ごとに、ほかに誰も使わないホストの利用者で動きます。',
      en: 'Each seat runs as a host user of its own that nobody else is.',
    });
  }
  if (asRoot) {
    return missing(
      'own-user',
      { ja: '2つの練習環境が、同じ利用者で動いています。', en: 'Two seats run as the same host user.' },
      BROKEN,
    );
  }
  return weak(
    'own-user',
    {
      ja: 'root で動いていないので、どの練習環境もサーバーと同じ利用者（uid）で動きます。カーネルが利用者ごとに数えるもの（inotify など）は、全員で分け合うので、1人が使い切れます。',
      en: 'The server is not run by root, so all seats run as its own host user. What the kernel counts per user, such as inotify, they share: one of them can take it all.',
    },
    {
      ja: 'サーバー専用の利用者か専用の仮想マシンで動かしてください。root で起動すると、練習環境ごとに別の利用者になります。',
      en: 'Run the server as a user, or on a virtual machine, that has nothing else. Started by root, it gives each seat a user of its own.',
    },
  );
}

/** From the host where it may look; from inside where it may not, since numbers of namespaces are the kernel's. */
function separate(outside: Outside, inside: Inside): boolean {
  const ours = namespacesOf('self');
  return NAMESPACES.every((name) => {
    const theirs = outside.namespaces[name] || inside.namespaces[name];
    return theirs !== undefined && theirs !== '' && theirs !== ours[name];
  });
}

const hasNone = (sets: Readonly<Record<string, string>>): boolean =>
  CAPABILITIES.every((name) => /^0+$/.test(sets[name] ?? ''));

const filtered = ({ calls, vsock }: Inside): boolean =>
  vsock === 'EAFNOSUPPORT' && Object.values(calls).every((each) => each === 'EPERM');

const alone = ({ processes }: Inside): boolean =>
  processes.length <= OWN_PROCESSES && processes.every((pid) => pid < 1000);

const unreached = ({ reached }: Inside): boolean =>
  Object.values(reached).every((each) => each !== 'allowed');
