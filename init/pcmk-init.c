// SPDX-License-Identifier: Apache-2.0
// pcmk-init: the PID 1 of a Pacemaker bundle's container. It starts the daemon, reaps every orphan, forwards signals,
// restarts a daemon that crashed, and ends the container in order. It never reads from the network and never takes
// memory from the heap. This file is the start: mode, environment, settings. The rest of its life is supervise.c.
#include "daemon.h"
#include "env-file.h"
#include "say.h"
#include "spawner.h"
#include "supervise.h"
#include "title.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  STOP_TIMEOUT_MS = 8000,           // docker and podman KILL 10 s after TERM: be done before, and say so
  STOP_TIMEOUT_LIMIT_MS = 86400000, // a day; also keeps all sums within an int
  RESTART_LIMIT = 5,
  RESTART_LIMIT_MAX = 1000000,
};

// "8", "8s", "1500ms", "5min". False when it is none of them, or not within 1 ms and the limit.
static bool parse_ms(const char *value, int *result)
{
  long long number = 0;
  const char *at = value;
  while (*at >= '0' && *at <= '9' && number <= STOP_TIMEOUT_LIMIT_MS)
    number = number * 10 + (*at++ - '0');
  if (at == value)
    return false;
  if (*at == '\0' || strcmp(at, "s") == 0)
    number *= 1000;
  else if (strcmp(at, "min") == 0)
    number *= 60000;
  else if (strcmp(at, "ms") != 0)
    return false;
  if (number < 1 || number > STOP_TIMEOUT_LIMIT_MS)
    return false;
  *result = (int)number;
  return true;
}

static void read_settings(struct settings *settings)
{
  settings->stop_timeout_ms = STOP_TIMEOUT_MS;
  const char *timeout = getenv("BUNDLET_STOP_TIMEOUT");
  if (timeout != NULL && !parse_ms(timeout, &settings->stop_timeout_ms))
    say("BUNDLET_STOP_TIMEOUT is \"%s\", expected a time such as 8, 8s, 1500ms or 5min, at most a day; using %d ms",
        timeout, STOP_TIMEOUT_MS);

  settings->restart_limit = RESTART_LIMIT;
  const char *limit = getenv("BUNDLET_RESTART_LIMIT");
  if (limit == NULL)
    return;
  size_t digits = strspn(limit, "0123456789");
  if (digits > 0 && digits < 8 && limit[digits] == '\0' && atoi(limit) <= RESTART_LIMIT_MAX)
    settings->restart_limit = atoi(limit);
  else
    say("BUNDLET_RESTART_LIMIT is \"%s\", expected a number from 0 (never restart) to %d; using %d", limit,
        RESTART_LIMIT_MAX, RESTART_LIMIT);
}

static void load_env_file(void)
{
  const char *path = getenv("BUNDLET_INIT_ENV_FILE");
  env_file_read(path != NULL && path[0] != '\0' ? path : "/etc/pacemaker/pcmk-init.env", env_default);
}

// Descriptors that the runtime forgot to close would be held open until the container ends: a pipe never gives EOF, a
// directory of the host stays reachable for every agent (runc's CVE-2024-21626). catatonit closes them in PID 1 after
// its only start; we do it before the first one, so that a restarted daemon finds the same as the first.
static void close_descriptors(int from)
{
  if (syscall(SYS_close_range, (unsigned)from, ~0u, 0u) == 0)
    return;
  for (int fd = from; fd < 1024; fd++) // kernels before 5.9
    close(fd);
}

static void reset_signals(void)
{
  // An ignored SIGCHLD would make the kernel reap for us, and the daemon's status would be lost; the daemon would
  // inherit whatever else is ignored.
  struct sigaction action = {.sa_handler = SIG_DFL};
  for (int signal = 1; signal < NSIG; signal++)
    sigaction(signal, &action, NULL); // fails for KILL and STOP, and for those that libc keeps
}

// The bytes of all arguments, which lie one behind the other.
static size_t arguments_room(int argc, char **argv)
{
  return (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) + 1 - argv[0]);
}

// `ps` shall show who this is, though bundles call it as pacemaker-remoted [section 7]. The strings that the daemon is
// to get lie in the same place, so they are copied to `copies` first.
static void rename_self(int argc, char **argv, char *copies)
{
  if (argc > 0) {
    size_t room = arguments_room(argc, argv);
    memcpy(copies, argv[0], room);
    for (int i = 1; i < argc; i++)
      argv[i] = copies + (argv[i] - argv[0]);
    title_use(argv[0], room);
  }
  title_set("pcmk-init");
}

// In a bundle /var/log is a directory of the host, where administrators look for this file [section 7]. In any other
// container it would fill the container's own layer with a copy of what the runtime's log has already.
static void set_log_file(void)
{
  static char logfile[] = "PCMK_logfile=/var/log/pcmk-init.log", old_logfile[] = "HA_logfile=/var/log/pcmk-init.log";
  struct stat root, log;
  if (getenv("PCMK_logfile") != NULL || getenv("HA_logfile") != NULL || stat("/", &root) != 0 ||
      stat("/var/log", &log) != 0 || root.st_dev == log.st_dev)
    return;
  env_default(logfile);
  env_default(old_logfile);
}

static int run_full(int argc, char **argv)
{
  reset_signals();
  close_descriptors(STDERR_FILENO + 1);
  if (getpid() != 1) {
    say("not PID 1 but pid %d: running as a subreaper, only own descendants are reaped and stopped", (int)getpid());
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
      say("cannot become a subreaper: %s; orphans go to another process", strerror(errno));
  }
  load_env_file();
  set_log_file();
  struct settings settings;
  read_settings(&settings);

  // The kernel lets arguments be a quarter of the stack at most, so a copy of them always fits.
  char copies[argc > 0 ? arguments_room(argc, argv) : 1];
  rename_self(argc, argv, copies);
  settings.argc = argc > 0 ? argc - 1 : 0;
  settings.arguments = argc > 0 ? argv + 1 : argv;
  return supervise(&settings);
}

static void block_signals(void)
{
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
}

// Whether a daemon that has no spawner any more started this as its own.
static bool is_spawner(int argc, char **argv)
{
  return getpid() != 1 && argc > 0 && strcmp(argv[0], SPAWNER_NAME) == 0;
}

static int run_spawner(void)
{
  block_signals();
  reset_signals();
  close_descriptors(SPAWNER_FD + 1);
  setsid(); // programs that it starts have no terminal
  title_set(SPAWNER_NAME);
  say_as(SPAWNER_NAME);
  return spawner_run(NO_FD, SPAWNER_FD);
}

// Where no pcmk-init stays: a spawner for this one daemon, which ends with it. It is nobody's child that the daemon
// would have to reap.
static int own_spawner(int argc, char **argv)
{
  int ends[2], status;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
    return NO_FD;
  pid_t pid = fork();
  if (pid == 0) {
    if (fork() != 0)
      _exit(0);
    dup2(ends[1], SPAWNER_FD);
    if (argc > 0)
      title_use(argv[0], arguments_room(argc, argv));
    _exit(run_spawner());
  }
  close(ends[1]);
  if (pid < 0 || waitpid(pid, &status, 0) != pid) {
    close(ends[0]);
    return NO_FD; // the daemon starts its own
  }
  return ends[0];
}

int main(int argc, char **argv)
{
  if (is_spawner(argc, argv))
    return run_spawner();
  const char *mode = getenv("PCMK_remote_pid1");
  if (mode == NULL)
    mode = getenv("HA_remote_pid1"); // the name of older versions
  if (mode == NULL)
    mode = "";
  bool full = getpid() == 1 || strcmp(mode, "full") == 0;
  if (full)
    block_signals(); // before anything else: PID 1 has no default actions, a TERM that came earlier would be lost

  size_t count = 0;
  while (environ[count] != NULL)
    count++;
  char *variables[count + ENV_ROOM + 1];
  env_use(variables);

  if (full)
    return run_full(argc, argv);
  if (strcmp(mode, "vars") == 0)
    load_env_file();
  int spawner = daemon_is_own() ? own_spawner(argc, argv) : NO_FD;
  return daemon_exec(argc > 0 ? argc - 1 : 0, argc > 0 ? argv + 1 : argv, spawner, NO_FD);
}
