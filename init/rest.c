// SPDX-License-Identifier: Apache-2.0
// "The rest": all processes that are left beside pcmk-init and that it is responsible for.
#include "rest.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct process {
  pid_t pid, parent;
  char state;
  char name[20]; // the kernel keeps 15 bytes
};

// opendir() takes memory from the heap; getdents64 needs only a buffer. The layout is the kernel's, see getdents(2).
struct entry {
  uint64_t inode;
  int64_t offset;
  uint16_t length;
  uint8_t type;
  char name[];
};

static bool read_process(pid_t pid, struct process *process)
{
  char path[32], stat[512];
  text(path, sizeof path, "/proc/%d/stat", pid);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return false;
  ssize_t n = read(fd, stat, sizeof stat - 1);
  close(fd);
  if (n <= 0)
    return false;
  stat[n] = '\0';
  // "pid (name) state parent …": the name may hold blanks and brackets, so its end is the last bracket. [proc(5)]
  char *name = strchr(stat, '('), *end = strrchr(stat, ')');
  if (name == NULL || end == NULL || end[1] != ' ' || end[2] == '\0' || end[3] != ' ')
    return false;
  *end = '\0';
  process->pid = pid;
  process->state = end[2];
  process->parent = (pid_t)atoi(end + 4);
  text(process->name, sizeof process->name, "%s", name + 1);
  return true;
}

static bool is_alive(const struct process *process) { return process->state != 'Z' && process->state != 'X'; }

// Follows the parents up to this process. A parent that ends meanwhile breaks the chain: its children are ours or
// another reaper's then, so the walk begins again with the new parent.
static bool is_descendant(pid_t pid)
{
  pid_t self = getpid();
  for (int attempt = 0; attempt < 8; attempt++) {
    struct process process;
    if (!read_process(pid, &process))
      return false;
    pid_t parent = process.parent;
    while (parent != self && parent > 1 && read_process(parent, &process))
      parent = process.parent;
    if (parent == self)
      return true;
    if (parent <= 1)
      return false;
  }
  return false;
}

// As PID 1 each process that can be seen is in this container. Otherwise others live here who are not our business.
static bool is_ours(pid_t pid) { return pid != getpid() && (getpid() == 1 || is_descendant(pid)); }

// Calls `visit` for each process that is ours. False when /proc can't be read.
static bool each(void (*visit)(pid_t pid, void *context), void *context)
{
  _Alignas(struct entry) char buffer[4096];
  int fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return false;
  bool seen = false;
  long n;
  while ((n = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0)
    for (long at = 0; at < n;) {
      const struct entry *entry = (const struct entry *)(buffer + at);
      int pid = entry->name[0] >= '1' && entry->name[0] <= '9' ? atoi(entry->name) : 0;
      seen = seen || pid > 0;
      if (pid > 0 && is_ours(pid))
        visit(pid, context);
      at += entry->length;
    }
  close(fd);
  return seen; // an empty directory is a /proc that was not mounted
}

// Between the look at the parents and the signal a process may end and its number may go to a stranger. A pidfd that
// is opened before the look can't be confused. Kernels before 5.3 have none: there the window stays.
static void signal_descendant(pid_t pid, void *context)
{
  int signal = *(int *)context;
  int fd = (int)syscall(SYS_pidfd_open, pid, 0);
  if (fd < 0 && errno == ESRCH)
    return;
  if (is_descendant(pid)) {
    if (fd >= 0)
      syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0);
    else
      kill(pid, signal);
  }
  if (fd >= 0)
    close(fd);
}

void rest_signal(int signal)
{
  // One call of the kernel that no fork can slip through. It also reaches what `docker exec` brought in.
  if (getpid() == 1) {
    kill(-1, signal);
    return;
  }
  static bool told;
  if (!each(signal_descendant, &signal) && !told) {
    told = true;
    say("cannot read /proc: processes that the daemon left behind can't be found and are not stopped");
  }
}

void rest_note_one(struct killed *killed, pid_t pid)
{
  struct process process;
  if (!read_process(pid, &process) || !is_alive(&process))
    return;
  if (killed->count++ < KILLED_SHOWN) {
    size_t used = strlen(killed->names);
    text(killed->names + used, sizeof killed->names - used, "%s%s (pid %d)", used > 0 ? ", " : "", process.name, pid);
  }
}

static void note(pid_t pid, void *context) { rest_note_one(context, pid); }

void rest_note(struct killed *killed)
{
  // Without /proc PID 1 does not know the names, but that somebody is KILLed. Others reach nobody then.
  if (!each(note, killed) && killed->count == 0 && getpid() == 1) {
    killed->count = 1;
    text(killed->names, sizeof killed->names, "unknown, /proc can't be read");
  }
}
