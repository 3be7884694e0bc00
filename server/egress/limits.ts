/** Bounds of a seat's way out. A learner's program holds the other end: everything has one. */

const KIB = 1024;
const MIB = 1024 * KIB;

/** A browser opens six to a host; some package managers sixteen in all. */
export const CONNECTIONS_AT_ONCE = 16;
/** More than an install makes; each is a line in the log of the server. */
export const CONNECTIONS_PER_MINUTE = 240;
/** CONNECT and a few headers. */
export const HEAD_BYTES = 8 * KIB;
/** From the connection to the end of its head; what trickles in does not prolong it. */
export const HEAD_MS = 10_000;
export const RESOLVE_MS = 5_000;
/** All addresses of a name together. */
export const CONNECT_MS = 10_000;
/** Addresses of one name that are tried. */
export const ADDRESSES_TRIED = 4;
/** Without a byte either way. */
export const IDLE_MS = 120_000;
/** All connections of a seat together, out and in each: a package in a second, not a mirror of the site. */
export const BYTES_PER_SECOND = 4 * MIB;
/** What was not used of it so far: short exchanges never wait. */
export const BURST_MS = 50;
/** A refusal whose reader does not read is dropped after this. */
export const ANSWER_MS = 2_000;
/** Connections that the page is shown. */
export const SHOWN_CONNECTIONS = 20;
/** A program that tries again and again must not fill the terminals with our words. */
export const SAY_EVERY_MS = 10_000;
/** How often the page hears of moving bytes. */
export const TELL_EVERY_MS = 1_000;
