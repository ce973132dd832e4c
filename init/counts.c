// SPDX-License-Identifier: Apache-2.0
// The figures that PID 1 has and nobody else: a file in memory, because a shared mapping could be truncated under us.
#include "counts.h"

#include <sys/mman.h>
#include <unistd.h>

static int file = -1;

int counts_open(void)
{
  if (file < 0)
    file = memfd_create("pcmk-init-counts", MFD_CLOEXEC);
  return file;
}

void counts_write(unsigned long long orphans, unsigned long long restarts)
{
  struct counts counts = {COUNTS_VERSION, (int)getpid(), orphans, restarts};
  // Where it fails the daemon shows older figures: nothing that PID 1 should care about.
  if (file >= 0 && pwrite(file, &counts, sizeof counts, 0) < 0)
    return;
}

void counts_last_words(char *out, size_t room)
{
  char words[COUNTS_WORDS_ROOM];
  ssize_t bytes = file < 0 ? 0 : pread(file, words, sizeof words, COUNTS_WORDS_AT);
  size_t used = 0;
  for (ssize_t i = 0; i < bytes && words[i] != '\0' && used + 1 < room; i++)
    out[used++] = (unsigned char)words[i] < ' ' || words[i] == 127 ? ' ' : words[i];
  out[used] = '\0';
}
