/** What lab 3 of the curriculum (壊して戻す: deploy what is broken, and go back) asks of AWS. */
import { compilePolicy } from '../../../server/aws/policy.ts';
import type { Layers } from '../../../server/aws/practice/iam/evaluate.ts';
import { practiceAccount } from '../../../server/aws/practice-account.ts';
import { RANDOM, REGION } from '../../aws/support.ts';

const ALLOW = [
  'sts:GetCallerIdentity',
  'ecs:List*',
  'ecs:Describe*',
  'ecs:UpdateService',
  'logs:Describe*',
  'logs:GetLogEvents',
  'logs:FilterLogEvents',
];

const { iam, accountId } = practiceAccount(RANDOM, REGION);
const policy = compilePolicy({ file: 'labs/break-and-return/lab.yaml', allow: ALLOW });
const role = iam.roles.find(({ boundary }) => boundary !== null);
if (role === undefined) throw new Error('The practice account has a role for learners.');

export const deploying = {
  accountId,
  policy,
  layers: {
    scp: iam.scp,
    identity: Object.values(role.policies),
    boundary: role.boundary,
    session: policy.document,
  } satisfies Layers,
};
