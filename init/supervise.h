// SPDX-License-Identifier: Apache-2.0
#ifndef SUPERVISE_H
#define SUPERVISE_H

struct settings {
  int argc; // of the daemon, without its argv[0]
  char **arguments;
  int stop_timeout_ms, restart_limit;
};

// Starts the daemon and looks after it and all other processes until the container ends. All signals must be blocked.
// Returns the exit status.
int supervise(const struct settings *with);

#endif
