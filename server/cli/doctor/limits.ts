/** What was seen of the limits of a sandbox, each reached by a program that tried, in sentences. */
import { NO_CGROUP } from '../../sandbox/host-check.ts';
import { BROKEN } from './isolation.ts';
import { LIMITS, type Seen, TRIED_PROCESSES } from './probe.ts';
import { missing, stands, type Wall, type Words, weak } from './wall.ts';

/** What the launcher allows, beside a few that a program needs to begin. */
const OPEN_FILES = 1024;
/** bwrap and the agent have places of their own. */
const OWN_PROCESSES = 3;

export function limits({ inside, memory, outside, neighbour }: Seen): readonly Wall[] {
  const { sizes, opened, core, forked } = inside;
  const [home = 0, ...others] = Object.values(sizes);
  const sized = home <= LIMITS.homeMiB && others.every((each) => each <= LIMITS.memoryMiB / 4);
  return [
    memoryWall(memory, outside.limits),
    processesWall(forked, outside.limits, outside.uid === neighbour.uid),
    cpuWall(outside.limits),
    limit('sizes', sized && home > 0, {
      good: {
        ja: 'ホーム、/tmp、/dev/shm は、決めた大きさでいっぱいになります。',
        en: 'The home, /tmp and /dev/shm are full at their sizes.',
      },
      bad: { ja: '大きさに上限のない場所があります。', en: 'A place can be filled without bound.' },
    }),
    limit('open-files', opened <= OPEN_FILES, {
      good: {
        ja: `1つのプログラムが開けるファイルは ${OPEN_FILES} までです。`,
        en: `A program can open ${OPEN_FILES} files at most.`,
      },
      bad: { ja: '開けるファイルの数に上限がありません。', en: 'Open files have no bound.' },
    }),
    limit('core', core === 0, {
      good: { ja: 'コアダンプは書かれません。', en: 'No core is dumped.' },
      bad: { ja: 'コアダンプが書かれることがあります。', en: 'A core may be dumped.' },
    }),
  ];
}

function limit(
  id: string,
  holds: boolean,
  { good, bad }: { readonly good: Words; readonly bad: Words },
): Wall {
  return holds ? stands(id, good) : missing(id, bad, BROKEN);
}

function memoryWall(ended: Seen['memory'], files: Seen['outside']['limits']): Wall {
  const grouped = 'memory.max' in files || 'memory.limit_in_bytes' in files;
  // Without its answer the whole probe was ended: the limit holds all the more.
  const stopped = ended === 'killed' || ended === 'refused' || ended === null;
  if (grouped && stopped) {
    return stands('memory', {
      ja: 'メモリーの上限は、練習環境の全体にかかっています（cgroup）。越えたプログラムは止められました。',
      en: 'Memory is limited for the whole seat (cgroup): a program that took too much was ended.',
    });
  }
  if (grouped) {
    return missing(
      'memory',
      {
        ja: 'メモリーの上限を越えても、止まりませんでした。',
        en: 'A program took more memory than the limit.',
      },
      BROKEN,
    );
  }
  return weak(
    'memory',
    {
      ja: 'メモリーの上限が、練習環境の全体ではなくプログラムごとにかかっています（rlimit）。空のファイルの数（inode）は、ホストのメモリーでしか止まりません。',
      en: 'Memory is limited for each program and not for the whole seat (rlimit). The number of empty files (inodes) is bounded by the host’s memory alone.',
    },
    NO_CGROUP.remedy,
  );
}

function processesWall(forked: number, files: Seen['outside']['limits'], shared: boolean): Wall {
  const grouped = 'pids.max' in files;
  // A user's limit counts what else the user runs when a seat starts: it is not exact.
  if (forked > (grouped ? LIMITS.pids + OWN_PROCESSES : TRIED_PROCESSES / 2)) {
    return missing(
      'processes',
      { ja: 'プロセスの数に上限がかかっていません。', en: 'Processes have no bound.' },
      grouped ? BROKEN : NO_CGROUP.remedy,
    );
  }
  if (grouped) {
    return stands('processes', {
      ja: 'プロセスの数の上限は、練習環境の全体にかかっています（cgroup）。',
      en: 'Processes are limited for the whole seat (cgroup).',
    });
  }
  return weak(
    'processes',
    {
      ja: `プロセスの数は、cgroup ではなく利用者ごとの上限（rlimit）で止めています。${shared ? 'どの練習環境も利用者が同じなので、1つの上限を分け合うことになり、1人が使い切れます。' : ''}`,
      en: `Processes are bounded by the limit of their user (rlimit), not by a control group.${shared ? ' All seats share it, since their user is the same: one of them can take it all.' : ''}`,
    },
    NO_CGROUP.remedy,
  );
}

function cpuWall(files: Seen['outside']['limits']): Wall {
  if ('cpu.weight' in files || 'cpu.shares' in files) {
    return stands('cpu', {
      ja: 'CPU が足りないときは、練習環境よりホストのほかの仕事が優先されます。',
      en: 'When CPU is short, other work of the host goes before seats.',
    });
  }
  return weak(
    'cpu',
    {
      ja: 'CPU の配分を決められません。重い処理が、ホストのほかの仕事を遅くすることがあります。',
      en: 'CPU is not weighted: heavy work in a seat can slow down other work of the host.',
    },
    NO_CGROUP.remedy,
  );
}
