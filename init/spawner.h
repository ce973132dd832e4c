// SPDX-License-Identifier: Apache-2.0
#ifndef SPAWNER_H
#define SPAWNER_H

// The name of the process, and of argv[0] where the program is to be a spawner with a daemon at SPAWNER_FD.
#define SPAWNER_NAME "pcmk-spawner"

enum { SPAWNER_FD = 3, NO_FD = -1 };

// Starts, captures and kills programs for the daemon at the other end of `connection`, and for those that come after it
// through `control`, a socket that brings connections as descriptors. One of them may be NO_FD. All signals must be
// blocked. Ends when nobody can ask any more and nothing runs, or with SIGTERM. Returns the exit status.
int spawner_run(int control, int connection);

#endif
