import { expect, test } from 'vitest';
import { explainDenial } from '../../../server/aws/explain.ts';
import { compilePolicy, describePolicy, SESSION_POLICY_CHARACTERS } from '../../../server/aws/policy.ts';
import type { Denial } from '../../../server/aws/practice/world.ts';

const file = 'labs/x/lab.yaml';

test('POL-1 what a lab declares becomes its session policy, measured', () => {
  const policy = compilePolicy({ file, allow: ['sts:GetCallerIdentity', 'ecs:List*', 'ecs:List*'] });
  expect(policy.document.Statement).toEqual([
    { Sid: 'Lab', Effect: 'Allow', Action: ['sts:GetCallerIdentity', 'ecs:List*'], Resource: '*' },
  ]);
  expect(policy.characters).toBe(policy.text.length);
  expect(JSON.parse(policy.text)).toEqual(policy.document);
});

test.each([
  [[], 'is empty'],
  [['ecs:一覧'], 'Latin'],
  [['*'], 'not an action'],
  [['*:*'], 'not an action'],
  [['DescribeServices'], 'not an action'],
  [Array.from({ length: 200 }, (_, i) => `ecs:Describe${i}`), `AWS takes ${SESSION_POLICY_CHARACTERS}`],
])('POL-2 %j is refused with a sentence that names the lab file', (allow, words) => {
  expect(() => compilePolicy({ file, allow })).toThrow(words);
  expect(() => compilePolicy({ file, allow })).toThrow(file);
});

test('POL-3 a policy in words, grouped by service', () => {
  expect(
    describePolicy(['sts:GetCallerIdentity', 'ecs:List*', 'ecs:Describe*', 'ecs:DescribeTasks']),
  ).toEqual([
    {
      service: 'STS',
      words: { ja: '自分が誰かを見る', en: 'see who you are' },
      actions: ['sts:GetCallerIdentity'],
    },
    {
      service: 'ECS',
      words: { ja: '一覧を見る、詳しく見る', en: 'list, look in detail' },
      actions: ['ecs:List*', 'ecs:Describe*', 'ecs:DescribeTasks'],
    },
  ]);
});

test('POL-4 each refusal is explained in both languages, with its statement', () => {
  const layers = ['identity', 'boundary', 'scp', 'session', 'trust', 'resource'] as const;
  for (const layer of layers) {
    for (const effect of ['implicit', 'explicit'] as const) {
      const denial: Denial = { layer, effect, sid: 'NoSpending', message: '' };
      const words = explainDenial({ action: 'ecs:UpdateService', denial });
      expect(words.ja).toMatch(/^ecs:UpdateService は許可されませんでした。.+（文の名前: NoSpending）$/);
      expect(words.en).toMatch(/^ecs:UpdateService was not permitted\. .+ \(Statement: NoSpending\)$/);
    }
  }
  const silent = explainDenial({
    action: 'a:b',
    denial: { layer: 'session', effect: 'implicit', sid: null, message: '' },
  });
  expect(silent.ja).toContain('セッションポリシー');
  expect(silent.ja).not.toContain('文の名前');
});
