import { createCredentialEndpoint } from '../../../server/aws/credential-endpoint.ts';
import type { Minted } from '../../../server/aws/vendor.ts';
import { wallClock } from '../../../server/lib/clock.ts';
import { newSecret } from '../../../server/lib/ids.ts';
import { createLog } from '../../../server/lib/log.ts';
import type { Attempt } from '../attempt.ts';

/** The server itself, through an agent that is not ours any more, endless programs, and the seat's endpoint. */

const MIB = 1024 * 1024;
const HOSTILE = `
import os, struct, sys, time
def say(link, kind, channel, payload=b'', length=None):
    os.write(link, struct.pack('>IBI', len(payload) if length is None else length, kind, channel) + payload)
for link in (3, 4):
    say(link, 64, 0)
`;

/** How much more of memory the server holds after something. */
async function growth(during: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage();
  await during();
  const after = process.memoryUsage();
  return (after.arrayBuffers + after.external - before.arrayBuffers - before.external) / MIB;
}

const grew = (mib: number): string | null => (mib > 48 ? `${Math.round(mib)} MiB held by the server` : null);

/** A sandbox with this agent has ended, was refused, or has had two seconds. */
async function ended(make: Promise<{ readonly ended: Promise<unknown> }>): Promise<unknown> {
  const sandbox = await make.catch(() => null);
  const enough = new Promise((done) => setTimeout(done, 2000));
  return sandbox ? Promise.race([sandbox.ended, enough]) : null;
}

export const AGENT: readonly Attempt[] = [
  {
    id: 'announce-too-much',
    says: 'Speak to the server as the agent and announce a frame of 4 GiB, then send it.',
    walls: ['checked frames'],
    proof: 'effect',
    program: 'pass',
    server: async ({ make }) => {
      const agent = `${HOSTILE}\nsay(3, 69, 1, b'x', 0xffffffff)\nfor _ in range(256): os.write(3, bytes(1 << 20))\n`;
      return grew(await growth(() => ended(make({}, agent))));
    },
    careless: `
frame = struct.pack('>IBI', 0xffffffff, 69, 1)
length, kind, channel = struct.unpack('>IBI', frame)
payload = bytearray()
while len(payload) < min(length, 128 * MIB):
    payload += bytes(MIB)
won(f'{len(payload) // MIB} MiB held by the server')
`,
  },
  {
    id: 'connections-nobody-asked-for',
    says: 'Speak to the server as the agent and open connections without end.',
    walls: ['checked frames'],
    proof: 'effect',
    program: 'pass',
    server: async ({ make }) => {
      const agent = `${HOSTILE}
for number in range(200000):
    say(4, 83, 0x80000000 + number, struct.pack('>I', 1))
    say(4, 32, 0x80000000 + number, bytes(1024))
time.sleep(9)
`;
      return grew(await growth(() => ended(make({}, agent))));
    },
    careless: `
connections = {}
for number in range(200000):
    connections[number] = bytearray(1024)
won(f'{len(connections)} connections held by the server')
`,
  },
  {
    id: 'forge-the-log',
    says: 'Have the agent’s last words forge a line of the server’s log, with escape sequences.',
    walls: ['log as data'],
    proof: 'effect',
    program: 'pass',
    server: async ({ make }) => {
      let written = '';
      const log = createLog('debug', {
        write(line: string) {
          written += line;
        },
      });
      const agent = `raise SystemExit('words\\x1b]0;taken\\x07\\n{"level":60,"msg":"forged"}')`;
      const reason = await make({}, agent).then(
        async (sandbox) => (await sandbox.ended).reason,
        (error: unknown) => String(error),
      );
      log.debug({ reason }, 'sandbox ended');
      if (!reason.includes('words')) return 'the last words were not kept, so nothing was tried';
      return written.includes('\x1b') || written.trim().includes('\n') ? written : null;
    },
    careless: `
reason = 'words\\x1b]0;taken\\x07\\n{"level":60,"msg":"forged"}'
line = 'sandbox ended: ' + reason
if '\\x1b' in line and '\\n' in line:
    won('a line of its own')
`,
  },
  {
    id: 'endless-output',
    says: 'Print without end into what the server collects.',
    walls: ['bounded answers', 'deadlines'],
    proof: 'effect',
    program: 'pass',
    server: async ({ sandbox }) => {
      const argv = ['/usr/bin/head', '-c', '200000000', '/dev/zero'];
      const { stdout } = await sandbox.exec({ argv, timeoutMs: 5000, maxBytes: MIB });
      return stdout.length > MIB ? `${stdout.length} bytes` : null;
    },
    careless: `
got = subprocess.run(['/usr/bin/head', '-c', '200000000', '/dev/zero'], capture_output=True, timeout=5).stdout
if len(got) > MIB:
    won(f'{len(got)} bytes')
`,
  },
  {
    id: 'deaf-program',
    says: 'Hold up a check of the server’s by a program that ignores every signal it can.',
    walls: ['deadlines'],
    proof: 'effect',
    program: 'pass',
    server: async ({ sandbox }) => {
      const script = 'trap "" TERM INT HUP QUIT USR1; sleep 30 & while :; do wait; done';
      const held = new Promise<string>((done) => setTimeout(done, 6000, 'the server waits').unref());
      const run = sandbox.exec({ argv: ['/bin/bash', '-c', script], timeoutMs: 300, maxBytes: 1000 });
      return Promise.race([held, run.then(() => null)]);
    },
    careless: `
process = subprocess.Popen(['/bin/bash', '-c', 'trap "" TERM INT HUP QUIT USR1; echo; sleep 30 & while :; do wait; done'], stdout=subprocess.PIPE)
process.stdout.readline()
process.terminate()
try:
    process.communicate(timeout=2)
except subprocess.TimeoutExpired:
    won('the server waits')
    process.kill()
`,
  },
  {
    id: 'held-pipe',
    says: 'Hold up a check by a daemon that keeps the pipe of a program that has ended.',
    walls: ['deadlines'],
    proof: 'effect',
    program: 'pass',
    server: async ({ sandbox }) => {
      const held = new Promise<string>((done) => setTimeout(done, 6000, 'the server waits').unref());
      const argv = ['/bin/bash', '-c', 'setsid sleep 30 & exit'];
      return Promise.race([held, sandbox.exec({ argv, timeoutMs: 4000, maxBytes: 1000 }).then(() => null)]);
    },
    careless: `
process = subprocess.Popen(['/bin/bash', '-c', 'setsid sleep 30 & exit'], stdout=subprocess.PIPE)
process.wait()
try:
    process.communicate(timeout=2)
except subprocess.TimeoutExpired:
    won('the server waits')
`,
  },
  {
    id: 'guess-the-token',
    says: 'Ask the seat’s endpoint for credentials without its token, with guesses, and with another seat’s.',
    walls: ['endpoint token'],
    proof: 'effect',
    program: 'pass',
    server: async ({ make }) => {
      const token = newSecret();
      using endpoint = createCredentialEndpoint({
        ...{ clock: wallClock, token, current: () => Promise.resolve(MINTED), onFailure: () => undefined },
      });
      const sandbox = await make({});
      await sandbox.forward(9911, (stream) => endpoint.onConnection(stream));
      const ask = async (authorization: string): Promise<string> => {
        const script = `curl -s -m 5 -H "$1" http://127.0.0.1:9911/credentials || python3 -c '
import sys, urllib.request, urllib.error
try: print(urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:9911/credentials", headers=dict([sys.argv[1].split(": ", 1)]))).read().decode())
except urllib.error.HTTPError as error: print(error.read().decode())' "$1"`;
        const argv = ['/bin/bash', '-c', script, 'ask', authorization];
        const { stdout } = await sandbox.exec({ argv, timeoutMs: 10_000, maxBytes: 10_000 });
        return Buffer.from(stdout).toString('utf8');
      };
      if (!(await ask(`Authorization: ${token}`)).includes(MINTED.accessKeyId))
        return 'the right token fails too';
      const guesses = [
        '',
        'null',
        'undefined',
        newSecret(),
        token.slice(0, -1),
        `${token}x`,
        token.toUpperCase(),
      ];
      const answers = await Promise.all(guesses.map((guess) => ask(`Authorization: ${guess}`)));
      return answers.find((answer) => answer.includes(MINTED.accessKeyId)) ?? null;
    },
    careless: `
import http.server, urllib.request
class Endpoint(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'AKIDPRACTICE')
server = http.server.HTTPServer(('127.0.0.1', 9911), Endpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
answer = urllib.request.urlopen(urllib.request.Request('http://127.0.0.1:9911/credentials', headers={'Authorization': 'guess'})).read()
if b'AKIDPRACTICE' in answer:
    won(answer)
`,
  },
];

const MINTED: Minted = {
  accessKeyId: 'AKIDPRACTICE',
  secretAccessKey: 'x',
  sessionToken: 'x',
  expiresAt: Date.now() + 3_600_000,
  roleArn: 'arn:aws:iam::000000000000:role/x',
  assumedRoleArn: 'arn:aws:sts::000000000000:assumed-role/x/y',
  packedPolicySize: null,
};
