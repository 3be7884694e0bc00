import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../server/lib/log.ts';
import type {
  PreparedSandbox,
  Sandbox,
  SandboxDriver,
  SandboxSpec,
} from '../../../server/sandbox/sandbox.ts';
import { createWarmDriver } from '../../../server/sandbox/warm.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { specOf as anySpec } from '../../support/sandbox.ts';

const specOf = (change: Partial<SandboxSpec> = {}) => anySpec({ common: true, ...change });
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A sandbox that exists by its name alone, and how it came to be. */
class Made {
  readonly how: 'created' | 'prepared';
  readonly memoryMiB: number;
  dressed: SandboxSpec | null = null;
  gone = false;
  end: () => void = () => undefined;
  readonly ended = new Promise<{ readonly reason: string }>((resolve) => {
    this.end = () => {
      this.gone = true;
      resolve({ reason: 'ended' });
    };
  });

  constructor(how: Made['how'], memoryMiB: number) {
    this.how = how;
    this.memoryMiB = memoryMiB;
  }

  /** As much of a sandbox as the reserve looks at. */
  get sandbox(): Sandbox {
    const { ended, end } = this;
    return { ended, [Symbol.asyncDispose]: async () => end() } as unknown as Sandbox;
  }
}

class Bench implements AsyncDisposable {
  readonly clock = new ManualClock(0);
  readonly made: Made[] = [];
  freeMiB = 100_000;
  failing = false;
  /** No more than these can be made. */
  enough = Number.POSITIVE_INFINITY;
  /** Starts take as long as this does. */
  slow: Promise<void> = Promise.resolve();
  readonly driver;

  constructor({ most = 2, seats = 100 } = {}) {
    const driver: SandboxDriver = {
      name: 'bubblewrap',
      check: async () => [],
      weaknesses: async () => [],
      create: async (spec) => {
        await this.slow;
        return this.#make('created', spec.memoryMiB, spec).sandbox;
      },
      prepare: async ({ memoryMiB }): Promise<PreparedSandbox> => {
        const made = this.#make('prepared', memoryMiB, null);
        return {
          ended: made.ended,
          dress: async (spec) => {
            if (made.gone) throw new Error('it is gone');
            made.dressed = spec;
            return made.sandbox;
          },
          [Symbol.asyncDispose]: async () => made.end(),
        };
      },
    };
    const roomFor = (memoryMiB: number) => this.freeMiB >= memoryMiB + 512;
    this.driver = createWarmDriver({ driver, most, seats, roomFor, clock: this.clock, log: silentLog });
  }

  #make(how: Made['how'], memoryMiB: number, dressed: SandboxSpec | null): Made {
    if (this.failing || this.made.length >= this.enough) throw new Error('no more');
    const made = new Made(how, memoryMiB);
    made.dressed = dressed;
    this.made.push(made);
    return made;
  }

  /** Those that wait for somebody. */
  get idle(): readonly Made[] {
    return this.made.filter(({ dressed, gone }) => dressed === null && !gone);
  }

  async calm(ms = 1000): Promise<void> {
    this.clock.advance(ms);
    for (let turn = 0; turn < 5; turn += 1) await settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.driver[Symbol.asyncDispose]();
  }
}

describe('sandboxes in reserve', () => {
  test('WARM-1 are of the shapes that were asked for last, and each is given away once', async () => {
    await using bench = new Bench();
    await bench.driver.create(specOf({ memoryMiB: 64 }));
    expect(bench.idle).toEqual([]);
    await bench.calm();
    expect(bench.idle.map(({ memoryMiB }) => memoryMiB)).toEqual([64]);
    const [kept] = bench.idle;
    const specs = [specOf({ memoryMiB: 64, env: { A: '1' } }), specOf({ memoryMiB: 64, env: { A: '2' } })];
    await Promise.all(specs.map((spec) => bench.driver.create(spec)));
    expect(kept?.dressed).toBe(specs[0]);
    expect(bench.made.map(({ how }) => how)).toEqual(['created', 'prepared', 'created']);
    await bench.calm();
    expect(bench.idle.map(({ memoryMiB }) => memoryMiB)).toEqual([64, 64]);
    await bench.driver.create(specOf({ memoryMiB: 128 }));
    await bench.calm();
    expect(bench.idle.map(({ memoryMiB }) => memoryMiB).toSorted()).toEqual([128, 64]);
  });

  test('WARM-1 another limit, or another byte in /usr/local, is another shape; a home and an environment are not', async () => {
    await using bench = new Bench({ most: 1 });
    const tool = (content: string) => [{ path: '/usr/local/bin/x', content }];
    const first = specOf({ files: tool('a') });
    const taken = async (spec: SandboxSpec) => {
      await bench.driver.create(first);
      await bench.calm();
      await bench.driver.create(spec);
      return bench.made.find(({ dressed }) => dressed === spec)?.how;
    };
    expect(await taken(specOf({ files: tool('b') }))).toBe('created');
    expect(await taken(specOf({ files: tool('a'), pids: 65 }))).toBe('created');
    expect(await taken(specOf({ files: [] }))).toBe('created');
    const others = { env: { A: 'b' }, home: new Uint8Array(1) };
    const note = { path: '/home/learner/note', content: 'x' };
    expect(await taken(specOf({ files: [...tool('a'), note], ...others }))).toBe('prepared');
  });

  test('WARM-1 what only one has any use for is not kept', async () => {
    await using bench = new Bench();
    await bench.driver.create(anySpec());
    await bench.calm();
    expect(bench.idle).toEqual([]);
  });

  test('WARM-2 none is started while somebody’s own is, without memory, or beyond the seats', async () => {
    await using bench = new Bench({ most: 2, seats: 2 });
    bench.freeMiB = 600;
    await bench.driver.create(specOf({ memoryMiB: 256 }));
    await bench.calm();
    expect(bench.idle).toEqual([]);
    bench.freeMiB = 10_000;
    await bench.driver.create(specOf({ memoryMiB: 256 }));
    await bench.calm();
    expect(bench.idle).toEqual([]); // two live, and two are all
    bench.made[0]?.end();
    await settled();
    const third = bench.driver.create(specOf({ memoryMiB: 256 }));
    await third;
    await bench.calm(100);
    expect(bench.idle).toEqual([]);
    await bench.calm(100);
    expect(bench.idle).toEqual([]);
    bench.made[1]?.end();
    await bench.driver.create(specOf({ memoryMiB: 256 })).then((sandbox) => sandbox[Symbol.asyncDispose]());
    await bench.calm();
    expect(bench.idle.length).toBe(1);
  });

  test('WARM-2 whoever comes later comes first: the reserve waits for the last of many', async () => {
    await using bench = new Bench({ most: 1 });
    await bench.driver.create(specOf({ pids: 1 }));
    const { promise, resolve } = Promise.withResolvers<void>();
    bench.slow = promise;
    const slow = bench.driver.create(specOf({ pids: 2 }));
    await bench.calm();
    expect(bench.idle).toEqual([]);
    resolve();
    await slow;
    await bench.calm(100);
    await bench.driver.create(specOf({ pids: 3 }));
    await bench.calm(100);
    expect(bench.idle).toEqual([]);
    await bench.calm(100);
    expect(bench.idle.length).toBe(1);
  });

  test('WARM-3 are given up when memory runs short, and with the server', async () => {
    const bench = new Bench();
    await bench.driver.create(specOf());
    await bench.driver.create(specOf());
    await bench.calm();
    expect(bench.idle.length).toBe(2);
    bench.freeMiB = 511;
    await bench.calm(5000);
    expect(bench.idle).toEqual([]);
    bench.freeMiB = 10_000;
    await bench.driver.create(specOf());
    await bench.calm();
    expect(bench.idle.length).toBe(2);
    await bench[Symbol.asyncDispose]();
    expect(bench.idle).toEqual([]);
    await bench.calm(60_000);
    expect(bench.idle).toEqual([]);
  });

  test('WARM-3 are given up, too, when the next one could not be started', async () => {
    await using bench = new Bench();
    await bench.driver.create(specOf());
    await bench.driver.create(specOf());
    bench.enough = 3;
    await bench.calm();
    expect(bench.idle.length).toBe(1);
    bench.freeMiB = 511;
    await bench.calm(5000);
    expect(bench.idle).toEqual([]);
  });

  test('WARM-4 one that has died in reserve costs its taker nothing, and one that cannot start ends no other', async () => {
    await using bench = new Bench({ most: 1 });
    await bench.driver.create(specOf());
    await bench.calm();
    bench.idle[0]?.end();
    const spec = specOf();
    await bench.driver.create(spec); // before its end has been heard
    expect(bench.made.at(-1)).toMatchObject({ how: 'created', dressed: spec });
    bench.failing = true;
    await bench.calm();
    bench.failing = false;
    await bench.driver.create(specOf());
    await bench.calm();
    expect(bench.idle.length).toBe(1);
  });

  test('WARM-5 none are kept where none are wanted', async () => {
    await using bench = new Bench({ most: 0 });
    await bench.driver.create(specOf());
    await bench.calm();
    expect(bench.made.length).toBe(1);
  });
});
