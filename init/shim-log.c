// SPDX-License-Identifier: Apache-2.0
// The log of the container: one JSON object a line, as the daemon's.
#include "shim-log.h"
#include "say.h"
#include "shim-json.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int log_fd = -1;
static char kept[256 << 10];
static size_t kept_from, kept_to;
static unsigned lost;

// The name and parent of a process; false where there is none.
static bool look_at(pid_t pid, char *name, size_t room, pid_t *parent)
{
  char path[40], stat[512];
  text(path, sizeof path, "/proc/%d/stat", (int)pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t bytes = fd < 0 ? -1 : read(fd, stat, sizeof stat - 1);
  if (fd >= 0)
    close(fd);
  if (bytes <= 0)
    return false;
  stat[bytes] = '\0';
  char *begin = strchr(stat, '('), *end = strrchr(stat, ')'); // a name may hold anything
  if (begin == NULL || end == NULL || end - begin - 1 >= (ptrdiff_t)room || end[1] != ' ')
    return false;
  memcpy(name, begin + 1, (size_t)(end - begin - 1));
  name[end - begin - 1] = '\0';
  *parent = (pid_t)strtol(end + strlen(") S "), NULL, 10);
  return true;
}

// The standard output of the pcmk-init that all this descends from: where it is not PID 1 (`bundlet solo` in a shell), the
// log is its own and not that of whatever PID 1 is.
static int open_container_log(int flags)
{
  char name[32], path[40];
  pid_t parent;
  for (pid_t pid = getppid(); pid > 1 && look_at(pid, name, sizeof name, &parent); pid = parent)
    if (strcmp(name, "pcmk-init") == 0) {
      text(path, sizeof path, "/proc/%d/fd/1", (int)pid);
      int fd = open(path, flags);
      if (fd >= 0)
        return fd;
    }
  return open("/proc/1/fd/1", flags);
}

int log_open(const char *path)
{
  const int flags = O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  // Opened anew, so that "does not wait" is ours alone: the description may be shared with PID 1.
  log_fd = path != NULL ? open(path, flags | O_CREAT, 0640) : open_container_log(flags);
  if (log_fd >= 0)
    return 0;
  int reason = errno;
  struct stat info;
  if (fstat(STDERR_FILENO, &info) == 0 && !S_ISFIFO(info.st_mode) && !S_ISSOCK(info.st_mode))
    log_fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  return reason;
}

static void build(struct json *json, const struct log_line *line)
{
  json_raw(json, "{\"time\":");
  json_time(json);
  json_raw(json, ",\"level\":\"info\",\"event\":\"resource.output\",\"text\":");
  json_string(json, line->bytes, line->length);
  if (line->left_out > 0) {
    json->at -= json->is_full ? 0 : 1; // into the string once more
    json_raw(json, "\xE2\x80\xA6 (");
    json_number(json, line->left_out);
    json_raw(json, " bytes left out)\"");
  }
  json_raw(json, ",\"rsc\":");
  json_string(json, line->rsc, strlen(line->rsc));
  json_raw(json, ",\"stream\":\"");
  json_raw(json, line->stream);
  json_raw(json, "\",\"pid\":");
  json_number(json, line->pid);
  if (lost > 0) {
    json_raw(json, ",\"lostLines\":");
    json_number(json, lost);
  }
  json_raw(json, "}\n");
}

void log_write(const struct log_line *line)
{
  if (log_fd < 0)
    return;
  if (kept_from > 0 && sizeof kept - kept_to < sizeof kept / 2) {
    memmove(kept, kept + kept_from, kept_to - kept_from);
    kept_to -= kept_from;
    kept_from = 0;
  }
  struct json json;
  json_begin(&json, kept + kept_to, sizeof kept - kept_to);
  build(&json, line);
  if (json.is_full) {
    lost++;
    return;
  }
  lost = 0;
  kept_to += (size_t)(json.at - json.begin);
}

struct pollfd log_wanted(void)
{
  return (struct pollfd){.fd = kept_from < kept_to ? log_fd : -1, .events = POLLOUT};
}

// Others write into the same pipe: so much at once stays in one piece [pipe(7), PIPE_BUF], and ends with a line where one
// line is not longer than that.
static size_t piece(void)
{
  const char *begin = kept + kept_from;
  size_t length = kept_to - kept_from;
  const char *end = memrchr(begin, '\n', length < PIPE_BUF ? length : PIPE_BUF);
  if (end == NULL)
    end = memchr(begin, '\n', length);
  return end == NULL ? length : (size_t)(end - begin) + 1;
}

void log_flush(void)
{
  while (kept_from < kept_to) {
    ssize_t n = write(log_fd, kept + kept_from, piece());
    if (n > 0)
      kept_from += (size_t)n;
    else if (n < 0 && errno == EINTR)
      continue;
    else if (n < 0 && errno == EAGAIN)
      return;
    else {
      // Nobody reads any more, or the disk is full: what was to be told is lost, and what comes is tried again.
      for (size_t i = kept_from; i < kept_to; i++)
        lost += kept[i] == '\n';
      break;
    }
  }
  kept_from = kept_to = 0;
}
