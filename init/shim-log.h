// SPDX-License-Identifier: Apache-2.0
#ifndef SHIM_LOG_H
#define SHIM_LOG_H

#include <poll.h>

// Opens a file, or the standard output of PID 1 where `path` is NULL, or else our own standard error if that is no
// pipe: a pipe ends at whoever started us and soon looks away. 0, or the errno of the first attempt that failed; without
// any of them the lines go nowhere.
int log_open(const char *path);

// One line of the application: the beginning of it, and how many more bytes it had.
struct log_line {
  const char *rsc, *stream, *bytes;
  int pid;
  unsigned length, left_out;
};

// Never waits: what finds no room in 256 KiB is lost and counted.
void log_write(const struct log_line *line);

// What to wait for: nothing (descriptor -1) where nothing is left to write.
struct pollfd log_wanted(void);
// Writes what there is room for.
void log_flush(void);

#endif
