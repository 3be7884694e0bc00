import { request } from 'node:http';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** By it, a service tells our looks from what the learner asks. */
export const HEALTH_AGENT = 'dojou-health';
/** Nothing that is well takes longer for a page of health. */
const ANSWER_MS = 3_000;

/** True when something takes connections on this port. */
export async function takesConnections(sandbox: Sandbox, port: number): Promise<boolean> {
  try {
    const stream = await sandbox.connect(port);
    stream.on('error', () => undefined).destroy();
    return true;
  } catch {
    // Nothing listens: that is the answer.
    return false;
  }
}

/** True when the path answers 200 within three seconds. */
export async function answersOk(
  sandbox: Pick<Sandbox, 'connect'>,
  port: number,
  path: string,
): Promise<boolean> {
  let stream: Awaited<ReturnType<Sandbox['connect']>>;
  try {
    stream = await sandbox.connect(port);
  } catch {
    return false; // nothing listens
  }
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const asked = request({
    createConnection: () => stream,
    path,
    headers: { host: `localhost:${port}`, connection: 'close', 'user-agent': HEALTH_AGENT },
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  asked.on('response', (response) => resolve(response.statusCode === 200));
  asked.on('error', () => resolve(false));
  // One that wants to change the protocol gives neither an answer nor an error.
  asked.on('close', () => resolve(false));
  asked.end();
  try {
    return await promise;
  } finally {
    asked.destroy();
    stream.destroy();
  }
}
