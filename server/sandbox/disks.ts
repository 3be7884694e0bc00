import { MalformedFrame } from './frames.ts';

const MIB = 1024 * 1024;
/** Programs fail before the last byte is taken. */
const FULL_BYTES = 64 * 1024;
const FULL_SHARE = 0.01;

export interface Disk {
  readonly used: number;
  readonly full: boolean;
}

export interface Disks {
  readonly home: Disk;
  readonly tmp: Disk;
}

/**
 * How full the agent says that home and /tmp are: size and room of each, four u64. Null when it cannot
 * tell. What it says is believed of its own home alone, and up to that home's size.
 */
export function parseDisks(payload: Buffer, homeMiB: number): Disks | null {
  if (payload.length === 0) return null;
  if (payload.length !== 32) throw new MalformedFrame('no answer to how full the disks are');
  const at = (index: number): number => Number(payload.readBigUInt64BE(index * 8));
  const home = disk(at(0), at(1));
  return { home: { ...home, used: Math.min(home.used, homeMiB * MIB) }, tmp: disk(at(2), at(3)) };
}

function disk(size: number, room: number): Disk {
  return { used: Math.max(0, size - room), full: room < Math.max(FULL_BYTES, size * FULL_SHARE) };
}
