/** The name of a server on its host, in what it makes there: a number alone may be another program's by now. */
import { readFileSync, readlinkSync } from 'node:fs';

const OWNER = /^(\d+)\.(\d+)\.(\d+)$/;
/** Where the state of a process and the time of its start stand behind its name (proc(5)). */
const STATE = 0;
const STARTED_AT = 19;

/** The name of a sandbox's control group: whose it is, and which. */
export function groupName(id: string): string {
  return `dojou-${ownerName()}-${id}`;
}

/** The owner in the name of a group; null for groups that no Dojou made. */
export function ownerOfGroup(name: string): string | null {
  return /^dojou-([\d.]+)-/.exec(name)?.[1] ?? null;
}

/** `pid.start.namespace`: no other process of this host has had it since it booted. */
export function ownerName(pid = process.pid): string {
  return `${pid}.${statOf(pid)?.[STARTED_AT] ?? 0}.${pidNamespace()}`;
}

/**
 * True when the process that `ownerName` named has ended. What a server in another container made has
 * a process number that means nothing here: it is taken for alive, and so is what is no such name.
 */
export function ownerIsGone(name: string): boolean {
  const [, pid, start, namespace] = OWNER.exec(name) ?? [];
  if (pid === undefined || namespace !== pidNamespace()) return false;
  const found = statOf(Number(pid));
  // A zombie holds nothing any more, and its number until its parent has looked.
  return found === null || found[STARTED_AT] !== start || found[STATE] === 'Z';
}

/** The fields behind the name, which may hold spaces and brackets of its own. */
function statOf(pid: number): readonly string[] | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    // It has ended, or never was.
    return null;
  }
}

function pidNamespace(): string {
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
}
