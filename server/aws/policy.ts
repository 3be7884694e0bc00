import { createHash } from 'node:crypto';
import type { PolicyDocument } from './practice/policy-document.ts';

/** STS: an inline session policy has at most 2,048 characters of U+0020–U+00FF. */
export const SESSION_POLICY_CHARACTERS = 2_048;
const SESSION_POLICY_TEXT = /^[\u0020-\u00ff]*$/;
const ACTION = /^[a-z0-9-]+:[A-Za-z0-9*?]+$/;

export interface CompiledPolicy {
  readonly document: PolicyDocument;
  /** Exactly what is sent to STS. */
  readonly text: string;
  readonly characters: number;
  readonly sha256: string;
}

export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/**
 * From the actions that a lab declares to the session policy of its learners.
 * `file` is named in the sentence of a refusal, since its author is who reads it.
 */
export function compilePolicy(lab: {
  readonly file: string;
  readonly allow: readonly string[];
}): CompiledPolicy {
  const actions = [...new Set(lab.allow)];
  if (actions.length === 0) {
    throw new PolicyError(`${lab.file}: aws.allow is empty; name at least one action, such as ecs:List*.`);
  }
  for (const action of actions) {
    if (!SESSION_POLICY_TEXT.test(action)) {
      throw new PolicyError(`${lab.file}: aws.allow has "${action}", but AWS takes Latin letters only here.`);
    }
    if (!ACTION.test(action) || action.startsWith('*')) {
      throw new PolicyError(
        `${lab.file}: aws.allow has "${action}", which is not an action; write service:Action, such as ecs:DescribeServices.`,
      );
    }
  }
  const document: PolicyDocument = {
    Version: '2012-10-17',
    Statement: [{ Sid: 'Lab', Effect: 'Allow', Action: actions, Resource: '*' }],
  };
  const text = JSON.stringify(document);
  if (text.length > SESSION_POLICY_CHARACTERS) {
    throw new PolicyError(
      `${lab.file}: the session policy made from aws.allow has ${text.length} characters, and AWS takes ${SESSION_POLICY_CHARACTERS}; use wildcards such as ecs:Describe*, or fewer actions.`,
    );
  }
  return {
    document,
    text,
    characters: text.length,
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}

export interface Words {
  readonly ja: string;
  readonly en: string;
}

const SERVICE_NAMES: Readonly<Record<string, string>> = {
  cloudtrail: 'CloudTrail',
  cloudwatch: 'CloudWatch',
  ecr: 'ECR',
  ecs: 'ECS',
  elasticloadbalancing: 'ELB',
  iam: 'IAM',
  logs: 'CloudWatch Logs',
  rds: 'RDS',
  s3: 'S3',
  ssm: 'SSM',
  sts: 'STS',
};

const ACTION_WORDS: Readonly<Record<string, Words>> = {
  'sts:GetCallerIdentity': { ja: '自分が誰かを見る', en: 'see who you are' },
  'ecs:UpdateService': { ja: 'サービスを更新する', en: 'update services' },
  'ecs:RunTask': { ja: 'タスクを動かす', en: 'run tasks' },
  'ecs:StopTask': { ja: 'タスクを止める', en: 'stop tasks' },
};

/** Leading verbs of action names; the first that fits wins. */
const VERB_WORDS: readonly (readonly [verb: string, words: Words])[] = [
  ['List', { ja: '一覧を見る', en: 'list' }],
  ['Describe', { ja: '詳しく見る', en: 'look in detail' }],
  ['Get', { ja: '中身を読む', en: 'read' }],
  ['Filter', { ja: 'ログを絞り込む', en: 'filter logs' }],
  ['Tail', { ja: 'ログを流して見る', en: 'tail logs' }],
  ['Lookup', { ja: '記録を調べる', en: 'look up records' }],
  ['Update', { ja: '設定を変える', en: 'update' }],
  ['Put', { ja: '書きこむ', en: 'write' }],
  ['Create', { ja: '作る', en: 'create' }],
  ['Delete', { ja: '消す', en: 'delete' }],
  ['*', { ja: 'すべての操作', en: 'everything' }],
];

export interface Permission {
  /** `ECS` */
  readonly service: string;
  /** 「一覧を見る、詳しく見る」 */
  readonly words: Words;
  readonly actions: readonly string[];
}

/** What the actions let a learner do, by service, in words. */
export function describePolicy(allow: readonly string[]): readonly Permission[] {
  const byService = Map.groupBy([...new Set(allow)], (action) => action.split(':')[0] ?? '');
  return [...byService].map(([service, actions]) => {
    const words = actions.map(wordsOf);
    return {
      service: SERVICE_NAMES[service] ?? service.toUpperCase(),
      words: {
        ja: [...new Set(words.map((w) => w.ja))].join('、'),
        en: [...new Set(words.map((w) => w.en))].join(', '),
      },
      actions,
    };
  });
}

function wordsOf(action: string): Words {
  const known = ACTION_WORDS[action];
  if (known) return known;
  const name = action.split(':')[1] ?? '';
  const verb = VERB_WORDS.find(([start]) => name.startsWith(start));
  return verb ? verb[1] : { ja: name, en: name };
}
