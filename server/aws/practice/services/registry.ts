import type { Operation, Service } from '../operation.ts';
import type { WorldState } from '../state.ts';
import type { Target } from '../wire/protocol.ts';
import type { LogEntry } from '../world.ts';
import { ecs } from './ecs/operations.ts';
import { iam } from './iam/operations.ts';
import { sts } from './sts.ts';

const SERVICES: ReadonlyMap<string, Service> = new Map([
  ['ecs', ecs],
  ['iam', iam],
  ['sts', sts],
]);

const ENTRIES = new Map([...SERVICES.values()].flatMap((service) => Object.entries(service.entries)));

/** IAM's name of a service where it differs from the name that requests are signed for. */
const ACTION_PREFIX: ReadonlyMap<string, string> = new Map([
  ['monitoring', 'cloudwatch'],
  ['tagging', 'tag'],
]);

/** The action as policies name it, null where the wire hides the operation. */
export function actionOf(target: Target): string | null {
  return target.operation === null
    ? null
    : `${ACTION_PREFIX.get(target.service) ?? target.service}:${target.operation}`;
}

export function findOperation(service: string, name: string | null): Operation | null {
  const operations = SERVICES.get(service)?.operations;
  if (!operations || name === null || !Object.hasOwn(operations, name)) return null;
  return operations[name] ?? null;
}

/** Whether AWS has such an operation; of services whose lists are not here, every name is believed. */
export function existsInAws(target: Target): boolean {
  const service = SERVICES.get(target.service);
  return !service || target.operation === null || service.elsewhere.includes(target.operation);
}

/** The state after an entry of a service's own; null for an unknown `op`. */
export function applied(op: string, state: WorldState, entry: LogEntry): WorldState | null {
  return ENTRIES.get(op)?.(state, entry) ?? null;
}
