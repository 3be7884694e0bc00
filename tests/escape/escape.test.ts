/** The fast half of the escape suite; with `npm run test:full`, the controls too. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { agentText } from '../../server/sandbox/agent-text.ts';
import type { Attempt } from './attempt.ts';
import { Walled } from './held.ts';
import { AS_ROOT, Host } from './host.ts';
import { ATTEMPTS, runSuite, tryWallsAlone, type Verdict } from './suite.ts';
import { WALLS } from './walls.ts';

const FULL = process.env.DOJOU_TEST_FULL === '1';
/** The suite takes half a minute on a quiet machine. */
const PATIENCE_MS = 400_000;

const named = (id: string): Attempt => {
  const attempt = ATTEMPTS.find((each) => each.id === id);
  if (!attempt) throw new Error(`no attempt is called ${id}`);
  return attempt;
};

describe('escape suite', () => {
  let host: Host;
  let walls: Walled;

  beforeAll(async () => {
    host = await Host.start();
    walls = await Walled.start(host);
  });

  afterAll(async () => {
    await walls[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });

  const facts = (): { disk: unknown } => ({ disk: host.facts.disk });
  const verdictOn = async (
    attempt: Attempt,
    tried: Parameters<typeof runSuite>[0] = walls,
  ): Promise<Verdict | undefined> => (await runSuite(tried, facts(), [attempt])).verdicts.get(attempt.id);

  test('ESC-1 there are more than 60 attempts, each with a name of its own, and every wall stops one', () => {
    const ids = ATTEMPTS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(60);
    const used = new Set(ATTEMPTS.flatMap((attempt) => attempt.walls));
    expect(Object.keys(WALLS).filter((name) => !used.has(name as keyof typeof WALLS))).toEqual([]);
  });

  test('ESC-2 no attempt succeeds in a sandbox', { timeout: PATIENCE_MS }, async () => {
    const waiting = [...ATTEMPTS];
    const others: string[] = [];
    const lane = async (): Promise<void> => {
      for (let attempt = waiting.shift(); attempt; attempt = waiting.shift()) {
        if (attempt.needs?.includes('control groups') && !walls.limited) continue;
        if (attempt.needs?.includes('user per seat') && !AS_ROOT) continue;
        const tried = await walls.try(attempt);
        if (tried.is !== 'held') others.push(`${attempt.id}: ${JSON.stringify(tried)}`);
      }
    };
    await Promise.all(Array.from({ length: walls.lanes }, lane));
    expect(others).toEqual([]);
  });

  test('ESC-3 where a wall is missing, the suite says that something escaped', {
    timeout: PATIENCE_MS,
  }, async () => {
    const open = agentText().replace('prctl(PR_SET_DUMPABLE, 0)', 'prctl(PR_SET_DUMPABLE, 1)');
    expect(open).not.toBe(agentText());
    await using hidden = await Walled.start(host, open);
    expect((await verdictOn(named('open-the-agent'), hidden))?.is).toBe('escaped');
  });

  test('ESC-4 an attempt that would fail without walls too is unproven', {
    timeout: PATIENCE_MS,
  }, async () => {
    const harmless = { ...named('mount'), id: 'harmless', program: 'pass' };
    expect((await verdictOn(harmless))?.is).toBe('unproven');
    const broken = { ...named('mount'), id: 'broken', program: 'this is no Python' };
    expect((await verdictOn(broken))?.is).toBe('unproven');
    expect((await verdictOn(named('mount')))?.is).toBe('held');
  });

  test.runIf(FULL && AS_ROOT)('ESC-6 each listed wall holds alone', { timeout: PATIENCE_MS }, async () => {
    const { tried, weak } = await tryWallsAlone(facts());
    expect(weak).toEqual([]);
    expect(tried).toBeGreaterThan(100);
  });

  test.runIf(FULL)('ESC-5 without its walls every attempt succeeds', { timeout: PATIENCE_MS }, async () => {
    const { verdicts } = await runSuite(walls, facts());
    const others = [...verdicts].filter(([, { is }]) => is !== 'held' && (AS_ROOT || is !== 'notApplicable'));
    expect(others).toEqual([]);
  });
});
