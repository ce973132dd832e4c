// SPDX-License-Identifier: Apache-2.0
#ifndef SPAWNER_LINK_H
#define SPAWNER_LINK_H

#include "spawner-frames.h"

#include <stdbool.h>

// The connection to the daemon: what came in, and what waits to go out. There is one at a time, or none.

enum {
  OUT_ROOM = 1 << 20,      // bytes that wait for a daemon that doesn't read
  OUT_ROOM_BULK = 1 << 19, // ... of which output of programs may take so much: their ends always find room behind it
};

// Takes the place of the connection that was there before.
void link_open(int fd);
void link_close(void);
bool link_is_open(void);
int link_fd(void);

// Reads what has come. False when the daemon is gone.
bool link_receive(void);

// The next whole frame, or NULL. It stays valid until the next call of link_receive. `broken` is set where what came
// can't be a frame.
char *link_next_frame(size_t *bytes, bool *broken);

// Room for a frame at the end of the queue, or NULL when it is full. What is written there is sent only after
// link_queue.
char *link_room(size_t bytes, size_t room);
void link_queue(size_t bytes);

// Queues a frame out of its parts. False when there is no room.
bool link_send(enum frame_kind kind, uint32_t id, const void *body, size_t bytes);

// Bytes that wait.
size_t link_queued(void);

// Sends as much as the daemon takes. False when it is gone.
bool link_flush(void);

#endif
