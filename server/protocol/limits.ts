/** Every number that bounds a client, with its unit and its reason. The server enforces them. */

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

// The socket
export const CLIENT_FRAME_BYTES = 64 * KIB; // a paste of a long procedure; `ws` would take 100 MiB
export const HELLO_WITHIN_MS = 5 * SECOND; // before it, a connection costs a socket and nothing else
export const HEARTBEAT_MS = 15 * SECOND;
export const DEAD_AFTER_MS = 25 * SECOND;
export const MESSAGES_PER_SECOND = 200; // a fast typist makes 20, key repeat 33; acks are counted apart
export const ACKS_PER_SECOND = 8000; // one per ACK_EVERY_BYTES of 250 MB/s, more than any terminal parses
export const SOCKETS_PER_PERSON = 12; // tabs of one person, and the shared screen of a meeting room
export const TICKET_LIFE_MS = 30 * SECOND;

// The terminal
export const SCROLLBACK_BYTES = 2 * MIB; // what a reconnect can resume from: minutes of a chatty build
export const HIGH_WATER_BYTES = 256 * KIB; // unacknowledged output at which the pty is paused
export const LOW_WATER_BYTES = 64 * KIB; // and at which it goes on
export const ACK_EVERY_BYTES = 32 * KIB; // must lie below LOW_WATER_BYTES, or the flow stops for ever
export const FRAME_BYTES = 64 * KIB; // most output in one frame
export const LEAST_WINDOW_BYTES = 64 * KIB; // on a slow line; more than ACK_EVERY_BYTES, or the flow stops
export const VIEWER_LAG_BYTES = MIB; // further behind than this, a viewer is repainted
export const VIEWER_LAG_MS = 250; // and likewise when what it has not been sent is older than this
export const ACK_TIMEOUT_MS = 2 * SECOND; // a driver that is silent for longer no longer paces
export const COALESCE_MS = 4;
export const INPUT_BYTES = 32 * KIB; // per message
export const COLS = { min: 20, max: 400 } as const;
export const ROWS = { min: 5, max: 200 } as const;
export const KEYS_EXPIRE_MS = 2 * SECOND; // a key that the line held back for longer never fires
export const TERMINALS = 6; // of a seat at once: each is a shell and a mirrored screen
export const COMPOSING_MS = 30 * SECOND; // a conversion that takes longer no longer holds up a hand-over
export const DEFAULT_SIZE = { cols: 80, rows: 24 } as const; // what a shared screen can show readably

// People and what they type
export const NAME_LENGTH = 24;
export const NOTE_LENGTH = 200;
export const ANSWER_LENGTH = 200;
export const CHORE_NAME_LENGTH = 60;
export const FOCUS_LENGTH = 200;
export const CHORES = 60;
export const MEMBERS = 200;

// The turn
export const TURN_MS = 7 * MINUTE;
export const HAND_OVER_MS = 1 * MINUTE;
export const EXTENSION_MS = 2 * MINUTE;
export const TAKE_OVER_GRACE_MS = 10 * SECOND;
