// SPDX-License-Identifier: Apache-2.0
// PID 1's part of the spawner: starts it, and brings each daemon together with it. It passes descriptors on and reads
// nothing: whatever the two say to each other cannot harm the container.
#include "hand-over.h"
#include "say.h"
#include "spawner.h"
#include "title.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t spawner;
static int control = NO_FD;

static int failed(const char *what)
{
  say("no spawner for the daemon, which starts its own: %s: %s", what, strerror(errno));
  return NO_FD;
}

// All signals are blocked, and stay so: the spawner takes its own from a queue as well.
static bool start(void)
{
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return false;
  pid_t pid = fork();
  if (pid == 0) {
    close(ends[0]);
    setsid(); // programs that it starts have no terminal
    title_set(SPAWNER_NAME);
    say_as(SPAWNER_NAME);
    _exit(spawner_run(ends[1], NO_FD));
  }
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return false;
  }
  spawner = pid;
  control = ends[0];
  return true;
}

static bool send_descriptor(int fd)
{
  char byte = 0;
  union {
    struct cmsghdr head;
    char room[CMSG_SPACE(sizeof(int))];
  } rights = {0};
  struct iovec part = {&byte, 1};
  struct msghdr message = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = rights.room, .msg_controllen = sizeof rights.room};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(head), &fd, sizeof fd);
  // Never waits: a spawner that hangs must not hang PID 1.
  return sendmsg(control, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == 1;
}

int hand_over(void)
{
  if (spawner == 0 && !start())
    return failed("fork");
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return failed("socketpair");
  // One that somebody stopped would leave the daemon without knowledge of what still runs. It is our child and not yet
  // reaped, so the number can't be anybody else's.
  kill(spawner, SIGCONT);
  bool sent = send_descriptor(ends[1]);
  int fd = sent ? ends[0] : failed("sendmsg");
  if (!sent)
    close(ends[0]);
  close(ends[1]);
  return fd;
}

bool hand_over_ended(pid_t pid, int wait_status, bool is_told)
{
  if (spawner == 0 || pid != spawner)
    return false;
  spawner = 0;
  close(control);
  control = NO_FD;
  if (is_told && WIFSIGNALED(wait_status))
    say("the spawner was killed by signal %d; the next daemon gets another", WTERMSIG(wait_status));
  else if (is_told)
    say("the spawner ended with status %d; the next daemon gets another", WEXITSTATUS(wait_status));
  return true;
}
