// SPDX-License-Identifier: Apache-2.0
// What pcmk-init does in which state: the actions of the table in states.c, and the loop that feeds it.
// Longer than 250 lines because actions and loop share the one state, which nothing else may touch.
#include "supervise.h"
#include "counts.h"
#include "daemon.h"
#include "hand-over.h"
#include "rest.h"
#include "say.h"
#include "spawner.h"
#include "states.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef STEADY_MS
#define STEADY_MS 60000 // a daemon that lived so long did start: its crash begins a new row. Tests shorten it.
#endif

enum {
  RESERVE_MS = 2000,   // what the rest has of the stop timeout, once the daemon has used up its own part
  KILL_WAIT_MS = 1000, // a process that survives KILL for longer hangs in the kernel
  BACK_OFF_MIN_MS = 200,
  BACK_OFF_MAX_MS = 5000,
  NEVER_MS = -1,
};

static const struct settings *settings;

static struct {
  enum state state;
  int signal;              // the one that is being handled
  int stop_signal;         // the one that began the stop, 0 before
  long long deadline_ms;   // of the whole stop
  long long due_ms;        // when the state's time is over, or NEVER_MS
  pid_t daemon;            // 0: none
  long long started_ms;
  int wait_status;         // of the daemon that ended last
  int exit_status;         // what this process will give; -1: no daemon has ended yet
  int failures;            // in a row
  int starts;              // of the daemon, all of them
  int orphans;             // reaped
  struct killed killed;
  char last_words[600];
} init = {.exit_status = -1, .due_ms = NEVER_MS};

static void dispatch(enum event event);
static void daemon_ended(int wait_status);

static long long now_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now); // steps of the wall clock must not shorten a stop
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// Actions ------------------------------------------------------------------------------------------------------------

// "was killed by signal 11 (Segmentation fault) after 12 s"
static void describe_end(char *out, size_t room)
{
  int status = init.wait_status, seconds = (int)((now_ms() - init.started_ms) / 1000);
  if (WIFSIGNALED(status))
    text(out, room, "was killed by signal %d (%s) after %d s", WTERMSIG(status), strsignal(WTERMSIG(status)), seconds);
  else
    text(out, room, "ended with status %d after %d s", WEXITSTATUS(status), seconds);
}

static const char *where_to_look(void)
{
  const char *file = getenv("PCMK_logfile");
  return file != NULL && strcmp(file, "none") != 0 ? file : "PCMK_logfile (not set)";
}

static void do_nothing(void) {}

// The table says that it can't happen. If it does, it is our fault: told, and survived, because the death of PID 1
// would be the death of the container.
static void do_wonder(void)
{
  say("internal error: an event that is impossible in state %d was ignored; please report it", (int)init.state);
}

static void tell_counts(void)
{
  counts_write((unsigned long long)init.orphans, (unsigned long long)(init.starts > 0 ? init.starts - 1 : 0));
}

static void do_start(void)
{
  init.started_ms = now_ms();
  init.starts++;
  int counts = daemon_is_own() ? counts_open() : NO_FD;
  tell_counts();
  int spawner = daemon_is_own() ? hand_over() : NO_FD;
  pid_t pid = fork();
  if (pid != 0 && spawner != NO_FD)
    close(spawner);
  if (pid < 0) {
    say("cannot start the daemon: fork: %s", strerror(errno));
    daemon_ended(1 << 8); // status 1, like a daemon that ended at once: the back-off gives the system time
    return;
  }
  if (pid > 0) {
    init.daemon = pid;
    return;
  }
  // A session of its own: signals of the terminal come to PID 1 only, which forwards them, so that the daemon does
  // not get them twice. All signals are still blocked, so none is lost between fork and here. [Yelp/dumb-init#136]
  setsid();
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  if (spawner != NO_FD)
    fcntl(spawner, F_SETFD, 0);
  if (counts != NO_FD)
    fcntl(counts, F_SETFD, 0);
  _exit(daemon_exec(settings->argc, settings->arguments, spawner, counts));
}

static void do_forward(void)
{
  kill(init.daemon, init.signal); // it is our child and not yet reaped, so the number can't be anybody else's
}

static void note_stop(void)
{
  init.stop_signal = init.signal;
  init.deadline_ms = now_ms() + settings->stop_timeout_ms;
}

// What the daemon has of the stop timeout. A very short one is shared in halves: it shall have some time as well.
static int daemon_part_ms(void)
{
  int half = settings->stop_timeout_ms / 2;
  return settings->stop_timeout_ms - (half < RESERVE_MS ? half : RESERVE_MS);
}

static void do_stop_daemon(void)
{
  note_stop();
  init.due_ms = init.deadline_ms - settings->stop_timeout_ms + daemon_part_ms();
  do_forward();
}

static void do_force_daemon(void)
{
  rest_note_one(&init.killed, init.daemon);
  kill(init.daemon, SIGKILL);
  init.exit_status = 128 + SIGKILL; // in case that it can't even die; its real status replaces this
  init.due_ms = init.deadline_ms;
}

static void do_stop_rest(void)
{
  init.due_ms = init.stop_signal != 0 ? init.deadline_ms : now_ms() + RESERVE_MS;
  rest_signal(SIGTERM);
  rest_signal(SIGCONT); // a stopped process takes its TERM only when it goes on
}

static void do_cancel_start(void)
{
  note_stop();
  do_stop_rest();
}

static void do_back_off(void)
{
  init.failures++;
  int delay = BACK_OFF_MIN_MS;
  for (int i = 1; i < init.failures && delay < BACK_OFF_MAX_MS; i++)
    delay *= 2;
  delay = delay < BACK_OFF_MAX_MS ? delay : BACK_OFF_MAX_MS;
  char what[128];
  describe_end(what, sizeof what);
  say("the daemon %s; restart %d of %d in %d ms", what, init.failures, settings->restart_limit, delay);
  init.due_ms = now_ms() + delay;
}

static void do_give_up(void)
{
  char what[128];
  describe_end(what, sizeof what);
  text(init.last_words, sizeof init.last_words,
       "giving up: the daemon %s, after %d of %d restarts in a row (BUNDLET_RESTART_LIMIT); the container ends with "
       "status %d; look at the messages above and at %s",
       what, init.failures, settings->restart_limit, init.exit_status, where_to_look());
  do_stop_rest();
}

static void do_refuse(void)
{
  int status = init.exit_status;
  char words[COUNTS_WORDS_ROOM];
  counts_last_words(words, sizeof words);
  if (status == 101 && words[0] != '\0') {
    text(init.last_words, sizeof init.last_words, "%s; the container ends with status %d", words, status);
    do_stop_rest();
    return;
  }
  const char *why = status == 64    ? "which means wrong options or settings"
                    : status == 100 ? "which means that it must not be restarted"
                    : status == 101 ? "which means that solo mode gave up"
                                    : "which means that it could not be run";
  text(init.last_words, sizeof init.last_words,
       "the daemon ended with status %d, %s; not restarted, the container ends with the same status; look at the "
       "messages above and at %s",
       status, why, where_to_look());
  do_stop_rest();
}

static void do_kill_rest(void)
{
  rest_note(&init.killed);
  rest_signal(SIGKILL);
  init.due_ms = now_ms() + KILL_WAIT_MS;
}

// Not PID 1: a process that was forked while the others were KILLed is found now, because the end of its parent is
// what brought us here. As PID 1 nobody can slip through, and it does no harm.
static void do_kill_again(void) { rest_signal(SIGKILL); }

static void do_finish(void)
{
  if (init.killed.count > 0)
    say("KILLed %d process%s that did not end in time: %s%s; reaped %d orphans", init.killed.count,
        init.killed.count == 1 ? "" : "es", init.killed.names, init.killed.count > KILLED_SHOWN ? ", and others" : "",
        init.orphans);
  if (init.last_words[0] != '\0')
    say("%s; reaped %d orphans", init.last_words, init.orphans);
}

static void do_abandon(void)
{
  say("some processes are still there %d ms after KILL: hanging in the kernel (disk, network file system), or not "
      "visible in /proc",
      KILL_WAIT_MS);
  do_finish();
}

static void (*const actions[])(void) = {
#define ACTION(name) [DO_##name] = do_##name,
    ACTIONS(ACTION)
#undef ACTION
};

// The loop ------------------------------------------------------------------------------------------------------------

static void dispatch(enum event event)
{
  if (init.state == END)
    return;
  const struct cell *cell = &state_table[init.state][event];
  if (cell->next != init.state) {
    init.state = cell->next; // before the action: a fork that fails is an event of the new state
    init.due_ms = NEVER_MS;
  }
  actions[cell->action]();
}

static void daemon_ended(int wait_status)
{
  init.wait_status = wait_status;
  init.exit_status = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
  if (WIFEXITED(wait_status))
    switch (init.exit_status) {
    case 0:
      dispatch(E_DONE);
      return;
    case 64: // usage  [section 8.1]
    case 100: // fatal, do not restart  [section 8.1]
    case 101: // solo mode can't keep its resource running  [docs/solo.md]
    case 126:
    case 127:
      dispatch(E_FINAL);
      return;
    }
  if (now_ms() - init.started_ms >= STEADY_MS)
    init.failures = 0;
  dispatch(init.failures < settings->restart_limit ? E_CRASH : E_SPENT);
}

// Takes everybody who has ended. SIGCHLD comes once for many of them, so it is only a hint that there is somebody.
static void reap(void)
{
  bool others = false;
  for (;;) {
    int status;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid < 0 && errno == EINTR)
      continue;
    if (pid <= 0) {
      if (others) {
        tell_counts();
        dispatch(E_OTHER);
      }
      // Each orphan becomes our child, so that no child means that nobody is left at all. [krallin/tini#180]
      if (pid < 0)
        dispatch(E_EMPTY);
      return;
    }
    if (pid == init.daemon) {
      init.daemon = 0;
      daemon_ended(status);
    } else {
      init.orphans += !hand_over_ended(pid, status, init.state == WAIT || init.state == RUN);
      others = true;
    }
  }
}

// Waits for a signal or until the state's time is over (0). All signals are blocked all the time, so none can come
// between the look at the clock and the wait. sigtimedwait takes from the same queue as signalfd does, and is no
// descriptor that a daemon could inherit.
static int wait_for_signal(void)
{
  sigset_t all;
  sigfillset(&all);
  for (;;) {
    struct timespec rest, *limit = NULL;
    if (init.due_ms != NEVER_MS) {
      long long ms = init.due_ms - now_ms();
      ms = ms > 0 ? ms : 0;
      rest = (struct timespec){.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
      limit = &rest;
    }
    int signal = sigtimedwait(&all, NULL, limit);
    if (signal > 0)
      return signal;
    if (errno != EINTR)
      return 0;
  }
}

int supervise(const struct settings *with)
{
  settings = with;
  static char stop_time[40]; // how long the daemon may wait for the cluster at a stop
  text(stop_time, sizeof stop_time, "BUNDLET_DAEMON_STOP_MS=%d", daemon_part_ms());
  env_set(stop_time);
  init.due_ms = now_ms(); // a stop that came before is taken first: then no daemon is started at all
  while (init.state != END) {
    init.signal = wait_for_signal();
    switch (init.signal) {
    case SIGTERM:
    case SIGINT:
    case SIGQUIT:
      dispatch(E_STOP);
      break;
    case SIGHUP:
    case SIGUSR1:
    case SIGUSR2:
      dispatch(E_PASS);
      break;
    }
    reap(); // before the clock: who has ended in time is not late because this process was
    if (init.due_ms != NEVER_MS && now_ms() >= init.due_ms) {
      dispatch(E_TIMER);
      reap();
    }
  }
  return init.exit_status >= 0 ? init.exit_status : 128 + init.stop_signal;
}
