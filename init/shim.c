// SPDX-License-Identifier: Apache-2.0
// pcmk-shim: the parent of one application that ocf:bundlet:process started. It writes the application's output to the
// container's log, reaps all that descends from it, and leaves behind why it ended. It stays until nobody is left; who
// wants to end the application signals that. It takes nothing from the heap and forks once.
#include "say.h"
#include "shim-log.h"
#include "shim-output.h"
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// How long the last lines may take to be written.
enum { LAST_WORDS_MS = 1000 };

enum { EXIT_FAILED = 1, EXIT_USAGE = 64 };

static int streams[STREAMS];
static int children_fd;
static pid_t application;

static void close_others(void)
{
  if (syscall(SYS_close_range, 3u, ~0u, 0u) == 0)
    return;
  for (int fd = 3; fd < 1024; fd++) // kernels before 5.9
    close(fd);
}

// Nothing but our work ends us: an agent that is to stop the application waits for the application.
static bool watch_children(void)
{
  sigset_t all, child;
  sigfillset(&all);
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  signal(SIGCHLD, SIG_DFL); // ignored, the kernel would reap for us
  sigprocmask(SIG_SETMASK, &all, NULL);
  children_fd = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  return children_fd >= 0 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
}

static bool open_streams(int writers[STREAMS])
{
  for (int i = 0; i < STREAMS; i++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      return false;
    fcntl(ends[0], F_SETFL, O_NONBLOCK); // ours only: programs do not expect it of their output
    streams[i] = ends[0];
    writers[i] = ends[1];
  }
  return true;
}

// The lock goes with us, however we end: no two shims of one resource. [flock(2)]
static int open_state(const struct shim_request *request, struct shim_report *report)
{
  int fd = open(request->state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
    report->failed = fd < 0 ? "state" : "lock";
    report->error = errno;
    return -1;
  }
  int early = -1;
  if (request->wants_early)
    early = openat(fd, "early", O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  output_of(request->rsc, early);
  return fd;
}

static bool start(const struct shim_request *request, struct shim_report *report)
{
  int writers[STREAMS];
  int state = open_state(request, report);
  if (state < 0)
    return false;
  if (!watch_children() || !open_streams(writers)) {
    report->failed = "shim";
    report->error = errno;
    return false;
  }
  int empty = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(empty, STDIN_FILENO);
  report->log_error = log_open(request->log);
  application = shim_start(request, writers, report);
  if (application == 0)
    return false;
  for (int i = 0; i < STREAMS; i++)
    close(writers[i]);
  output_pid(application);
  state_begin(request, state, application, report->log_error);
  report->pid = getpid();
  report->application = application;
  if (state_write(false))
    return true;
  report->failed = "state";
  report->error = errno;
  kill(application, SIGKILL); // nobody would find it again; PID 1 reaps it
  return false;
}

// What is in the pipes, and not what somebody may still write into them. A last line may have no end.
static void read_rest(void)
{
  for (int i = 0; i < STREAMS; i++)
    for (int turn = 0; turn < 8 && streams[i] >= 0 && output_read(i, streams[i]); turn++)
      ;
  output_finish();
}

// False when nobody is left.
static bool reap(void)
{
  struct signalfd_siginfo info;
  while (read(children_fd, &info, sizeof info) > 0)
    ;
  for (;;) {
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid < 0 && errno == ECHILD)
      return false;
    if (pid <= 0)
      return true;
    state_ended(pid, status);
    if (pid == application) {
      read_rest(); // its last words are there by now
      state_write(false);
    }
  }
}

static void read_streams(const struct pollfd fds[STREAMS])
{
  for (int i = 0; i < STREAMS; i++)
    if (streams[i] >= 0 && fds[i].revents != 0 && !output_read(i, streams[i])) {
      close(streams[i]);
      streams[i] = -1;
    }
}

static void finish(void)
{
  read_rest();
  state_write(true);
  struct pollfd log = log_wanted();
  for (int ms = 0; log.fd >= 0 && ms < LAST_WORDS_MS; ms += 50) {
    poll(&log, 1, 50);
    log_flush();
    log = log_wanted();
  }
}

static int serve(void)
{
  for (bool is_needed = true; is_needed;) {
    struct pollfd fds[] = {
      {.fd = streams[0], .events = POLLIN},
      {.fd = streams[1], .events = POLLIN},
      {.fd = children_fd, .events = POLLIN},
      log_wanted(),
    };
    if (poll(fds, sizeof fds / sizeof *fds, -1) < 0)
      continue;
    read_streams(fds);
    log_flush();
    if (fds[2].revents != 0)
      is_needed = reap();
  }
  finish();
  return 0;
}

// The shim itself, apart from the starter: in a session of its own, with nothing that the starter holds.
static int run(const struct shim_request *request, int news)
{
  struct shim_report report = {0};
  setsid();
  bool is_started = start(request, &report);
  // A starter that was killed meanwhile is no reason to leave the application alone: whoever stops it finds us.
  (void)!write(news, &report, sizeof report);
  close(news);
  if (!is_started)
    return EXIT_FAILED;
  dup2(STDIN_FILENO, STDOUT_FILENO);
  dup2(STDIN_FILENO, STDERR_FILENO);
  return chdir("/") == 0 ? serve() : EXIT_FAILED;
}

// One line for the agent: "started SHIM APPLICATION LOG-ERRNO", or "failed STEP ERRNO".
static int tell(const struct shim_report *report)
{
  char line[128];
  if (report->failed == NULL)
    text(line, sizeof line, "started %d %d %d\n", report->pid, report->application, report->log_error);
  else
    text(line, sizeof line, "failed %s %d\n", report->failed, report->error);
  if (write(STDOUT_FILENO, line, strlen(line)) < 0)
    return EXIT_FAILED;
  return report->failed == NULL ? 0 : EXIT_FAILED;
}

// A command beside the application, in its world: no shim is left, so it stays whose child it is.
static int run_here(const struct shim_request *request)
{
  const char *step = shim_exec(request);
  say("failed %s %d", step, errno);
  return EXIT_FAILED;
}

int main(int argc, char **argv)
{
  struct shim_request request = {0};
  say_as("pcmk-shim");
  if (!shim_options(argc, argv, &request))
    return EXIT_USAGE;
  close_others();
  if (request.wants_exec)
    return run_here(&request);
  int news[2];
  struct shim_report report = {.failed = "shim", .error = 0};
  pid_t pid = pipe2(news, O_CLOEXEC) == 0 ? fork() : -1;
  if (pid == 0) {
    close(news[0]);
    prctl(PR_SET_NAME, "pcmk-shim");
    return run(&request, news[1]);
  }
  if (pid < 0) {
    report.error = errno;
    return tell(&report);
  }
  close(news[1]);
  while (read(news[0], &report, sizeof report) < 0 && errno == EINTR)
    ;
  return tell(&report);
}
