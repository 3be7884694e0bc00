import { existsSync } from 'node:fs';
import type { Attempt, ServerSide } from '../attempt.ts';

/** A saved home is what a learner's program has made of it: archives that write elsewhere, or give rights. */

const CRAFT = `
import io, tarfile
def archive(*members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w') as tar:
        for name, kind, more in members:
            member = tarfile.TarInfo(name)
            member.type, member.mode, member.uid, member.gid = kind, 0o4755, 0, 0
            content = b''
            if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                member.linkname = more
            elif kind == tarfile.REGTYPE:
                content = more
            else:
                member.devmajor, member.devminor = more
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return out.getvalue()
def give(*members):
    import base64
    print('TAR ' + base64.b64encode(archive(*members)).decode(), flush=True)
`;

/** A careless server unpacks with its own rights, keeping what the archive says. */
const UNPACK = `
import base64, io, tarfile
packed = next(line for line in FACTS['said'].split('\\n') if line.startswith('TAR '))[4:]
tar = tarfile.open(fileobj=io.BytesIO(base64.b64decode(packed)))
tar.extraction_filter = lambda member, path: member
os.makedirs('/srv/homes/one', exist_ok=True)
tar.extractall('/srv/homes/one', numeric_owner=True)
`;

/** A sandbox whose home is the crafted archive, or null when the server refused it. */
async function restored({ said, make }: ServerSide): Promise<Awaited<ReturnType<ServerSide['make']>> | null> {
  const packed = said.split('\n').find((line) => line.startsWith('TAR ')) ?? '';
  return make({ home: Buffer.from(packed.slice('TAR '.length), 'base64') }).catch(() => null);
}

async function planted(side: ServerSide): Promise<string | null> {
  await restored(side);
  return existsSync(`${side.folder}/planted`) ? 'a file of the learner’s in the server’s folder' : null;
}

const PLANTED = `
if os.path.exists(FACTS['folder'] + '/planted'):
    won("a file of the learner's in the server's folder")
`;

async function inside(side: ServerSide, script: string): Promise<string | null> {
  const sandbox = await restored(side);
  if (!sandbox) return null;
  const argv = ['/bin/bash', '-c', script];
  const { stdout } = await sandbox.exec({ argv, timeoutMs: 10_000, maxBytes: 10_000 });
  return Buffer.from(stdout).toString('utf8').trim() || null;
}

export const RESTORING: readonly Attempt[] = [
  {
    id: 'archive-with-steps-up',
    says: 'Have the server unpack a file whose name leads out of the home.',
    walls: ['restored as the learner', 'mount namespace'],
    proof: 'effect',
    program: `${CRAFT}
give(('../' * 12 + FACTS['folder'][1:] + '/planted', tarfile.REGTYPE, b'x'), (FACTS['folder'] + '/planted', tarfile.REGTYPE, b'x'))
`,
    server: planted,
    careless: `${UNPACK}${PLANTED}`,
  },
  {
    id: 'archive-through-a-link',
    says: 'Have the server unpack a link, and a file through it.',
    walls: ['restored as the learner', 'mount namespace'],
    proof: 'effect',
    program: `${CRAFT}
give(('away', tarfile.SYMTYPE, FACTS['folder']), ('away/planted', tarfile.REGTYPE, b'x'))
`,
    server: planted,
    careless: `${UNPACK}${PLANTED}`,
  },
  {
    id: 'archive-with-a-hard-link',
    says: 'Have the server link its own secret into the home while it unpacks.',
    walls: ['restored as the learner', 'mount namespace'],
    proof: 'secret',
    program: `${CRAFT}
give(('secret', tarfile.LNKTYPE, FACTS['files'][0]))
`,
    server: (side) => inside(side, 'cat ~/secret'),
    careless: `
import base64
packed = next(line for line in FACTS['said'].split('\\n') if line.startswith('TAR '))[4:]
os.makedirs('/srv/homes/one')
subprocess.run(['tar', '-P', '-C', '/srv/homes/one', '-xf', '-'], input=base64.b64decode(packed))
won(open('/srv/homes/one/secret').read())
`,
  },
  {
    id: 'archive-with-setuid',
    says: 'Have the server unpack a program that belongs to root and is setuid.',
    walls: ['restored as the learner', 'host user', 'no devices, no setuid', 'no new privileges'],
    proof: 'effect',
    program: `${CRAFT}
give(('rootly', tarfile.REGTYPE, b'#!/bin/sh\\n'))
`,
    server: (side) => inside(side, 'find ~/rootly -user root -perm -4000'),
    careless: `${UNPACK}
there = os.stat('/srv/homes/one/rootly')
if there.st_uid == 0 and there.st_mode & stat.S_ISUID:
    won('a setuid program of root')
`,
  },
  {
    id: 'archive-with-a-device',
    says: 'Have the server unpack a device.',
    walls: ['restored as the learner', 'host user', 'no devices, no setuid'],
    proof: 'effect',
    needs: ['root'],
    program: `${CRAFT}
give(('log', tarfile.CHRTYPE, (1, 11)))
`,
    server: (side) => inside(side, 'find ~/log -type c'),
    careless: `${UNPACK}
if stat.S_ISCHR(os.lstat('/srv/homes/one/log').st_mode):
    won('a device')
`,
  },
];
