// SPDX-License-Identifier: Apache-2.0
// One call over the daemon's socket, with the frames that README.md describes ("The small tools").
#include "tool-link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
  VERSION = 1,
  REQUEST_HEAD = 12,
  ANSWER_HEAD = 16,
  REQUEST_LIMIT = 1 << 20,
  RETRY_MS = 10, // when the daemon's queue of new connections is full
};

// What the tools look at in their environment; everything else stays here.
static const char *const VARIABLES[] = {
  "OCF_RESOURCE_INSTANCE",
  "OCF_RESKEY_CRM_meta_on_node",
  "CRM_meta_physical_host",
  "CRM_meta_container_attribute_target",
  "CIB_file",
  "CIB_port",
  "CIB_shadow",
};

// Only the pages that are written to are ever there.
static unsigned char request[REQUEST_LIMIT];

struct link {
  int fd;
  int64_t end_ms;
};

static int64_t now_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void put_u32(unsigned char *at, uint32_t value)
{
  for (int i = 0; i < 4; i++)
    at[i] = (unsigned char)(value >> 8 * i);
}

static uint32_t get_u32(const unsigned char *at)
{
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

// Appends a text with its NUL; false where the request is full.
static bool put_text(size_t *length, const char *text)
{
  size_t bytes = strlen(text) + 1;
  if (bytes > REQUEST_LIMIT - *length)
    return false;
  memcpy(request + *length, text, bytes);
  *length += bytes;
  return true;
}

static bool put_variable(size_t *length, const char *name)
{
  const char *value = getenv(name);
  if (value == NULL)
    return true;
  if (!put_text(length, name))
    return false;
  request[*length - 1] = '=';
  return put_text(length, value);
}

// The request's length, 0 where it is too long.
static size_t make_request(const struct call *call)
{
  size_t length = REQUEST_HEAD;
  if (!put_text(&length, call->name))
    return 0;
  for (int i = 0; i < call->argc; i++)
    if (!put_text(&length, call->arguments[i]))
      return 0;
  for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++)
    if (!put_variable(&length, VARIABLES[i]))
      return 0;
  put_u32(request, (uint32_t)length);
  put_u32(request + 4, VERSION);
  put_u32(request + 8, (uint32_t)call->argc + 1);
  return length;
}

// Waits until the socket can be read or written; false when the time is over.
static bool wait_for(const struct link *link, short events)
{
  struct pollfd fd = {.fd = link->fd, .events = events};
  for (;;) {
    int64_t left = link->end_ms - now_ms();
    int ready = left > 0 ? poll(&fd, 1, (int)left) : 0;
    if (ready > 0)
      return true;
    if (ready == 0 || errno != EINTR)
      return false;
  }
}

// A socket that is none of stdin, stdout and stderr, though the caller may have closed them: what is printed would go to
// the daemon.
static int make_socket(void)
{
  int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0 || made > STDERR_FILENO)
    return made;
  int fd = fcntl(made, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  close(made);
  return fd;
}

// 0, or why nobody answers.
static int connect_to(struct link *link, const char *path)
{
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path)
    return ECONNREFUSED;
  memcpy(address.sun_path, path, strlen(path));
  link->fd = make_socket();
  if (link->fd < 0)
    return errno;
  while (connect(link->fd, (const struct sockaddr *)&address, sizeof address) != 0) {
    switch (errno) {
    case EAGAIN: // so many call at once that the queue is full: there is nothing to wait on
      if (now_ms() >= link->end_ms)
        return ETIMEDOUT;
      poll(NULL, 0, RETRY_MS);
      break;
    case EINTR:
      break;
    case EACCES:
      return EACCES;
    default: // not there, no socket, nobody listens
      return ECONNREFUSED;
    }
  }
  return 0;
}

// A daemon that refuses may have closed already, and its answer is there to be read: so a broken pipe is no failure.
static int send_request(const struct link *link, size_t length)
{
  for (size_t sent = 0; sent < length;) {
    if (!wait_for(link, POLLOUT))
      return ETIMEDOUT;
    ssize_t bytes = send(link->fd, request + sent, length - sent, MSG_NOSIGNAL);
    if (bytes < 0 && errno != EAGAIN && errno != EINTR)
      return 0;
    if (bytes > 0)
      sent += (size_t)bytes;
  }
  return 0;
}

// Exactly so many bytes, or why not.
static int read_all(const struct link *link, unsigned char *to, size_t length)
{
  for (size_t got = 0; got < length;) {
    if (!wait_for(link, POLLIN))
      return ETIMEDOUT;
    ssize_t bytes = recv(link->fd, to + got, length - got, 0);
    if (bytes == 0 || (bytes < 0 && errno != EAGAIN && errno != EINTR))
      return ENOTCONN;
    if (bytes > 0)
      got += (size_t)bytes;
  }
  return 0;
}

// Who doesn't read what a tool prints, or has no room for it, doesn't change what the tool did.
static void print(int fd, const unsigned char *text, size_t length)
{
  while (length > 0) {
    ssize_t bytes = write(fd, text, length);
    if (bytes < 0 && errno == EAGAIN) {
      struct pollfd full = {.fd = fd, .events = POLLOUT};
      poll(&full, 1, -1);
    } else if (bytes < 0 && errno != EINTR) {
      return;
    } else if (bytes > 0) {
      text += bytes;
      length -= (size_t)bytes;
    }
  }
}

static int copy(const struct link *link, int fd, size_t length)
{
  unsigned char piece[16384];
  while (length > 0) {
    size_t bytes = length < sizeof piece ? length : sizeof piece;
    int reason = read_all(link, piece, bytes);
    if (reason != 0)
      return reason;
    print(fd, piece, bytes);
    length -= bytes;
  }
  return 0;
}

static int take_answer(const struct link *link, int *exit_code)
{
  unsigned char head[ANSWER_HEAD];
  int reason = read_all(link, head, sizeof head);
  if (reason != 0)
    return reason;
  uint32_t length = get_u32(head), out = get_u32(head + 12);
  if (head[4] != VERSION || length < ANSWER_HEAD || out > length - ANSWER_HEAD)
    return EPROTO;
  if (head[5] != 0)
    return head[5];
  *exit_code = head[8];
  reason = copy(link, STDOUT_FILENO, out);
  return reason != 0 ? reason : copy(link, STDERR_FILENO, length - ANSWER_HEAD - out);
}

int tool_call(const struct call *call, int *exit_code)
{
  size_t length = make_request(call);
  if (length == 0)
    return E2BIG;
  struct link link = {.fd = -1, .end_ms = now_ms() + call->limit_ms};
  int reason = connect_to(&link, call->socket);
  if (reason == 0)
    reason = send_request(&link, length);
  if (reason == 0)
    reason = take_answer(&link, exit_code);
  if (link.fd >= 0)
    close(link.fd);
  return reason;
}
