// SPDX-License-Identifier: Apache-2.0
#ifndef TOOL_LINK_H
#define TOOL_LINK_H

#define TOOL_SOCKET "/run/bundlet/tools.sock"

struct call {
  const char *socket; // path of the daemon's socket
  const char *name;   // of the tool
  int argc;
  char **arguments; // without the name
  int limit_ms;     // for all of it
};

// Asks the daemon, and writes what it answers to stdout and stderr. 0 and the exit code; or the errno that says why there
// is none: ECONNREFUSED nobody is there, ENOTCONN it went away, ETIMEDOUT, EACCES, EAGAIN, E2BIG, EPROTO.
int tool_call(const struct call *call, int *exit_code);

#endif
