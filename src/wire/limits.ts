/** Every limit of the frame format in one place [protocol 2.1, 2.4]. */

/** Bytes of the fixed header in front of every message. */
export const HEADER_BYTES = 40;

/** A whole message, header included. Upstream drops larger ones since 3.0.2's successor. */
export const MESSAGE_LIMIT_BYTES = 20 * 1024 * 1024;

/** The text of a message, without the NUL behind it. */
export const TEXT_LIMIT_BYTES = MESSAGE_LIMIT_BYTES - HEADER_BYTES - 1;

/** What an agent's output may need in a result, and everything else that is not given back of its request. */
const RESULT_BYTES = (1024 + 64) * 1024;

/**
 * What an operation's result gives back of its request, the parameters above all, as XML. An operation with more is
 * refused: its result could not be told.
 */
export const ECHO_LIMIT_BYTES = TEXT_LIMIT_BYTES - RESULT_BYTES;

/** How long a started frame may stay incomplete, in ms. The C daemon waits for ever. */
export const FRAME_TIMEOUT_MS = 60_000;

/** Bytes of Pacemaker's header in front of every local message, libqb's own inside it [protocol 6.6]. */
export const IPC_HEADER_BYTES = 40;

/** A local message, or a part of one, since 3.0.1: clients read into a buffer of this size, whatever was granted. */
export const IPC_PART_BYTES = 131_072;

/** The text of a local client's request, all parts together, without the NUL behind it: more can't be relayed. */
export const IPC_TEXT_LIMIT_BYTES = TEXT_LIMIT_BYTES;
