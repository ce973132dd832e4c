// SPDX-License-Identifier: Apache-2.0
#ifndef HAND_OVER_H
#define HAND_OVER_H

#include <stdbool.h>
#include <sys/types.h>

// A connection to the spawner for the next daemon, which is to be made inheritable there; the spawner is started when
// there is none. NO_FD where that is impossible, which was told: the daemon helps itself then.
int hand_over(void);

// Whether this was the spawner that ended. Then the next hand_over starts another; `is_told` says so in a line.
bool hand_over_ended(pid_t pid, int wait_status, bool is_told);

#endif
