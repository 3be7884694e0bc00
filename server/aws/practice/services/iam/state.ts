import type { PolicyDocument } from '../../policy-document.ts';
import type { WorldSeed } from '../../seed.ts';

/** IAM's part of a world: what can change of it; the rest is the seed's. */
export interface IamState {
  /** Inline policies in force, by role and name: also for sessions that began before. */
  readonly rolePolicies: ReadonlyMap<string, ReadonlyMap<string, InlinePolicy>>;
}

export interface InlinePolicy {
  readonly document: PolicyDocument;
  /** As it was written: what `GetRolePolicy` gives back. */
  readonly text: string;
}

export function iamFromSeed({ iam }: WorldSeed): IamState {
  return {
    rolePolicies: new Map(
      iam.roles.map((role) => [
        role.name,
        new Map(
          Object.entries(role.policies).map(([name, document]) => [
            name,
            { document, text: JSON.stringify(document) },
          ]),
        ),
      ]),
    ),
  };
}
