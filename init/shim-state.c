// SPDX-License-Identifier: Apache-2.0
// What the agent must know from action to action, and why the application ended: DIR/state.json, replaced as a whole.
#include "say.h"
#include "shim-json.h"
#include "shim-output.h"
#include "shim.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct end {
  pid_t pid;
  int status;
  long long after_ms;
};

static const struct shim_request *request;
static int directory, log_error;
static pid_t application;
static long long began_ms, application_ticks, own_ticks;
static struct end application_end, last_end;

static long long now_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

// Field 22 of stat; the name in field 2 may hold blanks and brackets, so its end is the last bracket. [proc(5)]
static long long start_ticks(pid_t pid)
{
  char path[32], stat[1024];
  text(path, sizeof path, "/proc/%d/stat", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? -1 : read(fd, stat, sizeof stat - 1);
  if (fd >= 0)
    close(fd);
  if (n <= 0)
    return 0;
  stat[n] = '\0';
  char *at = strrchr(stat, ')');
  for (int field = 2; at != NULL && field < 22; field++)
    at = strchr(at + 1, ' ');
  return at != NULL ? atoll(at) : 0;
}

void state_begin(const struct shim_request *wanted, int dir, pid_t pid, int error)
{
  request = wanted;
  directory = dir;
  application = pid;
  log_error = error;
  began_ms = now_ms();
  own_ticks = start_ticks(getpid());
  application_ticks = start_ticks(pid);
}

void state_ended(pid_t pid, int status)
{
  struct end end = {pid, status, now_ms() - began_ms};
  // Its number may be another's afterwards.
  if (pid == application && application_end.pid == 0)
    application_end = end;
  last_end = end;
}

static void put_number(struct json *json, const char *before, long long number)
{
  json_raw(json, before);
  json_number(json, number);
}

static void put_process(struct json *json, const char *before, pid_t pid, long long ticks)
{
  put_number(json, before, pid);
  put_number(json, ",\"startTicks\":", ticks);
  json_raw(json, "}");
}

static void put_end(struct json *json, const char *before, const struct end *end)
{
  if (end->pid == 0)
    return;
  put_number(json, before, end->pid);
  if (WIFSIGNALED(end->status))
    put_number(json, ",\"signal\":", WTERMSIG(end->status));
  else
    put_number(json, ",\"code\":", WEXITSTATUS(end->status));
  put_number(json, ",\"afterMs\":", end->after_ms);
  json_raw(json, "}");
}

static void build(struct json *json, bool is_over)
{
  json_raw(json, "{\"rsc\":");
  json_string(json, request->rsc, strlen(request->rsc));
  json_raw(json, ",\"run\":");
  json_string(json, request->run, strlen(request->run));
  put_process(json, ",\"shim\":{\"pid\":", getpid(), own_ticks);
  put_process(json, ",\"application\":{\"pid\":", application, application_ticks);
  if (log_error != 0)
    put_number(json, ",\"logErrno\":", log_error);
  put_end(json, ",\"end\":{\"pid\":", &application_end);
  put_end(json, ",\"lastEnd\":{\"pid\":", &last_end);
  if (application_end.pid != 0) {
    json_raw(json, ",\"lines\":");
    output_last(json);
  }
  json_raw(json, is_over ? ",\"isOver\":true,\"writtenAt\":" : ",\"isOver\":false,\"writtenAt\":");
  json_time(json);
  json_raw(json, "}\n");
}

bool state_write(bool is_over)
{
  // 20 lines of 512 bytes, each byte at most an escape of six.
  static char buffer[80 << 10];
  struct json json;
  json_begin(&json, buffer, sizeof buffer);
  build(&json, is_over);
  size_t length = (size_t)(json.at - json.begin);
  // The last lines of an application may hold what is nobody's business.
  int fd = openat(directory, "state.json.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return false;
  bool is_written = write(fd, buffer, length) == (ssize_t)length;
  close(fd);
  return is_written && renameat(directory, "state.json.new", directory, "state.json") == 0;
}
