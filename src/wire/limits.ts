/** Every limit of the frame format in one place [protocol 2.1, 2.4]. */

/** Bytes of the fixed header in front of every message. */
export const HEADER_BYTES = 40;

/** A whole message, header included. Upstream drops larger ones since 3.0.2's successor. */
export const MESSAGE_LIMIT_BYTES = 20 * 1024 * 1024;

/** How long a started frame may stay incomplete, in ms. The C daemon waits for ever. */
export const FRAME_TIMEOUT_MS = 60_000;
