/** What is done to each contender, by the same commands in the same plain shell. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Line } from './line.ts';
import { END_MARK, ExpectedOutput, printText, WRITE_TEXT } from './text.ts';

export const KEYS = 500;
/**
 * Long enough on average to stay below the server's 200 messages a second, irregular so that no window
 * of coalescing hides, short enough that most keys fall into one.
 */
const PAUSE_MS = { least: 1, most: 10 } as const;

/**
 * Leaves the line with a shell that neither prompts nor echoes: it runs each line that it reads. A
 * line editor's own work, and what a prompt prints, would count for and against everybody alike.
 */
export async function prepare(line: Line): Promise<void> {
  const loop = `stty -echo; printf "\\036"; while IFS= read -r line; do eval "$line"; done`;
  await line.run(`cd "$(mktemp -d)"; exec sh -c '${loop}'`);
  await line.run(`${WRITE_TEXT}; printf '\\036'`);
}

/** Milliseconds from a key to its echo by the terminal, key by key. */
export function echoTimes(line: Line, keys = KEYS): Promise<number[]> {
  return typed(line, keys, async (key) => {
    let typedAt = 0;
    let echoedAt = 0;
    await line.until(
      (bytes) => {
        echoedAt = performance.now();
        if (bytes.toString() !== key) throw new Error(`the echo of ${key} is ${bytes.toString()}`);
        return true;
      },
      () => {
        typedAt = performance.now();
        line.type(key);
      },
    );
    return echoedAt - typedAt;
  });
}

/** Key by key, as somebody types, into a terminal that echoes and does nothing else. */
export async function typed(
  line: Line,
  keys: number,
  time: (key: string) => Promise<number>,
): Promise<number[]> {
  await line.run(`stty echo; printf '\\036'; cat > /dev/null; stty -echo; printf '\\036'`);
  const times: number[] = [];
  for (let i = 0; i < keys; i += 1) {
    times.push(await time(String.fromCharCode('a'.charCodeAt(0) + (i % 26))));
    await delay(PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least));
  }
  // The end of the line, then the end of the file.
  await line.run('\r\x04');
  return times;
}

/** MB/s (10^6) of output from its first byte to its last, each compared with what it must be. */
export async function bulkRate(line: Line, files?: number): Promise<number> {
  const expected = new ExpectedOutput(files);
  let firstAt = 0;
  let lastAt = 0;
  await line.until(
    (bytes) => {
      if (firstAt === 0) firstAt = performance.now();
      if (lastAt === 0 && !expected.compare(bytes)) lastAt = performance.now();
      return lastAt !== 0 && bytes.at(-1) === END_MARK;
    },
    () => line.type(`${printText(files)}\r`),
  );
  return expected.total / 1e6 / ((lastAt - firstAt) / 1000);
}
