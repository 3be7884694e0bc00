/**
 * The walls around a sandbox, by the names that the suite, `doctor` and the page for the security
 * department use. An attempt lists all that stop it.
 */
export const WALLS = {
  'mount namespace': 'A root of its own: of the host’s files only /usr, without /usr/local.',
  'read-only system': 'All is read-only but the home, /tmp and /dev/shm; /proc/sys too.',
  'no devices, no setuid': 'File systems are mounted nodev and nosuid.',
  'pid namespace': 'Only the sandbox’s own processes have numbers inside.',
  'network namespace': 'A loopback of its own and nothing else; abstract sockets belong to it too.',
  'ipc namespace': 'Shared memory, semaphores and queues of its own.',
  'user namespace': 'Users of the host have no names inside; no right inside counts outside.',
  'no further namespaces': 'The kernel gives this user namespace no other ones.',
  'host user': 'On the host a user without rights, one per seat when the server runs as root; never root.',
  'no capabilities': 'All capabilities are dropped, from the bounding set too.',
  'no new privileges': 'No program gives more rights than its caller has.',
  'system call filter': 'Seccomp refuses what no shell needs.',
  'empty environment': 'The environment is built from nothing.',
  'closed descriptors': 'No descriptor of the server leads inside but the two links.',
  'hidden agent': 'The agent’s memory, environment and descriptors cannot be opened.',
  'memory limit': 'Memory is bounded together by a control group, files on tmpfs included.',
  'process limit': 'Processes and threads are bounded together.',
  'open files limit': 'A process has at most 1,024 open files, and cannot raise it.',
  'bounded terminals': 'Of the host’s terminals no sandbox may take the most and keep them.',
  'sized file systems': 'Home, /tmp and /dev/shm have sizes.',
  'no core dumps': 'No core is written.',
  'regular files only': 'The server reads regular files, by paths without links out of the home.',
  'restored as the learner': 'A saved home is unpacked inside, by the learner’s own rights.',
  'bounded answers': 'Whatever comes out is cut at a size that the server has chosen.',
  'checked frames': 'What the agent says is parsed with bounds; nonsense ends the sandbox.',
  deadlines: 'Programs that the server starts are killed with their group after their time.',
  'end of all': 'With the first process every other one of the sandbox ends.',
  broker: 'What a lab lists is reached by public addresses alone, looked up outside.',
  'endpoint token': 'Credentials are given only to who knows the seat’s token.',
  'log as data': 'What comes from inside is written to the log as an escaped value.',
} as const satisfies Readonly<Record<string, string>>;

export type Wall = keyof typeof WALLS;

/**
 * Those that the guard can put up alone. The others are the server's, belong to a whole sandbox, or mean
 * something only beside others (a user namespace is a wall for who has no right outside of it).
 */
export const ALONE: readonly Wall[] = [
  'mount namespace',
  'read-only system',
  'no devices, no setuid',
  'pid namespace',
  'network namespace',
  'ipc namespace',
  'no further namespaces',
  'host user',
  'no capabilities',
  'no new privileges',
  'system call filter',
  'empty environment',
  'closed descriptors',
  'open files limit',
  'no core dumps',
];
