/** The heap of a server that runs with an inspector, after everything that is not needed has gone. */
import { WebSocket } from 'ws';

/** For the server's environment; it listens on the loopback, on a port that it prints. */
export const WITH_INSPECTOR = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

/** Bytes in use, by what it said when it started. */
export async function heapInUse(output: string): Promise<number> {
  const [, address = ''] = /Debugger listening on (ws:\S+)/.exec(output) ?? [];
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const ask = (id: number, method: string): Promise<Record<string, unknown>> =>
    new Promise((resolve) => {
      const hear = (data: Buffer) => {
        const answer = JSON.parse(data.toString()) as { id?: number; result?: Record<string, unknown> };
        if (answer.id !== id) return;
        socket.off('message', hear);
        resolve(answer.result ?? {});
      };
      socket.on('message', hear);
      socket.send(JSON.stringify({ id, method }));
    });
  await ask(1, 'HeapProfiler.collectGarbage');
  await ask(2, 'HeapProfiler.collectGarbage');
  const { usedSize } = await ask(3, 'Runtime.getHeapUsage');
  socket.terminate();
  return Number(usedSize);
}
