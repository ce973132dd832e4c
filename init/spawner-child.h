// SPDX-License-Identifier: Apache-2.0
#ifndef SPAWNER_CHILD_H
#define SPAWNER_CHILD_H

#include "spawner-frames.h"

// Prepares what all children need: the spawner's own descriptors and limits. Call it once.
void child_prepare(void);

// Starts a program in a process group of its own, with nothing to read, and gives the reading ends of its standard
// output and error. Returns its pid, or 0 with the errno of what failed, be it a pipe, the process or its execve.
pid_t child_start(const struct run_request *request, int outputs[2], int *error);

#endif
