import type { AwsView } from '#protocol/messages.ts';
import { explainDenial } from '../aws/explain.ts';
import type { Call } from '../aws/practice/world.ts';
import type { SeatIdentity } from '../aws/seat-aws.ts';

/** The panel: who I am, what I may do, and the last refusal with its reason. A new refusal replaces `before`'s. */
export function awsView(identity: SeatIdentity, call: Call | null, before: AwsView | null): AwsView {
  const denial =
    call?.denial == null
      ? (before?.denial ?? null)
      : { at: call.at, action: call.action, message: call.denial.message, ...explainDenial(call) };
  return { account: 'practice', ...identity, denial };
}
