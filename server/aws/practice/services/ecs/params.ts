import { AwsFault } from '../../fault.ts';
import type { Params } from '../../operation.ts';

/** Reads request members; a wrong type is AWS's SerializationException, a wrong value its own sentence. */
export function text(params: Params, name: string): string | null {
  const value = params[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw serialization(value, 'String');
  if (value.length > 1_024) throw invalid(`${name} is too long.`);
  return value;
}

export function texts(params: Params, name: string): readonly string[] {
  const value = params[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new AwsFault('SerializationException', 'Expected list or null');
  const list: readonly unknown[] = value;
  return list.map((item) => {
    if (typeof item !== 'string') throw serialization(item, 'String');
    return item;
  });
}

export function whole(params: Params, name: string): number | null {
  const value = params[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw serialization(value, 'Integer');
  return value;
}

export function flag(params: Params, name: string): boolean {
  const value = params[name];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw serialization(value, 'Boolean');
  return value;
}

export function oneOf<const T extends string>(params: Params, name: string, allowed: readonly T[]): T | null {
  const value = text(params, name);
  if (value === null) return null;
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw invalid(`${name} must be one of: ${allowed.join(', ')}`);
  return found;
}

export function includes(params: Params, allowed: readonly string[]): ReadonlySet<string> {
  const wanted = texts(params, 'include');
  const wrong = wanted.find((item) => !allowed.includes(item));
  if (wrong !== undefined)
    throw invalid(`Invalid include option: ${wrong}. Valid options: ${allowed.join(', ')}`);
  return new Set(wanted);
}

/** One page of a list; tokens are opaque and bound to the list's order, which the timeline keeps. */
export function page<T>(
  params: Params,
  items: readonly T[],
  size: { readonly byDefault: number; readonly most: number },
): { readonly items: readonly T[]; readonly nextToken?: string } {
  const wanted = whole(params, 'maxResults') ?? size.byDefault;
  if (wanted < 1 || wanted > size.most) throw invalid(`maxResults must be between 1 and ${size.most}`);
  const token = text(params, 'nextToken');
  const from = token === null ? 0 : readToken(token);
  const to = from + wanted;
  return {
    items: items.slice(from, to),
    ...(to < items.length && { nextToken: Buffer.from(`practice:${to}`).toString('base64url') }),
  };
}

function readToken(token: string): number {
  const m = /^practice:(\d{1,6})$/.exec(Buffer.from(token, 'base64url').toString('latin1'));
  if (!m) throw invalid('Invalid token');
  return Number(m[1]);
}

export function invalid(message: string): AwsFault {
  return new AwsFault('InvalidParameterException', message);
}

function serialization(value: unknown, type: string): AwsFault {
  const given = Array.isArray(value) ? 'LIST_VALUE' : `${typeof value}`.toUpperCase();
  return new AwsFault('SerializationException', `${given} can not be converted to ${type}`);
}
