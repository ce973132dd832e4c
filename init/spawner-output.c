// SPDX-License-Identifier: Apache-2.0
// Captures what a program writes: bounded, whatever it writes, and never waiting for it.
#include "spawner-output.h"
#include "spawner-link.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

enum { READ_ONCE = 64 << 10, HEAD_ROOM = sizeof(struct frame_head) + sizeof(uint32_t) };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

// Begins an OUTPUT frame for up to `bytes` in the queue; where the bytes go, or NULL.
static char *frame_room(size_t bytes)
{
  char *at = link_room(HEAD_ROOM + bytes, OUT_ROOM_BULK);
  return at == NULL ? NULL : at + HEAD_ROOM;
}

static void frame_end(char *bytes_at, size_t bytes, uint32_t id, uint32_t stream)
{
  struct frame_head head = {(uint32_t)(HEAD_ROOM + bytes), F_OUTPUT, id};
  memcpy(bytes_at - HEAD_ROOM, &head, sizeof head);
  memcpy(bytes_at - sizeof stream, &stream, sizeof stream);
  link_queue(head.bytes);
}

static enum taken result_of(ssize_t n)
{
  if (n > 0)
    return TAKEN;
  return n < 0 && (errno == EAGAIN || errno == EINTR) ? TAKEN_NOTHING : TAKEN_ALL;
}

static enum taken read_nowhere(struct output *output, size_t limit)
{
  static char nowhere[READ_ONCE];
  ssize_t n = read(output->fd, nowhere, least(limit, sizeof nowhere));
  if (n > 0)
    output->dropped += (uint64_t)n;
  return result_of(n);
}

static enum taken read_to_queue(struct output *output, uint32_t id, uint32_t stream, size_t limit)
{
  char *at = frame_room(least(limit, READ_ONCE));
  if (at == NULL)
    return NO_ROOM;
  ssize_t n = read(output->fd, at, least(limit, READ_ONCE));
  if (n > 0) {
    output->head_bytes += (uint32_t)n;
    frame_end(at, (size_t)n, id, stream);
  }
  return result_of(n);
}

static enum taken read_to_ring(struct output *output, size_t limit)
{
  if (output->ring == NULL) {
    void *made = mmap(NULL, TAIL_LIMIT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (made == MAP_FAILED)
      return read_nowhere(output, limit); // its end is lost, and counted as left out
    output->ring = made;
  }
  size_t bytes = least(limit, READ_ONCE), to_end = least(bytes, TAIL_LIMIT - output->ring_at);
  struct iovec parts[2] = {{output->ring + output->ring_at, to_end}, {output->ring, bytes - to_end}};
  ssize_t n = readv(output->fd, parts, bytes > to_end ? 2 : 1);
  if (n > 0) {
    uint64_t used = output->ring_used + (uint64_t)n;
    output->ring_at = (output->ring_at + (uint32_t)n) % TAIL_LIMIT;
    output->dropped += used > TAIL_LIMIT ? used - TAIL_LIMIT : 0;
    output->ring_used = used > TAIL_LIMIT ? TAIL_LIMIT : (uint32_t)used;
  }
  return result_of(n);
}

static enum taken take(struct output *output, uint32_t id, uint32_t stream, bool wanted, size_t limit)
{
  if (!wanted)
    return read_nowhere(output, limit);
  if (output->head_bytes < HEAD_LIMIT)
    return read_to_queue(output, id, stream, least(limit, HEAD_LIMIT - output->head_bytes));
  return read_to_ring(output, limit);
}

enum taken output_take(struct output *output, uint32_t id, uint32_t stream, bool wanted)
{
  if (output->fd < 0)
    return TAKEN_NOTHING;
  enum taken taken = take(output, id, stream, wanted, READ_ONCE);
  if (taken == TAKEN_ALL) {
    close(output->fd);
    output->fd = -1;
  }
  return taken;
}

// What is in the pipe now is what the program wrote; a daemon that it left behind may go on writing. [protocol 5.8]
void output_ended(struct output *output)
{
  if (output->fd >= 0 && ioctl(output->fd, FIONREAD, &output->left) != 0)
    output->left = 0;
}

// Sends the ring from its oldest byte on, in pieces.
static bool send_ring(struct output *output, uint32_t id, uint32_t stream)
{
  while (output->ring_used > 0) {
    uint32_t from = (output->ring_at + TAIL_LIMIT - output->ring_used) % TAIL_LIMIT;
    size_t bytes = least(least(output->ring_used, READ_ONCE), TAIL_LIMIT - from);
    char *at = frame_room(bytes);
    if (at == NULL)
      return false;
    memcpy(at, output->ring + from, bytes);
    frame_end(at, bytes, id, stream);
    output->ring_used -= (uint32_t)bytes;
  }
  return true;
}

bool output_finish(struct output *output, uint32_t id, uint32_t stream, bool wanted)
{
  while (output->fd >= 0 && output->left > 0) {
    uint64_t before = output->dropped + output->ring_used + output->head_bytes;
    enum taken taken = take(output, id, stream, wanted, (size_t)output->left);
    if (taken == NO_ROOM)
      return false;
    uint64_t got = output->dropped + output->ring_used + output->head_bytes - before;
    output->left = taken == TAKEN ? output->left - (int)got : 0;
  }
  if (output->fd >= 0) {
    close(output->fd);
    output->fd = -1;
  }
  return !wanted || send_ring(output, id, stream);
}

void output_drop(struct output *output, bool close_pipe)
{
  if (output->ring != NULL)
    munmap(output->ring, TAIL_LIMIT);
  output->ring = NULL;
  output->ring_used = 0;
  if (close_pipe && output->fd >= 0) {
    close(output->fd);
    output->fd = -1;
  }
}
