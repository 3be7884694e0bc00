import type { Words } from './policy.ts';
import type { Denial } from './practice/world.ts';

/** What was refused, as far as the sentence needs it. */
export interface Refused {
  /** `ecs:UpdateService` */
  readonly action: string;
  readonly denial: Denial;
}

type Effect = Denial['effect'];

/** Layer by layer: what it is, and what would have to change. */
const LAYERS: Readonly<Record<Denial['layer'], Readonly<Record<Effect, Words>>>> = {
  session: {
    implicit: {
      ja: 'このラボのセッションポリシーが、この操作を許していません。AWS はここで止めたので、何も変わっていません。許すには、ラボの設定（aws.allow）にこの操作を足します。',
      en: 'The session policy of this lab does not allow it. AWS stopped here, so nothing has changed. To allow it, the lab would have to list the action in aws.allow.',
    },
    explicit: {
      ja: 'このラボのセッションポリシーが、この操作をはっきり禁じています。明示の Deny は、ほかのどの許可よりも強く働きます。',
      en: 'The session policy of this lab forbids it by name. An explicit Deny is stronger than any Allow.',
    },
  },
  identity: {
    implicit: {
      ja: 'ロールに付いたポリシーに、この操作を許す文がありません。許すには、ロールのポリシーに Allow を足します。',
      en: 'No policy of the role allows it. To allow it, the role’s policy would need an Allow for this action.',
    },
    explicit: {
      ja: 'ロールに付いたポリシーが、この操作をはっきり禁じています。許すには、その Deny の文を変えます。',
      en: 'A policy of the role forbids it by name. To allow it, that Deny would have to change.',
    },
  },
  boundary: {
    implicit: {
      ja: 'アクセス許可の境界（permissions boundary）の外にある操作です。境界は許可を足さず、上限だけを決めます。',
      en: 'It lies outside the permissions boundary. A boundary never grants; it only sets the limit.',
    },
    explicit: {
      ja: 'アクセス許可の境界（permissions boundary）が、この操作を禁じています。学ぶ人を守る柵なので、ラボの側では外せません。',
      en: 'The permissions boundary forbids it. It is the fence that protects learners, and no lab can take it down.',
    },
  },
  scp: {
    implicit: {
      ja: '組織のポリシー（SCP）が、この操作を許していません。変えられるのは組織の管理者だけです。',
      en: 'The organization’s policy (SCP) does not allow it. Only the organization’s administrators can change that.',
    },
    explicit: {
      ja: '組織のポリシー（SCP）が、この操作を禁じています。別のリージョンを指定していないか、まず確かめてください。',
      en: 'The organization’s policy (SCP) forbids it. First check whether the command names another region.',
    },
  },
  trust: {
    implicit: {
      ja: '相手のロールの信頼ポリシーに、あなたの名前がありません。ロールになれるのは、そこに書かれた相手だけです。',
      en: 'The role’s trust policy does not name you. Only those it names can assume the role.',
    },
    explicit: {
      ja: '相手のロールの信頼ポリシーが、あなたを拒んでいます。',
      en: 'The role’s trust policy refuses you by name.',
    },
  },
  resource: {
    implicit: {
      ja: '操作の対象に付いたポリシーが、この操作を許していません。',
      en: 'The policy on the resource itself does not allow it.',
    },
    explicit: {
      ja: '操作の対象に付いたポリシーが、この操作を禁じています。',
      en: 'The policy on the resource itself forbids it.',
    },
  },
};

/** A refusal in a beginner's words: which layer, which statement, what would have to change. */
export function explainDenial({ action, denial }: Refused): Words {
  const { ja, en } = LAYERS[denial.layer][denial.effect];
  const statement = denial.sid;
  return {
    ja: `${action} は許可されませんでした。${ja}${statement ? `（文の名前: ${statement}）` : ''}`,
    en: `${action} was not permitted. ${en}${statement ? ` (Statement: ${statement})` : ''}`,
  };
}
