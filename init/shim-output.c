// SPDX-License-Identifier: Apache-2.0
// What the application writes, line by line.
#include "shim-output.h"
#include "shim-log.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_LIMIT = 16 << 10, LAST_LINES = 20, LAST_LIMIT = 512, EARLY_LIMIT = 4 << 20 };

static const char *const NAMES[STREAMS] = {"stdout", "stderr"};

static struct {
  char bytes[LINE_LIMIT];
  unsigned length, left_out;
} lines[STREAMS];

static struct {
  char bytes[LAST_LIMIT];
  unsigned length;
} last[LAST_LINES];
static unsigned last_count;

static const char *rsc;
static int early_fd = -1, pid;

void output_of(const char *name, int early)
{
  rsc = name;
  early_fd = early;
}

void output_pid(int number) { pid = number; }

// The starter waits for a line of it and removes the file when it has seen enough. It reads on meanwhile: a file that has
// grown long begins anew, with what comes.
static void put_early(const char *bytes, unsigned length)
{
  struct stat info;
  if (early_fd < 0)
    return;
  if (fstat(early_fd, &info) == 0 && info.st_nlink > 0 &&
      (info.st_size < EARLY_LIMIT || ftruncate(early_fd, 0) == 0) &&
      write(early_fd, bytes, length) == (ssize_t)length && write(early_fd, "\n", 1) == 1)
    return;
  close(early_fd);
  early_fd = -1;
}

static void end_line(int stream)
{
  unsigned length = lines[stream].length, left_out = lines[stream].left_out;
  const char *bytes = lines[stream].bytes;
  if (left_out > 0) {
    unsigned whole = (unsigned)json_whole(bytes, length);
    left_out += length - whole;
    length = whole;
  } else if (length > 0 && bytes[length - 1] == '\r')
    length--;
  log_write(&(struct log_line){rsc, NAMES[stream], bytes, pid, length, left_out});
  put_early(bytes, length);
  unsigned slot = last_count++ % LAST_LINES;
  last[slot].length = (unsigned)(length > LAST_LIMIT ? json_whole(bytes, LAST_LIMIT) : length);
  memcpy(last[slot].bytes, bytes, last[slot].length);
  lines[stream].length = lines[stream].left_out = 0;
}

static void take(int stream, const char *bytes, size_t count)
{
  size_t room = LINE_LIMIT - lines[stream].length, fitting = count < room ? count : room;
  memcpy(lines[stream].bytes + lines[stream].length, bytes, fitting);
  lines[stream].length += (unsigned)fitting;
  lines[stream].left_out += (unsigned)(count - fitting);
}

bool output_read(int stream, int fd)
{
  static char buffer[32 << 10];
  ssize_t n = read(fd, buffer, sizeof buffer);
  if (n <= 0)
    return n < 0 && (errno == EAGAIN || errno == EINTR);
  for (char *at = buffer, *end = buffer + n; at < end;) {
    char *newline = memchr(at, '\n', (size_t)(end - at));
    take(stream, at, (size_t)((newline != NULL ? newline : end) - at));
    if (newline == NULL)
      break;
    end_line(stream);
    at = newline + 1;
  }
  return true;
}

void output_finish(void)
{
  for (int stream = 0; stream < STREAMS; stream++)
    if (lines[stream].length > 0)
      end_line(stream);
}

void output_last(struct json *json)
{
  unsigned count = last_count < LAST_LINES ? last_count : LAST_LINES;
  json_raw(json, "[");
  for (unsigned i = last_count - count; i != last_count; i++) {
    json_raw(json, i == last_count - count ? "" : ",");
    json_string(json, last[i % LAST_LINES].bytes, last[i % LAST_LINES].length);
  }
  json_raw(json, "]");
}
