/** Where a Pacemaker Remote daemon listens unless told otherwise [protocol 1.1]. */
export const DEFAULT_PORT = 3121;
