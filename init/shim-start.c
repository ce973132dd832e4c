// SPDX-License-Identifier: Apache-2.0
// Starts the application: everything that must be set between fork and exec, and which of it failed.
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void reset_signals(void)
{
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigset_t none;
  sigemptyset(&none);
  for (int signal = 1; signal < NSIG; signal++)
    sigaction(signal, &action, NULL); // fails for KILL and STOP, and for those that libc keeps
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool set_limits(const struct shim_request *request)
{
  for (int i = 0; i < request->limit_count; i++)
    if (setrlimit(request->limits[i].resource, &request->limits[i].value) != 0)
      return false;
  return true;
}

// A file that is no program the kernel knows is read by the shell. [execvp(3), POSIX exec, RATIONALE]
static void exec_application(const struct shim_request *request)
{
  execve(request->path, request->arguments, environ);
  if (errno != ENOEXEC)
    return;
  int count = 0;
  while (request->arguments[count] != NULL)
    count++;
  char *arguments[count + 2];
  arguments[0] = "/bin/sh";
  arguments[1] = (char *)request->path;
  for (int i = 1; i <= count; i++)
    arguments[i + 1] = request->arguments[i];
  execve(arguments[0], arguments, environ);
}

// Whoever may not enter a directory shall not start in it, so that comes last.
const char *shim_exec(const struct shim_request *request)
{
  if (request->has_umask)
    umask(request->umask);
  if (!set_limits(request))
    return "limits";
  if (request->has_nice && setpriority(PRIO_PROCESS, 0, request->nice) != 0)
    return "nice";
  if (request->has_gid &&
      (setgroups((size_t)request->group_count, request->groups) != 0 || setgid(request->gid) != 0))
    return "group";
  if (request->has_uid && setuid(request->uid) != 0)
    return "user";
  if (request->directory != NULL && chdir(request->directory) != 0)
    return "directory";
  reset_signals();
  exec_application(request);
  return "exec";
}

// The step that failed.
static const char *become_application(const struct shim_request *request, const int writers[2])
{
  if (setsid() < 0 || dup2(writers[0], STDOUT_FILENO) < 0 || dup2(writers[1], STDERR_FILENO) < 0)
    return "streams";
  return shim_exec(request);
}

pid_t shim_start(const struct shim_request *request, const int writers[2], struct shim_report *report)
{
  int news[2];
  pid_t pid = pipe2(news, O_CLOEXEC) == 0 ? fork() : -1;
  if (pid < 0) {
    report->failed = "fork";
    report->error = errno;
    return 0;
  }
  if (pid == 0) {
    struct shim_report own = {0};
    own.failed = become_application(request, writers);
    own.error = errno;
    _exit(write(news[1], &own, sizeof own) == (ssize_t)sizeof own ? 127 : 126);
  }
  close(news[1]);
  struct shim_report told;
  ssize_t n;
  while ((n = read(news[0], &told, sizeof told)) < 0 && errno == EINTR)
    ;
  close(news[0]);
  if (n != (ssize_t)sizeof told)
    return pid; // closed by its exec
  report->failed = told.failed;
  report->error = told.error;
  while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
    ;
  return 0;
}
