// SPDX-License-Identifier: Apache-2.0
#ifndef SAY_H
#define SAY_H

#include <stddef.h>

// Formats into `out`, always terminated, cut when it is too small. Knows %s, %d and %% only: the printf of
// libc would be half of the binary. What %s brings in is made printable: a process may call itself anything.
void text(char *out, size_t room, const char *format, ...) __attribute__((format(printf, 3, 4)));

// Who speaks from now on; "pcmk-init" in the beginning. The name is kept, not copied.
void say_as(const char *name);

// One line on stderr, with the name of who speaks before it.
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
