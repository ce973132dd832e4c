/** What one client, and all of them together, may use of the daemon. */

/** libqb's own buffer size, and the least that is granted: a message of a tool of today fits. */
export const BUFFER_FLOOR_BYTES = 128 * 1024;
/** The most that is granted: a connection takes three times as much of the directory. */
export const BUFFER_CEILING_BYTES = 20 * 1024 * 1024;

/** So many connections fit into the 64 MB that a container has at /dev/shm by default. */
export const MAX_CONNECTIONS = 150;
/** Connections of all users but root, so that there is always room for the agents. */
export const MAX_CONNECTIONS_OF_OTHERS = 100;
/** Connections that were not answered yet: root's, those of others who may come in, and of those who may not anyway. */
export const MAX_PENDING = { root: 512, others: 512, strangers: 32 } as const;
/** A stranger who comes again and again is told of once in this time. */
export const STRANGER_TOLD_MS = 60_000;
/** So many users are remembered for that. */
export const MAX_TOLD_STRANGERS = 100;

/** A client says within this time what it wants, and waits no longer than this for room. */
export const SET_UP_MS = 5000;

/** What is queued for a client that doesn't read; one that is beyond is dropped. */
export const OUTPUT_CEILING_BYTES = 32 * 1024 * 1024;
/** More messages than this may only be queued for a client that goes on reading [pcmk ipc_server.c: queue_max]. */
export const BACKLOG_MESSAGES = 500;
/** A client that has taken nothing for so long doesn't go on reading. */
export const STALL_MS = 5000;
/** What is queued for all clients together; beyond it the one with most is dropped. */
export const ALL_OUTPUT_CEILING_BYTES = 64 * 1024 * 1024;
/** While nobody has more than this waiting, all together don't have too much. */
export const FAIR_OUTPUT_BYTES = ALL_OUTPUT_CEILING_BYTES / MAX_CONNECTIONS;

/** How soon a full ring is looked at again, first and last; doubled while nothing moves. */
export const RETRY_FIRST_MS = 2;
export const RETRY_LAST_MS = 200;

/** Requests of one client that are handled before others have their turn. */
export const REQUESTS_A_TURN = 64;
