// SPDX-License-Identifier: Apache-2.0
#ifndef DAEMON_H
#define DAEMON_H

#include <stdbool.h>
#include <stddef.h>

enum { ENV_ROOM = 1024 }; // variables that may be added to those that were inherited

// Replaces `environ` by `list`, which has room for ENV_ROOM more variables and the final NULL.
void env_use(char **list);

// Adds "NAME=VALUE" where NAME is unset. The string is kept, not copied.
void env_default(char *assignment);

// Sets "NAME=VALUE", whether NAME is set or not. The string is kept, not copied.
void env_set(char *assignment);

// Whether the daemon is the packaged one: another program knows nothing of a spawner.
bool daemon_is_own(void);

// Becomes the daemon, with `arguments` (argc strings and a final NULL) behind argv[0], and with the descriptors
// `spawner` and `counts` (-1: none) that it finds in BUNDLET_SPAWNER_FD and BUNDLET_INIT_STATUS_FD. Returns only when that failed, with the exit status that a
// shell would give: 127 not found, 126 not executable. The reason has been told.
int daemon_exec(int argc, char **arguments, int spawner, int counts);

#endif
