// SPDX-License-Identifier: Apache-2.0
// The connection to the daemon. Both buffers are static: pages that were never written cost nothing, and those of a
// burst are given back when it is over.
#include "spawner-link.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAGE = 4096, KEPT = 16 << 10, READ_ONCE = 64 << 10 };

static _Alignas(PAGE) char in[FRAME_LIMIT + READ_ONCE], out[OUT_ROOM];

static struct {
  int fd;
  size_t in_from, in_to, in_most; // `most`: how far the buffer was ever used since its pages were given back
  size_t out_from, out_to, out_most;
} self = {.fd = -1};

static void give_back(char *buffer, size_t *most)
{
  if (*most > KEPT)
    madvise(buffer + KEPT, *most - KEPT, MADV_DONTNEED);
  *most = 0;
}

void link_open(int fd)
{
  link_close();
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  self.fd = fd;
}

void link_close(void)
{
  if (self.fd >= 0)
    close(self.fd);
  give_back(in, &self.in_most);
  give_back(out, &self.out_most);
  memset(&self, 0, sizeof self);
  self.fd = -1;
}

bool link_is_open(void) { return self.fd >= 0; }

int link_fd(void) { return self.fd; }

bool link_receive(void)
{
  // What is left of an incomplete frame goes to the front, so that a whole one always fits behind it.
  if (self.in_from > 0) {
    memmove(in, in + self.in_from, self.in_to - self.in_from);
    self.in_to -= self.in_from;
    self.in_from = 0;
    if (self.in_to == 0)
      give_back(in, &self.in_most);
  }
  size_t room = sizeof in - self.in_to;
  if (room == 0)
    return true; // requests are waiting for room for their answers
  ssize_t n = recv(self.fd, in + self.in_to, room < READ_ONCE ? room : READ_ONCE, 0);
  if (n <= 0)
    return n < 0 && (errno == EAGAIN || errno == EINTR);
  self.in_to += (size_t)n;
  if (self.in_to > self.in_most)
    self.in_most = self.in_to;
  return true;
}

char *link_next_frame(size_t *bytes, bool *broken)
{
  struct frame_head head;
  char *frame = in + self.in_from;
  size_t there = self.in_to - self.in_from;
  if (there < sizeof head)
    return NULL;
  memcpy(&head, frame, sizeof head);
  if (head.bytes < sizeof head || head.bytes > FRAME_LIMIT) {
    *broken = true;
    return NULL;
  }
  if (there < head.bytes)
    return NULL;
  self.in_from += head.bytes;
  *bytes = head.bytes;
  return frame;
}

char *link_room(size_t bytes, size_t room)
{
  if (self.fd < 0 || link_queued() + bytes > room)
    return NULL;
  if (self.out_to + bytes > OUT_ROOM) {
    memmove(out, out + self.out_from, link_queued());
    self.out_to -= self.out_from;
    self.out_from = 0;
  }
  return out + self.out_to;
}

void link_queue(size_t bytes)
{
  self.out_to += bytes;
  if (self.out_to > self.out_most)
    self.out_most = self.out_to;
}

bool link_send(enum frame_kind kind, uint32_t id, const void *body, size_t bytes)
{
  struct frame_head head = {(uint32_t)(sizeof head + bytes), kind, id};
  char *at = link_room(head.bytes, OUT_ROOM);
  if (at == NULL)
    return false;
  memcpy(at, &head, sizeof head);
  memcpy(at + sizeof head, body, bytes);
  link_queue(head.bytes);
  return true;
}

size_t link_queued(void) { return self.out_to - self.out_from; }

bool link_flush(void)
{
  while (link_queued() > 0) {
    ssize_t n = send(self.fd, out + self.out_from, link_queued(), MSG_NOSIGNAL);
    if (n < 0)
      return errno == EAGAIN || errno == EINTR || errno == ENOBUFS || errno == ENOMEM;
    self.out_from += (size_t)n;
  }
  self.out_from = self.out_to = 0;
  give_back(out, &self.out_most);
  return true;
}
