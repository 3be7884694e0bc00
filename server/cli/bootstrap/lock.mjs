/** One bootstrap per clone at a time: the second one waits, and a dead one's lock counts for nothing. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { say } from './say.mjs';

const ASK_AGAIN_MS = 100;

/**
 * @param {string} path
 * @returns {Promise<() => void>} gives the lock back
 */
export async function takeLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = identity(process.pid);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, mine);
  try {
    for (let told = false; !tryLink(draft, path); ) {
      const holder = read(path);
      if (holder !== null && (holder === mine || !isAlive(holder))) {
        removeDead(path, holder);
      } else {
        if (!told) say('ほかの準備が終わるのを待っています', 'waiting for another preparation to finish');
        told = true;
        await new Promise((again) => setTimeout(again, ASK_AGAIN_MS));
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return () => rmSync(path, { force: true });
}

/**
 * A link appears with its content or not at all, and only where nothing is.
 * @param {string} draft
 * @param {string} path
 */
function tryLink(draft, path) {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Another waiter may have removed the dead lock and taken its own since we looked: that one goes back.
 * @param {string} path
 * @param {string} holder
 */
function removeDead(path, holder) {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (read(aside) !== holder) tryLink(aside, path);
  rmSync(aside, { force: true });
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** @param {unknown} error */
const codeOf = (error) => (error instanceof Error && 'code' in error ? error.code : undefined);

/**
 * The number of a process is used again, in containers soon; number and time of birth are not.
 * @param {number} pid
 */
function identity(pid) {
  return `${pid} ${birthOf(pid) ?? '-'}`;
}

/** @param {string} holder */
function isAlive(holder) {
  const pid = Number.parseInt(holder, 10);
  if (birthOf(process.pid) !== null) return holder === identity(pid) && birthOf(pid) !== null;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Field 22 of proc(5)'s stat: ticks between the machine's boot and the process's start; null without /proc.
 * @param {number} pid
 */
function birthOf(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat === null ? null : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null);
}
