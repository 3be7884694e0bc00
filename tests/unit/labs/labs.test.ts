import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstSentence } from '#protocol/report.ts';
import type { Call } from '../../../server/aws/practice/world.ts';
import { checkAnswer, tasksPassedBy } from '../../../server/labs/checks.ts';
import { loadLabs } from '../../../server/labs/loader.ts';
import { drawVars, visibleVars } from '../../../server/labs/vars.ts';

const labs = await loadLabs(path.resolve('labs'));
const lab = labs.get('see-whats-running');
if (lab === undefined) throw new Error('lab 1 is gone');
const { facts, version } = lab;
const seed = fc.stringMatching(/^[0-9a-f]{64}$/);

describe('values of an attempt', () => {
  it('LAB-1 the same seed gives the same values, within what the lab declares', () => {
    fc.assert(
      fc.property(seed, (random) => {
        const vars = drawVars(facts.vars, random);
        expect(drawVars(facts.vars, random)).toEqual(vars);
        expect(vars.svc).toMatch(/^web-(kite|reed|moss|fern)$/);
        expect(Number(vars.running)).toBeGreaterThanOrEqual(2);
        expect(Number(vars.desired)).toBe(Number(vars.running) + Number(vars.missing));
      }),
    );
  });

  it('LAB-1 other seeds give other values', () => {
    const drawn = fc
      .sample(seed, { numRuns: 40, seed: 1 })
      .map((random) => JSON.stringify(drawVars(facts.vars, random)));
    expect(new Set(drawn).size).toBeGreaterThan(30);
  });

  it('LAB-2 the answer to a task stays on the server until the task has passed', () => {
    const vars = drawVars(facts.vars, 'a');
    const before = visibleVars(facts, vars, () => false);
    expect(Object.keys(before)).toEqual(['cluster']);
    const after = visibleVars(facts, vars, (task) => task === 'service');
    expect(after).toEqual({ cluster: vars.cluster, svc: vars.svc });
    expect(visibleVars(facts, vars, () => true)).toEqual(vars);
  });
});

describe('answers', () => {
  const vars = {
    cluster: 'garden',
    svc: 'web-kite',
    running: '3',
    missing: '2',
    desired: '5',
    tag: '2026.11.7',
  };
  const answer = (task: string, typed: string) => checkAnswer(facts, task, typed, vars, version);

  it.each(['3', ' 3 ', '３', '3 つ', '３個です'])('LAB-3 takes "%s" for 3', (typed) => {
    expect(answer('running', typed)?.status).toBe('pass');
  });

  it.each([
    ['running', '5', '動いていてほしい数'],
    ['running', '４', 'runningCount'],
    ['running', '', 'runningCount'],
    ['service', 'garden', 'クラスター'],
    ['service', 'arn:aws:ecs:ap-northeast-1:123456789012:service/garden/web-kite', '最後の'],
    ['image', '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/web-kite:2026.11.7', 'イメージはそれ'],
  ])('LAB-4 task %s answers "%s" with the sentence that its author meant', (task, typed, says) => {
    const report = answer(task, typed);
    expect(report?.status).toBe('fail');
    expect(report && firstSentence(report, 'ja')).toContain(says);
    expect(report && firstSentence(report, 'en')).toMatch(/\w/);
  });

  it('LAB-2 a report never carries what was expected', () => {
    expect(JSON.stringify(answer('running', '5'))).not.toContain('"3"');
  });

  it('LAB-5 takes no answer for a task that is not one to answer', () => {
    expect(answer('clusters', 'garden')).toBeNull();
    expect(answer('nowhere', 'garden')).toBeNull();
  });
});

describe('the ledger', () => {
  const call: Call = {
    n: 1,
    at: 0,
    action: 'ecs:ListClusters',
    principalArn: null,
    sourceIdentity: null,
    by: 'learner',
    outcome: 'ok',
    errorCode: null,
    denial: null,
    allowedBy: null,
    params: {},
  };

  it('LAB-6 a call of a learner passes the task that asks for it, and nobody else’s does', () => {
    expect(tasksPassedBy(facts, call)).toEqual(['clusters']);
    expect(tasksPassedBy(facts, { ...call, by: 'dojou' })).toEqual([]);
    expect(tasksPassedBy(facts, { ...call, outcome: 'denied' })).toEqual([]);
  });

  it('LAB-6 a task may ask for a refusal', () => {
    const refused: Call = { ...call, action: 'ecs:UpdateService', outcome: 'denied' };
    expect(tasksPassedBy(facts, refused)).toEqual(['refused']);
    expect(tasksPassedBy(facts, { ...refused, outcome: 'ok' })).toEqual([]);
  });
});
