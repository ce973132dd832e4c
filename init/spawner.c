// SPDX-License-Identifier: Apache-2.0
// The spawner: starts programs for the daemon, which would need a hundred times as long for it, and watches them. It
// outlives daemons: what one of them began, the next one hears of. One loop; nothing in it waits but epoll_wait.
#include "spawner.h"
#include "say.h"
#include "spawner-child.h"
#include "spawner-jobs.h"
#include "spawner-link.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  WILL_NOT_DIE_MS = 5000,     // how long a killed process may take to go before the daemon is told
  EVENTS_ONCE = 64,
  REQUESTS_ONCE = 4,
  FIRST_INHERITED_ID = 1 << 30, // ids from here on are ours: those of the daemons stay below
};

enum watched { W_SIGNALS, W_CONTROL, W_LINK, W_OUTPUTS };

static const long long never = -1;

static struct {
  int epoll, outputs; // all outputs are in an epoll of their own, so that all can be left alone at once
  int signals, control;
  bool outputs_wait;   // the daemon does not read: programs have to wait with their output
  uint32_t link_events;
  long long due_ms;    // no later than the first due_ms of all jobs
  int waiting;         // jobs that have something to tell: ended, or untold
  uint32_t inherited_id;
  bool has_more;       // requests that were not looked at yet
  bool stopped;
} self;

static long long now_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void watch(int set, int operation, int fd, uint32_t events, uint64_t what)
{
  struct epoll_event event = {.events = events, .data.u64 = what};
  epoll_ctl(set, operation, fd, &event);
}

static void due_at(struct job *job, long long ms)
{
  job->due_ms = ms;
  if (ms != never && (self.due_ms == never || ms < self.due_ms))
    self.due_ms = ms;
}

// Programs ------------------------------------------------------------------------------------------------------------

static void kill_job(struct job *job, bool process_only)
{
  // Not yet reaped, so neither number can be anybody else's. One that left its group is killed alone.
  if (process_only || kill(-job->pid, SIGKILL) != 0)
    kill(job->pid, SIGKILL);
  job->killed = true;
  due_at(job, now_ms() + WILL_NOT_DIE_MS);
}

static void not_started(uint32_t id, int error)
{
  struct exited_body body = {.how = H_NOT_STARTED, .value = (uint32_t)error};
  link_send(F_EXITED, id, &body, sizeof body);
}

static void run(const struct run_request *request)
{
  int index = job_add(request->purpose, request->purpose_bytes), outputs[2], error;
  if (index == NOBODY) {
    not_started(request->id, ENOMEM);
    return;
  }
  struct job *job = job_at(index);
  job->started_ms = now_ms();
  pid_t pid = child_start(request, outputs, &error);
  if (pid == 0) {
    job_remove(index);
    not_started(request->id, error);
    return;
  }
  job_known(index, pid);
  job->id = request->id;
  job->kills_process_only = (request->body.flags & RUN_KILLS_PROCESS_ONLY) != 0;
  // Times beyond a century are none; the sum must stay within its type.
  uint64_t timeout = request->body.timeout_ms;
  due_at(job, timeout == 0 || timeout > 1ull << 42 ? never : job->started_ms + (long long)timeout);
  for (int i = 0; i < 2; i++) {
    job->outputs[i].fd = outputs[i];
    watch(self.outputs, EPOLL_CTL_ADD, outputs[i], EPOLLIN, (uint64_t)index * 2 + (uint64_t)i);
  }
  uint32_t told = (uint32_t)pid;
  link_send(F_STARTED, request->id, &told, sizeof told);
}

static void describe_end(const struct job *job, struct exited_body *body)
{
  body->how = job->timed_out ? H_TIMED_OUT : WIFSIGNALED(job->status) ? H_SIGNALLED : H_EXITED;
  body->value = (uint32_t)(WIFSIGNALED(job->status) ? WTERMSIG(job->status) : WEXITSTATUS(job->status));
  for (int i = 0; i < 2; i++)
    body->dropped[i] = job->outputs[i].dropped;
  body->user_ms = job->user_ms;
  body->system_ms = job->system_ms;
  body->max_rss_kb = job->max_rss_kb;
}

// Tells that a job was inherited, or how it ended, with the rest of its output. False: no room yet.
static bool tell(int index)
{
  struct job *job = job_at(index);
  if (job->untold) {
    struct {
      uint32_t pid;
      uint64_t age_ms;
    } __attribute__((packed)) body = {(uint32_t)job->pid, (uint64_t)(now_ms() - job->started_ms)};
    size_t bytes = sizeof(struct frame_head) + sizeof body + job->purpose_bytes;
    char *at = link_room(bytes, OUT_ROOM);
    if (at == NULL)
      return false;
    struct frame_head head = {(uint32_t)bytes, F_INHERITED, job->id};
    memcpy(at, &head, sizeof head);
    memcpy(at + sizeof head, &body, sizeof body);
    memcpy(at + sizeof head + sizeof body, job_purpose(job), job->purpose_bytes);
    link_queue(bytes);
    job->untold = false;
    self.waiting -= job->state != J_ENDED;
  }
  if (job->state != J_ENDED)
    return true;
  for (uint32_t i = 0; i < 2; i++)
    if (!output_finish(&job->outputs[i], job->id, i + 1, !job->inherited))
      return false;
  struct exited_body body = {0};
  describe_end(job, &body);
  if (!link_send(F_EXITED, job->id, &body, sizeof body))
    return false;
  self.waiting--;
  job_remove(index);
  return true;
}

static void tell_all(void)
{
  for (int at = 0; self.waiting > 0 && at < job_places(); at++)
    if (job_at(at)->state == J_ENDED || (job_at(at)->state == J_RUNS && job_at(at)->untold))
      if (!tell(at))
        return;
}

static uint32_t in_ms(struct timeval time) { return (uint32_t)(time.tv_sec * 1000 + time.tv_usec / 1000); }

static void ended(int index, int status, const struct rusage *used)
{
  struct job *job = job_at(index);
  if (!link_is_open()) { // its resource is free when the next daemon comes: that needs not to know
    self.waiting -= job->untold;
    job_remove(index);
    return;
  }
  job->state = J_ENDED;
  job->status = status;
  job->user_ms = in_ms(used->ru_utime);
  job->system_ms = in_ms(used->ru_stime);
  job->max_rss_kb = (uint32_t)used->ru_maxrss;
  output_ended(&job->outputs[0]);
  output_ended(&job->outputs[1]);
  self.waiting += !job->untold;
  tell(index);
}

// Takes everybody who has ended: SIGCHLD comes once for many.
static void reap(void)
{
  int status;
  pid_t pid;
  struct rusage used;
  while ((pid = wait4(-1, &status, WNOHANG, &used)) > 0) {
    int index = job_by_pid(pid);
    if (index != NOBODY)
      ended(index, status, &used);
  }
}

static void look_at_deadlines(void)
{
  long long now = now_ms();
  if (self.due_ms == never || now < self.due_ms)
    return;
  self.due_ms = never;
  for (int at = 0; at < job_places(); at++) {
    struct job *job = job_at(at);
    if (job->state != J_RUNS || job->due_ms == never)
      continue;
    if (now < job->due_ms) {
      due_at(job, job->due_ms);
    } else if (!job->killed) {
      job->timed_out = true;
      kill_job(job, job->kills_process_only);
    } else {
      uint32_t pid = (uint32_t)job->pid;
      link_send(F_WILL_NOT_DIE, job->id, &pid, sizeof pid);
      due_at(job, never);
    }
  }
}

// Daemons -------------------------------------------------------------------------------------------------------------

// The daemon is gone. What it began goes on, and is for the next one to know; its output is for nobody.
static void daemon_left(void)
{
  link_close();
  self.waiting = 0;
  for (int at = 0; at < job_places(); at++) {
    struct job *job = job_at(at);
    if (job->state == J_FREE)
      continue;
    if (job->state == J_ENDED) {
      job_remove(at);
      continue;
    }
    if (!job->inherited)
      job->id = self.inherited_id++;
    job->inherited = job->untold = true;
    self.waiting++;
    output_drop(&job->outputs[0], false);
    output_drop(&job->outputs[1], false);
  }
}

static void daemon_came(int fd)
{
  daemon_left();
  link_open(fd);
  self.link_events = EPOLLIN;
  watch(self.epoll, EPOLL_CTL_ADD, fd, self.link_events, W_LINK);
  uint32_t hello[] = {FRAMES_VERSION, (uint32_t)job_count()};
  link_send(F_HELLO, 0, hello, sizeof hello);
  tell_all();
}

static void handle(char *frame, size_t bytes, bool *broken)
{
  struct frame_head head;
  struct run_request request;
  memcpy(&head, frame, sizeof head);
  int index;
  switch (head.kind) {
  case F_RUN:
    switch (parse_run(frame, bytes, &request)) {
    case PARSED:
      run(&request);
      break;
    case PARSED_TOO_MANY:
      not_started(request.id, E2BIG);
      break;
    case PARSED_BROKEN:
      *broken = true;
    }
    break;
  case F_KILL:
    index = job_by_id(head.id);
    // It may have ended meanwhile: then its end is on the way.
    if (index != NOBODY && job_at(index)->state == J_RUNS)
      kill_job(job_at(index), false);
    break;
  default:
    *broken = true;
  }
}

// Each request may want an answer: without room for it none is taken.
static bool can_answer(void) { return link_queued() + 4096 <= OUT_ROOM; }

// A few only: starting a program takes a fraction of a millisecond, and others may end or be due meanwhile.
static void handle_requests(void)
{
  char *frame = NULL;
  size_t bytes;
  bool broken = false;
  for (int i = 0; i < REQUESTS_ONCE && !broken && can_answer(); i++) {
    if ((frame = link_next_frame(&bytes, &broken)) == NULL)
      break;
    handle(frame, bytes, &broken);
  }
  self.has_more = frame != NULL && can_answer();
  if (broken) {
    say("the daemon sent a frame that nobody understands; its connection is closed");
    daemon_left();
  }
}

// Takes one descriptor off the control socket. False when PID 1 is gone.
static bool receive_daemon(void)
{
  char byte;
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
  } control;
  struct iovec part = {&byte, 1};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.room, .msg_controllen = sizeof control.room};
  ssize_t n = recvmsg(self.control, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (n <= 0)
    return n < 0 && (errno == EAGAIN || errno == EINTR);
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (head != NULL && head->cmsg_type == SCM_RIGHTS) {
    int fd;
    memcpy(&fd, CMSG_DATA(head), sizeof fd);
    daemon_came(fd);
  }
  return true;
}

// The loop ------------------------------------------------------------------------------------------------------------

static void take_outputs(void)
{
  struct epoll_event events[EVENTS_ONCE];
  int n = epoll_wait(self.outputs, events, EVENTS_ONCE, 0);
  for (int i = 0; i < n; i++) {
    int index = (int)(events[i].data.u64 / 2), which = (int)(events[i].data.u64 % 2);
    struct job *job = index < job_places() ? job_at(index) : NULL;
    // What one that has ended left in its pipes is taken by output_finish, and no more than that.
    if (job == NULL || job->state != J_RUNS)
      continue;
    if (output_take(&job->outputs[which], job->id, (uint32_t)which + 1, !job->inherited) == NO_ROOM)
      return;
  }
}

static void read_signals(void)
{
  struct signalfd_siginfo info;
  while (read(self.signals, &info, sizeof info) == sizeof info)
    if (info.ssi_signo == SIGTERM)
      self.stopped = true;
}

static void take_event(const struct epoll_event *event)
{
  switch (event->data.u64) {
  case W_SIGNALS:
    read_signals();
    break;
  case W_CONTROL:
    if (!receive_daemon()) {
      close(self.control);
      self.control = NO_FD;
    }
    break;
  case W_LINK:
    // HUP: nobody is there for an answer, so what is left in the socket is not begun any more.
    if (link_is_open() && ((event->events & EPOLLHUP) != 0 || ((event->events & EPOLLIN) != 0 && !link_receive())))
      daemon_left();
    break;
  case W_OUTPUTS:
    take_outputs();
    break;
  }
}

// Sends what waits, and decides who is listened to until the next turn.
static void settle(void)
{
  if (link_is_open()) {
    if (self.waiting > 0)
      tell_all();
    if (!link_flush())
      daemon_left();
  }
  bool is_full = link_queued() > OUT_ROOM_BULK / 2;
  if (is_full != self.outputs_wait) {
    self.outputs_wait = is_full;
    watch(self.epoll, is_full ? EPOLL_CTL_DEL : EPOLL_CTL_ADD, self.outputs, EPOLLIN, W_OUTPUTS);
  }
  if (!link_is_open())
    return;
  uint32_t events = (link_queued() > 0 ? EPOLLOUT : 0u) | (can_answer() ? EPOLLIN : 0u);
  if (events != self.link_events)
    watch(self.epoll, EPOLL_CTL_MOD, link_fd(), self.link_events = events, W_LINK);
}

static int wait_limit(void)
{
  if (self.has_more && link_is_open())
    return 0;
  if (self.due_ms == never)
    return -1;
  long long ms = self.due_ms - now_ms();
  return ms < 0 ? 0 : ms > 60000 ? 60000 : (int)ms;
}

static void prepare(int control, int connection)
{
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGCHLD);
  sigaddset(&wanted, SIGTERM);
  child_prepare();
  self.due_ms = never;
  self.inherited_id = FIRST_INHERITED_ID;
  self.control = control;
  self.epoll = epoll_create1(EPOLL_CLOEXEC);
  self.outputs = epoll_create1(EPOLL_CLOEXEC);
  self.signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
  watch(self.epoll, EPOLL_CTL_ADD, self.signals, EPOLLIN, W_SIGNALS);
  watch(self.epoll, EPOLL_CTL_ADD, self.outputs, EPOLLIN, W_OUTPUTS);
  if (control != NO_FD)
    watch(self.epoll, EPOLL_CTL_ADD, control, EPOLLIN, W_CONTROL);
  if (connection != NO_FD)
    daemon_came(connection);
}

int spawner_run(int control, int connection)
{
  prepare(control, connection);
  while (!self.stopped && (self.control != NO_FD || link_is_open() || job_count() > 0)) {
    settle();
    struct epoll_event events[EVENTS_ONCE];
    int n = epoll_wait(self.epoll, events, EVENTS_ONCE, wait_limit());
    if (n < 0 && errno != EINTR)
      return 1; // our own descriptors are broken: PID 1 says so, and the daemon helps itself
    for (int i = 0; i < n; i++)
      take_event(&events[i]);
    reap(); // before the clock: who has ended in time is not late because we were
    look_at_deadlines();
    if (link_is_open())
      handle_requests();
  }
  return 0;
}
