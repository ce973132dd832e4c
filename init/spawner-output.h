// SPDX-License-Identifier: Apache-2.0
#ifndef SPAWNER_OUTPUT_H
#define SPAWNER_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

// One output of a program. Its head is passed on as it comes; what is behind it goes round in a ring, whose content is
// passed on at the end. Both limits are those of src/process/output.ts.
enum { HEAD_LIMIT = 512 << 10, TAIL_LIMIT = 512 << 10 };

struct output {
  int fd; // -1: closed
  uint32_t head_bytes;
  char *ring;         // NULL: not needed yet
  uint32_t ring_at;   // where the next byte goes
  uint32_t ring_used; // bytes that it holds
  uint64_t dropped;
  int left; // the program has ended: so many bytes of it are still in the pipe
};

enum taken { TAKEN, TAKEN_ALL, TAKEN_NOTHING, NO_ROOM };

// Takes what the pipe holds, as far as one read gives it. With `wanted` false it is thrown away. TAKEN_ALL: that was
// the end. NO_ROOM: the daemon has to read first.
enum taken output_take(struct output *output, uint32_t id, uint32_t stream, bool wanted);

// The program has ended: notes how much of its output is still to be taken.
void output_ended(struct output *output);

// Takes the rest and passes on the tail. False: no room yet, call it again.
bool output_finish(struct output *output, uint32_t id, uint32_t stream, bool wanted);

// Forgets the tail, and closes the pipe when `close_pipe` says so.
void output_drop(struct output *output, bool close_pipe);

#endif
