import type { Denial } from '../world.ts';
import type { Decision, Question } from './evaluate.ts';

const POLICY_OF: Readonly<Record<Denial['layer'], readonly [article: string, name: string]>> = {
  scp: ['a', 'service control policy'],
  boundary: ['a', 'permissions boundary'],
  session: ['a', 'session policy'],
  identity: ['an', 'identity-based policy'],
  resource: ['a', 'resource-based policy'],
  trust: ['a', 'resource-based policy'],
};

/** How a service names the resource in its sentence; S3 and EC2 leave out `*`, S3 quotes the rest. */
export type Wording = 'plain' | 's3' | 'ec2';

/**
 * AWS's own sentence:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function denialOf(
  decision: Extract<Decision, { allowed: false }>,
  question: Question,
  principalArn: string,
  wording: Wording,
): Denial {
  const { layer, effect, sid } = decision;
  const [article, policy] = POLICY_OF[layer];
  const reason =
    layer === 'trust' && effect === 'implicit'
      ? '' // for a trust policy that does not allow, AWS gives no reason
      : effect === 'explicit'
        ? ` with an explicit deny in ${article} ${policy}`
        : ` because no ${policy} allows the ${question.action} action`;
  const lead = wording === 'ec2' ? 'You are not authorized to perform this operation. ' : '';
  const message = `${lead}User: ${principalArn} is not authorized to perform: ${question.action}${onResource(question.resource, wording)}${reason}`;
  return { layer, effect, sid, message };
}

function onResource(resource: string, wording: Wording): string {
  if (wording === 'plain') return ` on resource: ${resource}`;
  if (resource === '*') return '';
  return wording === 's3' ? ` on resource: "${resource}"` : ` on resource: ${resource}`;
}
