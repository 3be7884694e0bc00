import type { Attempt, ServerSide } from '../attempt.ts';

/** Tricks against whoever reads a learner's files: the checks of labs, and the saving of homes. */

const HOME = '/home/learner';
const READ_BYTES = 1024 * 1024;

/** What the server is given when it reads this file of the home. */
async function reads({ sandbox }: ServerSide, name: string): Promise<string | null> {
  const [result] = await sandbox.readFiles([`${HOME}/${name}`], READ_BYTES);
  return result?.status === 'found' ? Buffer.from(result.content).toString('utf8') : null;
}

/** A careless server: opens the path, with its own rights. */
const opens = (name: string): string => `
signal.alarm(5)
won(open('${HOME}/${name}').read())
`;

export const CHECKER: readonly Attempt[] = [
  {
    id: 'answer-is-a-link',
    says: 'Give the server a link to its own secret where it reads an answer.',
    walls: ['regular files only', 'mount namespace'],
    proof: 'secret',
    program: `
for number, path in enumerate(FACTS['files']):
    os.symlink(path, f'/home/learner/answer-{number}')
`,
    server: async (side) => {
      const all = await Promise.all(Array.from({ length: 6 }, (_, n) => reads(side, `answer-${n}`)));
      return all.join('') || null;
    },
    careless: opens('answer-0'),
  },
  {
    id: 'folder-is-a-link',
    says: 'Give the server a folder that leads to its own.',
    walls: ['regular files only', 'mount namespace'],
    proof: 'secret',
    program: `os.symlink(FACTS['folder'], '/home/learner/work')`,
    server: (side) => reads(side, 'work/open'),
    careless: opens('work/open'),
  },
  {
    id: 'link-through-proc',
    says: 'Give the server a link through /proc, which means something else to it.',
    walls: ['regular files only', 'mount namespace', 'pid namespace'],
    proof: 'secret',
    program: `os.symlink('/proc/self/root' + FACTS['files'][0], '/home/learner/by-proc')`,
    server: (side) => reads(side, 'by-proc'),
    careless: opens('by-proc'),
  },
  {
    id: 'hard-link',
    says: 'Make a hard link to the server’s file, which no longer looks like a link.',
    walls: ['mount namespace', 'host user'],
    proof: 'secret',
    program: `
for number, path in enumerate(FACTS['files']):
    tries(lambda: os.link(path, f'/home/learner/hard-{number}'))
`,
    server: async (side) => {
      const all = await Promise.all(Array.from({ length: 6 }, (_, n) => reads(side, `hard-${n}`)));
      return all.join('') || null;
    },
    careless: opens('hard-0'),
  },
  {
    id: 'swapped-while-read',
    says: 'Swap an honest file for a link between the server’s look and its reading.',
    walls: ['regular files only', 'mount namespace'],
    proof: 'secret',
    alone: true,
    program: `
os.chdir('/home/learner')
open('honest', 'w').write('honest')
os.symlink(FACTS['files'][0], 'wicked')
os.link('honest', 'swapped')
if os.fork() == 0:
    os.setsid()
    nothing = os.open('/dev/null', os.O_RDWR)
    for fd in range(3):
        os.dup2(nothing, fd)
    end = time.monotonic() + 4
    while time.monotonic() < end:
        for name in ('wicked', 'honest'):
            os.link(name, 'next', follow_symlinks=False)
            os.rename('next', 'swapped')
            # Renaming one name of a file to another name of it does nothing, and keeps both.
            if os.path.lexists('next'):
                os.unlink('next')
`,
    server: async (side) => {
      for (let look = 0; look < 100; look++) {
        const content = await reads(side, 'swapped');
        if (content !== null && content !== 'honest') return content;
      }
      return null;
    },
    careless: `
path = '/home/learner/swapped'
end = time.monotonic() + 3
while time.monotonic() < end:
    if not stat.S_ISLNK(os.lstat(path).st_mode):
        time.sleep(0.0001)
        content = open(path).read()
        if content != 'honest':
            won(content)
            break
`,
  },
  {
    id: 'answer-is-a-pipe',
    says: 'Give the server a pipe to read, so that it waits for ever.',
    walls: ['regular files only'],
    proof: 'effect',
    program: `os.mkfifo('/home/learner/pipe')`,
    server: async (side) => {
      const late = new Promise<string>((done) => setTimeout(done, 3000, 'the server waits').unref());
      return Promise.race([late, reads(side, 'pipe')]);
    },
    careless: `
def late(*_):
    won('the server waits')
    os._exit(0)
signal.signal(signal.SIGALRM, late)
signal.alarm(2)
open('/home/learner/pipe').read()
`,
  },
  {
    id: 'answer-has-no-end',
    says: 'Give the server a device that never ends.',
    walls: ['regular files only', 'bounded answers'],
    proof: 'effect',
    program: `os.symlink('/dev/zero', '/home/learner/endless')`,
    server: async (side) => {
      const content = await reads(side, 'endless');
      return content === null ? null : `${content.length} bytes`;
    },
    careless: `
with open('/home/learner/endless', 'rb') as file:
    have = 0
    while have < 64 * MIB:
        have += len(file.read(MIB))
won(f'{have} bytes')
`,
  },
  {
    id: 'answer-is-huge',
    says: 'Give the server a file of a terabyte that takes no room.',
    walls: ['bounded answers'],
    proof: 'effect',
    program: `os.truncate(os.open('/home/learner/huge', os.O_CREAT | os.O_RDWR), 1 << 40)`,
    server: async (side) => {
      const content = await reads(side, 'huge');
      return content !== null && content.length > READ_BYTES ? `${content.length} bytes` : null;
    },
    careless: `
with open('/home/learner/huge', 'rb') as file:
    have = 0
    while have < 64 * MIB:
        have += len(file.read(MIB))
won(f'{have} bytes')
`,
  },
  {
    id: 'home-is-huge',
    says: 'Have the server save a home with a terabyte of nothing.',
    walls: ['bounded answers'],
    proof: 'effect',
    alone: { homeMiB: 16 },
    program: `os.truncate(os.open('/home/learner/huge', os.O_CREAT | os.O_RDWR), 1 << 40)`,
    server: async ({ sandbox, spec }) => {
      const tar = await sandbox.saveHome().catch(() => new Uint8Array());
      return tar.length > spec.homeMiB * 2 * 1024 * 1024 ? `${tar.length} bytes saved` : null;
    },
    careless: `
tar = subprocess.Popen(['tar', '-C', '/home/learner', '-cf', '-', '.'], stdout=subprocess.PIPE)
have = 0
while have < 64 * MIB:
    have += len(tar.stdout.read(MIB))
tar.kill()
won(f'{have} bytes saved')
`,
  },
  {
    id: 'home-with-links',
    says: 'Have the server save what links in the home lead to.',
    walls: ['mount namespace', 'regular files only'],
    proof: 'secret',
    alone: { homeMiB: 16 },
    program: `
for number, path in enumerate(FACTS['files']):
    os.symlink(path, f'/home/learner/link-{number}')
`,
    server: async ({ sandbox }) => Buffer.from(await sandbox.saveHome()).toString('latin1'),
    careless: `won(subprocess.run(['tar', '-C', '/home/learner', '-chf', '-', '.'], capture_output=True).stdout)`,
  },
];
