const KIB = 1024;
const MINUTE_MS = 60_000;

/** What one world may cost, and how much of it a learner can push through; enforced by the server. */
export const LIMITS = {
  /** Larger than any request of the operations here by far; below what would hurt a worker. */
  bodyBytes: 1024 * KIB,
  /** AWS itself refuses request headers beyond 8 KiB per line; tokens are long, so twice that in all. */
  headerBytes: 32 * KIB,
  headerCount: 64,
  pathBytes: 8 * KIB,
  /** Query-protocol parameters of one request. */
  formFields: 1_000,
  formDepth: 12,
  jsonDepth: 64,
  callsKept: 500,
  callsPerRead: 200,
  /** Recorded parameters of one call, as JSON. */
  callParamsBytes: 4 * KIB,
  /** Requests of one world under way at once. */
  pendingCalls: 64,
  /** Logged mutations of a world; credentials may use the rest, so that changes never starve them. */
  logChanges: 5_000,
  logEntries: 10_000,
  liveSessions: 500,
  /** How far a world's clock may be moved ahead: a year, and what a lab needs around it. */
  aheadMs: 400 * 24 * 60 * MINUTE_MS,
  /** AWS: five minutes either way. */
  skewMs: 5 * MINUTE_MS,
  /** AWS: a presigned URL lives seven days at most. */
  presignSeconds: 604_800,
  /** A worker that does not even answer a ping for this long is taken for dead. */
  workerSilenceMs: 10_000,
  workerHeapMiB: 192,
} as const;
