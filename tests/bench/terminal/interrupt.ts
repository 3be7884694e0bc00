/** ^C while the screen is flooded: how long until the shell asks for the next command. */
import { setTimeout as delay } from 'node:timers/promises';
import { SECOND } from '#protocol/limits.ts';
import type { Line } from './line.ts';
import { END_MARK } from './text.ts';

const FLOOD_MS = 4 * SECOND;
/** What xterm.js parses on a modest machine: 10 MB/s. */
const PARSED_PER_MS = 10_000;

/** Two letters a line, as `yes` prints them by itself, are less than this renderer can take. */
const FLOOD = `yes "$(cat block)"\r`;

/** Milliseconds from sending ^C to receiving the prompt, after four seconds of `yes`. */
export async function interruptTimes(line: Line, rounds: number): Promise<number[]> {
  // A shell with a prompt that can be told from everything else; PS1 spells it in octal.
  await line.run(`PS1='\\036' bash --norc --noprofile --noediting -i`);
  line.parseAt(PARSED_PER_MS);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    line.type(FLOOD);
    await delay(FLOOD_MS);
    let typedAt = 0;
    await line.until(
      (bytes) => bytes.at(-1) === END_MARK,
      () => {
        typedAt = performance.now();
        line.type('\x03');
      },
    );
    times.push(performance.now() - typedAt);
  }
  line.parseAt(null);
  await line.run(`exit\rprintf '\\036'`);
  return times;
}
