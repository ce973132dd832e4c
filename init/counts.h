// SPDX-License-Identifier: Apache-2.0
#ifndef COUNTS_H
#define COUNTS_H

#include <stddef.h>

// What pcmk-init counts, in a file without a name that the daemon reads (src/main/init-counts.ts), and the daemon's
// last words, which pcmk-init reads when it has ended. Little endian.
enum {
  COUNTS_VERSION = 1,
  COUNTS_WORDS_AT = 64,   // where the daemon's last words begin
  COUNTS_WORDS_ROOM = 400,
};

struct counts {
  unsigned version;
  int pid;                     // of pcmk-init
  unsigned long long orphans;  // reaped
  unsigned long long restarts; // of the daemon
};

// The descriptor of the file, or -1 where the kernel gives none. Closed on exec.
int counts_open(void);

void counts_write(unsigned long long orphans, unsigned long long restarts);

// What the daemon wrote before it ended, without control characters; empty if nothing.
void counts_last_words(char *out, size_t room);

#endif
