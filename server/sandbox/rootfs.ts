/**
 * What a sandbox sees of a file system, as arguments of bwrap: the host's /usr, read-only and without
 * /usr/local; everything else made here. Nothing is bound out of the clone or of /etc but public files.
 */
import { HOME, HOST, USER } from './environment.ts';
import type { SandboxShape } from './sandbox.ts';

const MIB = 1024 * 1024;
const UID = '1000';
/** What is in a tmpfs counts as memory of the sandbox: all of them together may take half of it. */
const TMPFS_SHARE_OF_MEMORY = 1 / 2;
const TMP_SHARE_OF_MEMORY = 1 / 8;
const SHM_SHARE_OF_MEMORY = 1 / 16;
/** Room for what a lab puts into /usr/local, beside the size of its files. */
const LOCAL_SLACK_BYTES = MIB;

/** Files of the host that every user may read and that programs expect; left out where absent. */
const PUBLIC_FILES = ['/etc/ld.so.cache', '/etc/ssl/certs/ca-certificates.crt'];

const ETC: Readonly<Record<string, string>> = {
  passwd: `root:x:0:0:root:/root:/usr/sbin/nologin\n${USER}:x:${UID}:${UID}:${USER}:${HOME}:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n`,
  group: `root:x:0:\n${USER}:x:${UID}:\nnogroup:x:65534:\n`,
  hosts: `127.0.0.1 localhost ${HOST}\n::1 localhost\n`,
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\nservices: files\n',
  'resolv.conf': '',
  hostname: `${HOST}\n`,
  shells: '/bin/sh\n/bin/bash\n',
  profile: 'if [ "$BASH_VERSION" ]; then . /etc/bash.bashrc; [ -r ~/.bashrc ] && . ~/.bashrc; fi; true\n',
};

/** A file whose content travels through a descriptor of its own. */
export interface RootFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly mode: number;
}

export interface RootPlan {
  /** bwrap's arguments before the files. */
  readonly before: readonly string[];
  readonly files: readonly RootFile[];
  /** bwrap's arguments after the files: what may be read-only only once they are there. */
  readonly after: readonly string[];
}

export interface HostFacts {
  readonly bashrc: string;
  /** Links of /etc/alternatives: name → target. */
  readonly alternatives: ReadonlyMap<string, string>;
}

/** Lays out the file system, or throws a sentence when the spec asks for what cannot be. */
export function planRoot(shape: SandboxShape, host: HostFacts): RootPlan {
  const sizes = tmpfsSizes(shape);
  const local = shape.files.map((file) => rootFile(file.path, file.content, file.mode ?? 0o644));
  const etc = Object.entries({ ...ETC, 'bash.bashrc': host.bashrc }).map(([name, content]) =>
    rootFile(`/etc/${name}`, content, 0o644),
  );
  const localBytes = local.reduce((sum, file) => sum + file.content.length, LOCAL_SLACK_BYTES);
  return {
    before: [
      ...['--ro-bind', '/usr', '/usr', ...tmpfs('/usr/local', localBytes, '0755')],
      ...['bin', 'sbin', 'lib', 'lib64'].flatMap((name) => ['--symlink', `usr/${name}`, `/${name}`]),
      ...['--proc', '/proc', '--dev', '/dev', ...tmpfs('/dev/shm', sizes.shm, '1777')],
      ...tmpfs('/tmp', sizes.tmp, '1777'),
      ...['--perms', '0755', '--dir', '/home', ...tmpfs(HOME, sizes.home, '0700')],
      ...[
        '--dir',
        '/run',
        '--dir',
        '/var',
        '--symlink',
        '/tmp',
        '/var/tmp',
        '--perms',
        '0755',
        '--dir',
        '/etc',
      ],
      ...PUBLIC_FILES.flatMap((path) => ['--ro-bind-try', path, path]),
      ...[
        '--symlink',
        '/usr/share/zoneinfo/Etc/UTC',
        '/etc/localtime',
        '--symlink',
        '/proc/mounts',
        '/etc/mtab',
      ],
      ...[...host.alternatives].flatMap(([name, target]) => [
        '--symlink',
        target,
        `/etc/alternatives/${name}`,
      ]),
    ],
    files: [...etc, ...local],
    after: ['--remount-ro', '/usr/local', '--remount-ro', '/dev', '--remount-ro', '/', '--chdir', HOME],
  };
}

function tmpfsSizes(spec: SandboxShape) {
  const memory = spec.memoryMiB * MIB;
  const sizes = {
    home: spec.homeMiB * MIB,
    tmp: Math.floor(memory * TMP_SHARE_OF_MEMORY),
    shm: Math.floor(memory * SHM_SHARE_OF_MEMORY),
  };
  if (sizes.home + sizes.tmp + sizes.shm > memory * TMPFS_SHARE_OF_MEMORY) {
    const most = Math.floor(
      spec.memoryMiB * (TMPFS_SHARE_OF_MEMORY - TMP_SHARE_OF_MEMORY - SHM_SHARE_OF_MEMORY),
    );
    throw new Error(
      `a home of ${spec.homeMiB} MiB is too large for ${spec.memoryMiB} MiB of memory: at most ${most} MiB`,
    );
  }
  return sizes;
}

function tmpfs(path: string, bytes: number, mode: string): string[] {
  return ['--perms', mode, '--size', String(bytes), '--tmpfs', path];
}

function rootFile(path: string, content: Uint8Array | string, mode: number): RootFile {
  return { path, content: typeof content === 'string' ? Buffer.from(content) : content, mode };
}

/** True for a plain absolute path below `folder`, without a step upwards. */
export function isBelow(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`) && !path.split('/').includes('..') && !path.includes('\0');
}
