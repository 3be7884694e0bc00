/**
 * System call numbers of what a shell in Dojou may not do, per machine.
 * Source: the kernel's asm/unistd_64.h (x86-64) and asm-generic/unistd.h (arm64).
 */

export interface SyscallTable {
  /** AUDIT_ARCH_* of linux/audit.h: what the kernel reports with each call. */
  readonly auditArch: number;
  /** Calls at or above this number belong to another ABI (x32); null where there is none. */
  readonly foreignFrom: number | null;
  readonly clone: number;
  readonly clone3: number;
  readonly ioctl: number;
  readonly socket: number;
  readonly denied: Readonly<Record<string, number>>;
}

/** Younger than these tables: a call with a higher number does not exist for the sandbox. */
export const NEWEST_KNOWN_SYSCALL = 462;

/** Calls whose numbers are the same on every machine (the kernel gives one number to all since 5.0). */
const DENIED_EVERYWHERE = {
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  pidfd_getfd: 438,
  process_madvise: 440,
  mount_setattr: 442,
  quotactl_fd: 443,
  memfd_secret: 447,
} as const;

const X86_64: SyscallTable = {
  auditArch: 0xc000003e,
  foreignFrom: 0x40000000,
  clone: 56,
  clone3: 435,
  ioctl: 16,
  socket: 41,
  denied: {
    ...DENIED_EVERYWHERE,
    ptrace: 101,
    syslog: 103,
    uselib: 134,
    vhangup: 153,
    modify_ldt: 154,
    pivot_root: 155,
    _sysctl: 156,
    chroot: 161,
    acct: 163,
    settimeofday: 164,
    mount: 165,
    umount2: 166,
    swapon: 167,
    swapoff: 168,
    reboot: 169,
    sethostname: 170,
    setdomainname: 171,
    iopl: 172,
    ioperm: 173,
    init_module: 175,
    delete_module: 176,
    quotactl: 179,
    nfsservctl: 180,
    lookup_dcookie: 212,
    clock_settime: 227,
    mbind: 237,
    set_mempolicy: 238,
    kexec_load: 246,
    add_key: 248,
    request_key: 249,
    keyctl: 250,
    migrate_pages: 256,
    unshare: 272,
    move_pages: 279,
    perf_event_open: 298,
    fanotify_init: 300,
    name_to_handle_at: 303,
    open_by_handle_at: 304,
    clock_adjtime: 305,
    setns: 308,
    process_vm_readv: 310,
    process_vm_writev: 311,
    kcmp: 312,
    finit_module: 313,
    kexec_file_load: 320,
    bpf: 321,
    userfaultfd: 323,
  },
};

const ARM64: SyscallTable = {
  auditArch: 0xc00000b7,
  foreignFrom: null,
  clone: 220,
  clone3: 435,
  ioctl: 29,
  socket: 198,
  denied: {
    ...DENIED_EVERYWHERE,
    lookup_dcookie: 18,
    umount2: 39,
    mount: 40,
    pivot_root: 41,
    nfsservctl: 42,
    chroot: 51,
    vhangup: 58,
    quotactl: 60,
    acct: 89,
    unshare: 97,
    kexec_load: 104,
    init_module: 105,
    delete_module: 106,
    clock_settime: 112,
    syslog: 116,
    ptrace: 117,
    reboot: 142,
    sethostname: 161,
    setdomainname: 162,
    settimeofday: 170,
    add_key: 217,
    request_key: 218,
    keyctl: 219,
    swapon: 224,
    swapoff: 225,
    mbind: 235,
    set_mempolicy: 237,
    migrate_pages: 238,
    move_pages: 239,
    perf_event_open: 241,
    fanotify_init: 262,
    name_to_handle_at: 264,
    open_by_handle_at: 265,
    clock_adjtime: 266,
    setns: 268,
    process_vm_readv: 270,
    process_vm_writev: 271,
    kcmp: 272,
    finit_module: 273,
    bpf: 280,
    userfaultfd: 282,
    kexec_file_load: 294,
  },
};

/** The table of a machine by Node's `process.arch`, or null where no filter has been written. */
export function syscallTable(arch: string): SyscallTable | null {
  if (arch === 'x64') return X86_64;
  if (arch === 'arm64') return ARM64;
  return null;
}
