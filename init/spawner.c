// SPDX-License-Identifier: Apache-2.0
// The spawner: starts programs for the daemon, which would need a hundred times as long for it, and watches them. It
// outlives daemons: what one of them began, the next one hears of. One loop; nothing in it waits but epoll_wait.
#include "spawner.h"
#include "say.h"
#include "spawner-jobs.h"
#include "spawner-link.h"
#include "spawner-programs.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  EVENTS_ONCE = 64,
  REQUESTS_ONCE = 4,
};

enum watched { W_SIGNALS, W_CONTROL, W_LINK, W_OUTPUTS };

static struct {
  int epoll, outputs; // all outputs are in an epoll of their own, so that all can be left alone at once
  int signals, control;
  bool outputs_wait;   // the daemon does not read: programs have to wait with their output
  uint32_t link_events;
  bool has_more;       // there may be requests that were not looked at yet
  bool stopped;
} self;

static void watch(int set, int operation, int fd, uint32_t events, uint64_t what)
{
  struct epoll_event event = {.events = events, .data.u64 = what};
  epoll_ctl(set, operation, fd, &event);
}

// Daemons -------------------------------------------------------------------------------------------------------------

static void daemon_left(void)
{
  link_close();
  programs_inherit();
}

static void daemon_came(int fd)
{
  daemon_left();
  link_open(fd);
  self.link_events = EPOLLIN;
  watch(self.epoll, EPOLL_CTL_ADD, fd, self.link_events, W_LINK);
  uint32_t hello[] = {FRAMES_VERSION, (uint32_t)job_count(), (uint32_t)getpid()};
  link_send(F_HELLO, 0, hello, sizeof hello);
  programs_tell();
}

static void handle(char *frame, size_t bytes, bool *broken)
{
  struct frame_head head;
  struct run_request request;
  memcpy(&head, frame, sizeof head);
  switch (head.kind) {
  case F_RUN:
    switch (parse_run(frame, bytes, &request)) {
    case PARSED:
      program_run(&request);
      break;
    case PARSED_TOO_MANY:
      program_not_started(request.id, E2BIG);
      break;
    case PARSED_BROKEN:
      *broken = true;
    }
    break;
  case F_KILL:
    program_kill(head.id);
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
  self.has_more = frame != NULL || !can_answer();
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
    programs_take_outputs();
    break;
  }
}

// Sends what waits, and decides who is listened to until the next turn.
static void settle(void)
{
  if (link_is_open()) {
    programs_tell();
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
  // No more bytes may come that would wake us for those that are here.
  if (self.has_more && link_is_open() && can_answer())
    return 0;
  if (programs_due() == NEVER_MS)
    return -1;
  long long ms = programs_due() - now_ms();
  return ms < 0 ? 0 : ms > 60000 ? 60000 : (int)ms;
}

static void prepare(int control, int connection)
{
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGCHLD);
  sigaddset(&wanted, SIGTERM);
  self.control = control;
  self.epoll = epoll_create1(EPOLL_CLOEXEC);
  self.outputs = programs_prepare();
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
    programs_reap(); // before the clock: who has ended in time is not late because we were
    programs_look_at_deadlines();
    if (link_is_open())
      handle_requests();
  }
  return 0;
}
