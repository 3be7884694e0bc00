/** What a world is drawn from: plain data, structured-cloneable. Minutes count back from the world's beginning. */
import type { PolicyDocument } from './policy-document.ts';

/** The same seed gives the same world. */
export interface WorldSeed {
  readonly region: string;
  readonly accountId: string;
  /** Hex; all that looks random in the world is drawn from it. */
  readonly random: string;
  readonly iam: IamSeed;
  readonly ecs: { readonly clusters: readonly ClusterSeed[] };
}

/** What a lab puts into its practice account: the part of the seed that its `world.ts` gives. */
export type LabWorld = Omit<WorldSeed, 'region' | 'accountId' | 'random' | 'iam'>;

export interface IamSeed {
  readonly users: readonly {
    readonly name: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly policies: Readonly<Record<string, PolicyDocument>>;
  }[];
  readonly roles: readonly {
    readonly name: string;
    readonly path: string;
    readonly maxSessionSeconds: number;
    readonly trust: PolicyDocument;
    readonly policies: Readonly<Record<string, PolicyDocument>>;
    readonly boundary: PolicyDocument | null;
  }[];
  readonly scp: readonly PolicyDocument[];
}

export interface ClusterSeed {
  readonly name: string;
  readonly services: readonly ServiceSeed[];
}

export interface ServiceSeed {
  readonly name: string;
  readonly desired: number;
  /** How many of the desired tasks run; the rest are absent (and the events say why). */
  readonly running: number;
  readonly family: string;
  readonly revision: number;
  readonly image: string;
  readonly cpu: string;
  readonly memory: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  /** How long ago the deployment in force began, in minutes of the world's time. */
  readonly deployedMinutesAgo: number;
  /** Why tasks are missing when running < desired; becomes a service event and a stopped task's reason. */
  readonly stoppedReason?: string;
  readonly tags?: Readonly<Record<string, string>>;
}
