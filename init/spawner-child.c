// SPDX-License-Identifier: Apache-2.0
// Starts one program. The child shares our memory until its execve, as with vfork(2): nothing is copied, and the errno
// of what failed is simply there when the parent goes on. [clone(2), posix_spawn(3)]
#include "spawner-child.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int empty_fd;              // /dev/null, what children read
static struct rlimit files_limit; // that we were started with; ours is raised, theirs is not

// What the child needs, and the one thing that it gives back.
struct start {
  const struct run_request *request;
  const int *writers;
  volatile int error;
};

void child_prepare(void)
{
  // 0, 1 and 2 must be taken: a pipe with such a number would be closed by its own dup2.
  while ((empty_fd = open("/dev/null", O_RDWR | O_CLOEXEC)) >= 0 && empty_fd <= STDERR_FILENO)
    fcntl(empty_fd, F_SETFD, 0);
  getrlimit(RLIMIT_NOFILE, &files_limit);
  struct rlimit raised = {files_limit.rlim_max, files_limit.rlim_max};
  setrlimit(RLIMIT_NOFILE, &raised); // two for each program that runs
}

static bool set_limits(const struct run_request *request)
{
  setrlimit(RLIMIT_NOFILE, &files_limit);
  for (uint32_t i = 0; i < request->body.limits; i++) {
    struct run_limit limit;
    memcpy(&limit, request->limits + i * sizeof limit, sizeof limit);
    struct rlimit wanted = {limit.soft, limit.hard};
    if (setrlimit((int)limit.resource, &wanted) != 0)
      return false;
  }
  return true;
}

// Bare system calls: those of libc do it for all threads of a process, and would look at what belongs to the parent.
static bool become_user(const struct run_body *body)
{
  return syscall(SYS_setgroups, 0, NULL) == 0 && syscall(SYS_setgid, body->gid) == 0 &&
         syscall(SYS_setuid, body->uid) == 0;
}

// A file that is no program the kernel knows is read by the shell. [execvp(3), POSIX exec, RATIONALE]
static void exec_by_shell(const struct run_request *request)
{
  static char shell[] = "/bin/sh";
  char *own_name = request->arguments[0];
  char *arguments[request->body.arguments + 2];
  arguments[0] = shell;
  arguments[1] = (char *)request->path;
  memcpy(arguments + 2, request->arguments + 1, request->body.arguments * sizeof own_name);
  execve(shell, arguments, request->variables);
}

static int child(void *context)
{
  struct start *start = context;
  const struct run_request *request = start->request;
  sigset_t none;
  sigemptyset(&none);
  if (setpgid(0, 0) == 0 && dup2(empty_fd, STDIN_FILENO) >= 0 && dup2(start->writers[0], STDOUT_FILENO) >= 0 &&
      dup2(start->writers[1], STDERR_FILENO) >= 0 && set_limits(request) &&
      (request->directory[0] == '\0' || chdir(request->directory) == 0) &&
      ((request->body.flags & RUN_HAS_USER) == 0 || become_user(&request->body))) {
    if ((request->body.flags & RUN_HAS_UMASK) != 0)
      umask(request->body.umask);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(request->path, request->arguments, request->variables);
    // Few arguments only: the list for the shell lies on the child's small stack.
    if (errno == ENOEXEC && request->body.arguments < 1024)
      exec_by_shell(request);
  }
  start->error = errno;
  _exit(127);
}

static bool open_pipe(int *reader, int *writer)
{
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return false;
  fcntl(ends[0], F_SETFL, O_NONBLOCK); // ours only: programs do not expect it of their output
  *reader = ends[0];
  *writer = ends[1];
  return true;
}

pid_t child_start(const struct run_request *request, int outputs[2], int *error)
{
  static _Alignas(64) char stack[64 << 10];
  int writers[2];
  if (!open_pipe(&outputs[0], &writers[0])) {
    *error = errno;
    return 0;
  }
  if (!open_pipe(&outputs[1], &writers[1])) {
    *error = errno;
    close(outputs[0]);
    close(writers[0]);
    return 0;
  }
  struct start start = {request, writers, 0};
  pid_t pid = clone(child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
  *error = pid < 0 ? errno : start.error;
  close(writers[0]);
  close(writers[1]);
  if (*error == 0)
    return pid;
  if (pid > 0)
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
      ;
  close(outputs[0]);
  close(outputs[1]);
  return 0;
}
