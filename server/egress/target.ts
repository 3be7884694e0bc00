import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

/** Where a connection is to go: one spelling for each host, so that comparing is enough. */
export interface Target {
  /** Lower case, punycode, without a last dot; or an IPv4 address in its one usual spelling. */
  readonly host: string;
  readonly port: number;
  readonly literal: boolean;
}

/** RFC 1035; a name that is longer cannot be resolved. */
const NAME_CHARACTERS = 253;
const AUTHORITY = /^(.+):([1-9]\d{0,4})$/;
/** What a host name cannot contain, and what a reader of addresses would stumble over. */
const STRANGE = /[\s/\\?#@%<>^|:"'\p{Cc}]/u;
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?$/;

/**
 * `host:port` of a lab or of a CONNECT (RFC 9110, 9.3.6), or null for what is none. Addresses in other
 * clothes (2130706433, 0x7f.1, 0177.0.0.1, 127.1) are none: `domainToASCII` makes them the usual one, or
 * nothing.
 */
export function parseTarget(authority: string): Target | null {
  const [, written = '', digits = ''] = AUTHORITY.exec(authority) ?? [];
  const port = Number(digits);
  if (written === '' || port > 65_535) return null;
  const inBrackets = /^\[(.*)\]$/.exec(written)?.[1];
  if (inBrackets !== undefined) {
    return isIPv6(inBrackets) && !inBrackets.includes('%') ? { host: inBrackets, port, literal: true } : null;
  }
  if (STRANGE.test(written)) return null;
  const host = domainToASCII(written.endsWith('.') ? written.slice(0, -1) : written);
  if (isIPv4(host)) return host === written ? { host, port, literal: true } : null;
  const labels = host.split('.');
  const fits = host.length <= NAME_CHARACTERS && labels.every((label) => LABEL.test(label));
  return fits ? { host, port, literal: false } : null;
}

export function isListed(target: Target, listed: readonly Target[]): boolean {
  return listed.some(({ host, port }) => host === target.host && port === target.port);
}
