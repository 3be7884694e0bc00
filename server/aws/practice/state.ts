import { createDraw, type Draw } from './draw.ts';
import { AwsFault } from './fault.ts';
import type { PolicyDocument } from './policy-document.ts';
import type { WorldSeed } from './seed.ts';
import type { ClusterState, TaskDefinitionState } from './services/ecs/state.ts';
import type { IamState } from './services/iam/state.ts';
import { isRecord } from './wire/protocol.ts';
import type { LogEntry } from './world.ts';

/** Everything a world is, at one point of its log; never changed in place. */
export interface WorldState {
  readonly seed: WorldSeed;
  readonly draw: Draw;
  /** Wall time at which the world began, ms; all that the seed says in minutes counts from here. */
  readonly begunAt: number;
  /** How far the world's clock was moved ahead of the wall's, ms. */
  readonly ahead: number;
  /** Entries applied; the next one has this number plus one. */
  readonly n: number;
  readonly sessions: ReadonlyMap<string, SessionState>;
  readonly iam: IamState;
  readonly ecs: EcsState;
}

export interface EcsState {
  readonly clusters: readonly ClusterState[];
  readonly taskDefinitions: readonly TaskDefinitionState[];
}

/** Temporary credentials that `AssumeRole` gave out, by access key id. */
export interface SessionState {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly token: string;
  readonly roleName: string;
  readonly name: string;
  readonly sourceIdentity: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly policy: PolicyDocument | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** The first entry of every log: fixes the time from which the seed is drawn. */
export function beginEntry(at: number): LogEntry {
  return { op: 'begin', at };
}

export function drawOf(seed: WorldSeed): Draw {
  return createDraw(seed.random);
}

/** Reads fields of a log entry; an entry that lost its shape is a broken invariant, not a refusal. */
export function entryReader(entry: LogEntry) {
  const wrong = (name: string) => new Error(`The world's log has an entry without a usable "${name}".`);
  return {
    text(name: string): string {
      const value = entry[name];
      if (typeof value !== 'string') throw wrong(name);
      return value;
    },
    textOrNull(name: string): string | null {
      const value = entry[name];
      if (value !== null && typeof value !== 'string') throw wrong(name);
      return value;
    },
    number(name: string): number {
      const value = entry[name];
      if (typeof value !== 'number') throw wrong(name);
      return value;
    },
    numberOrNull(name: string): number | null {
      const value = entry[name];
      if (value !== null && typeof value !== 'number') throw wrong(name);
      return value;
    },
    flag(name: string): boolean {
      return entry[name] === true;
    },
    texts(name: string): Readonly<Record<string, string>> {
      const value = entry[name];
      if (!isRecord(value)) throw wrong(name);
      return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
    },
  };
}

export function logIsFull(): AwsFault {
  return new AwsFault(
    'LimitExceededException',
    'This practice world has taken all the changes that it can keep. Reset it to go on. / ' +
      'この練習環境が覚えておける変更の数を使い切りました。続けるには最初からやり直してください。',
  );
}
