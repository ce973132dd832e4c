// SPDX-License-Identifier: Apache-2.0
#ifndef TITLE_H
#define TITLE_H

#include <stddef.h>

// The place where the kernel looks for a process's command line: `room` bytes that are nobody else's any more.
void title_use(char *begin, size_t room);

// What `ps` shows from now on.
void title_set(const char *name);

#endif
