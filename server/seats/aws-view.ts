import type { AwsView } from '#protocol/messages.ts';
import { explainDenial } from '../aws/explain.ts';
import type { Call } from '../aws/practice/world.ts';
import type { SeatIdentity } from '../aws/seat-aws.ts';

/**
 * The panel: who the shell is, what it may do, and the last refusal with its reason. `identity` is null
 * while nobody drives; what was known of the session stays, without a name.
 */
export function awsView(
  identity: SeatIdentity | null,
  call: Call | null,
  before: AwsView | null,
): AwsView | null {
  const denial =
    call === null || call.denial === null
      ? (before?.denial ?? null)
      : {
          at: call.at,
          action: call.action,
          message: call.denial.message,
          why: explainDenial({ action: call.action, denial: call.denial }),
        };
  if (identity === null) return before === null ? null : { ...before, arn: null, expiresAt: null, denial };
  const { accountId, region, arn, roleName, expiresAt, permissions } = identity;
  const allowed = permissions.map(({ service, words }) => ({
    ja: `${service}: ${words.ja}`,
    en: `${service}: ${words.en}`,
  }));
  return { account: 'practice', accountId, region, arn, roleName, expiresAt, allowed, denial };
}
