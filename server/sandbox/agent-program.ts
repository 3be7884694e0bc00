import { spawn } from 'node:child_process';

/** Python's own form of a program that has been read: reading the text again would cost each start 8 ms. */
const COMPILE =
  "import marshal,sys;sys.stdout.buffer.write(marshal.dumps(compile(sys.stdin.buffer.read(),'agent.py','exec',optimize=2)))";

/** Compiles the agent for this Python, which is the same that will run it. */
export function compileAgent(python: string, text: string): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const child = spawn(python, ['-I', '-S', '-c', COMPILE], { cwd: '/', env: {}, stdio: 'pipe' });
  const compiled: Buffer[] = [];
  let complaint = '';
  child.once('error', reject);
  child.stdin.on('error', () => undefined); // it has ended before it had read everything; its exit says so
  child.stdout.on('data', (chunk: Buffer) => compiled.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaint += chunk;
  });
  child.once('close', (code) => {
    if (code === 0) resolve(Buffer.concat(compiled));
    else reject(new Error(`the agent cannot be compiled: ${complaint.trim().slice(-500)}`));
  });
  child.stdin.end(text);
  return promise;
}
