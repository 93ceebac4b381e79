/**
 * Every limit on what travels or is kept, in one place. Bytes unless the name says otherwise.
 */

export const PROTOCOL_VERSION = 1;

export const KEY_BYTES_MAX = 4 * 1024;
/** A limit of the state machine: the same on every member for ever, since it decides results. */
export const VALUE_BYTES_MAX = 16 * 1024 * 1024;
/** Default of --max-request-bytes: key + value. */
export const REQUEST_BYTES_DEFAULT = 1024 * 1024;
/** What a frame may carry beside keys and values. */
export const FRAME_OVERHEAD_BYTES = 64 * 1024;

/** The first frame of a connection, before anything is known of the other side. */
export const HELLO_FRAME_BYTES_MAX = 1024;
/** Replies to clients: the largest value. */
export const REPLY_FRAME_BYTES_MAX = VALUE_BYTES_MAX + FRAME_OVERHEAD_BYTES;
/** Between members: the largest single entry (a command of the largest allowed request). */
export const PEER_FRAME_BYTES_MAX = VALUE_BYTES_MAX + 2 * FRAME_OVERHEAD_BYTES;

/** One page of a scan holds at most so many bytes of keys and values (and always one pair, if there is one). */
export const SCAN_PAGE_BYTES = 1024 * 1024;
/** One chunk of a snapshot on its way to a follower. */
export const SNAPSHOT_CHUNK_BYTES = 512 * 1024;

/** State machine: sessions kept at most; opening one more evicts the one that was idle longest. */
export const SESSIONS_MAX = 100_000;
/** State machine: a session idle for so long by the logged clock has expired. Milliseconds. */
export const SESSION_IDLE_MS = 60 * 60 * 1000;
/** State machine: results kept for one session until it acknowledges them. */
export const SESSION_RESULTS_MAX = 1024;
