/**
 * The seccomp filter of a sandbox as classic BPF, assembled here so that nothing needs a compiler.
 * Layout of `struct seccomp_data` and of `struct sock_filter`: linux/seccomp.h, linux/filter.h.
 */
import { NEWEST_KNOWN_SYSCALL, type SyscallTable } from './syscalls.ts';

const LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
const IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const IF_GREATER = 0x25; // BPF_JMP | BPF_JGT | BPF_K
const IF_AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
const IF_ANY_BIT = 0x45; // BPF_JMP | BPF_JSET | BPF_K
const RETURN = 0x06; // BPF_RET | BPF_K

const NUMBER = 0;
const ARCH = 4;
/** The low half of an argument, on little-endian machines; the kernel looks at no more of these. */
const argument = (index: number): number => 16 + 8 * index;

const ALLOW = 0x7fff0000;
const KILL_PROCESS = 0x80000000;
const refuse = (errno: number): number => 0x00050000 | errno;
const EPERM = refuse(1);
const ENOSYS = refuse(38);
const EAFNOSUPPORT = refuse(97);

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET: linux/sched.h. */
const NEW_NAMESPACE =
  0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000;
/** Both push characters into a terminal as if somebody had typed them. */
const TIOCSTI = 0x5412;
const TIOCLINUX = 0x541c;
const [AF_UNIX, AF_INET, AF_INET6] = [1, 2, 10];

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

const load = (offset: number): Instruction => [LOAD, 0, 0, offset];
const give = (verdict: number): Instruction => [RETURN, 0, 0, verdict];
/** Runs `body` when the number (or whatever is loaded) equals `value`; skips it otherwise. */
const when = (value: number, body: readonly Instruction[]): Instruction[] => [
  [IF_EQUAL, 0, body.length, value],
  ...body,
];

/** The filter, ready for `bwrap --seccomp`. */
export function seccompFilter(table: SyscallTable): Uint8Array {
  return assemble([
    load(ARCH),
    [IF_EQUAL, 1, 0, table.auditArch],
    give(KILL_PROCESS),
    load(NUMBER),
    ...foreignAbi(table),
    [IF_GREATER, 0, 1, NEWEST_KNOWN_SYSCALL],
    give(ENOSYS),
    // The flags of clone3 lie behind a pointer that a filter cannot read; libraries fall back to clone.
    ...when(table.clone3, [give(ENOSYS)]),
    ...when(table.clone, [load(argument(0)), [IF_ANY_BIT, 0, 1, NEW_NAMESPACE], give(EPERM), give(ALLOW)]),
    ...when(table.ioctl, [
      load(argument(1)),
      ...when(TIOCSTI, [give(EPERM)]),
      ...when(TIOCLINUX, [give(EPERM)]),
      give(ALLOW),
    ]),
    // AF_VSOCK reaches the hypervisor even from an empty network namespace.
    ...when(table.socket, [
      load(argument(0)),
      ...when(AF_UNIX, [give(ALLOW)]),
      ...when(AF_INET, [give(ALLOW)]),
      ...when(AF_INET6, [give(ALLOW)]),
      give(EAFNOSUPPORT),
    ]),
    ...Object.values(table.denied).flatMap((number) => when(number, [give(EPERM)])),
    give(ALLOW),
  ]);
}

function foreignAbi(table: SyscallTable): Instruction[] {
  return table.foreignFrom === null ? [] : [[IF_AT_LEAST, 0, 1, table.foreignFrom], give(KILL_PROCESS)];
}

function assemble(program: readonly Instruction[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  program.forEach(([code, ifTrue, ifFalse, value], index) => {
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, ifTrue);
    bytes.setUint8(index * 8 + 3, ifFalse);
    bytes.setUint32(index * 8 + 4, value >>> 0, true);
  });
  return new Uint8Array(bytes.buffer);
}
