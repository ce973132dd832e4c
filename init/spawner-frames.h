// SPDX-License-Identifier: Apache-2.0
#ifndef SPAWNER_FRAMES_H
#define SPAWNER_FRAMES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The frames between daemon and spawner: README.md describes each. All numbers are little endian, as are all machines
// that we build for; the daemon's side is src/process/spawner-frames.ts.
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "frames are little endian");

enum {
  FRAMES_VERSION = 2,
  FRAME_LIMIT = 8 << 20,  // the kernel takes at most 6 MiB of arguments and environment
  PURPOSE_LIMIT = 128 << 10, // it must fit into the queue to the next daemon
  STRINGS_LIMIT = 1 << 18, // of them together; as many pointers as the kernel takes with a stack limit of 8 MiB
};

enum frame_kind {
  F_RUN = 1,
  F_KILL,
  F_HELLO = 16,
  F_INHERITED,
  F_STARTED,
  F_OUTPUT,
  F_EXITED,
  F_WILL_NOT_DIE,
};

enum run_flags { RUN_KILLS_PROCESS_ONLY = 1, RUN_HAS_USER = 2, RUN_HAS_UMASK = 4 };

enum how_ended { H_EXITED, H_SIGNALLED, H_TIMED_OUT, H_NOT_STARTED };

// Every frame begins so. `bytes` counts the whole frame.
struct frame_head {
  uint32_t bytes, kind, id;
};

// Behind the head of a RUN; then `limits` times struct run_limit, then NUL-terminated: path, directory ("" = the
// spawner's), `arguments` strings with argv[0], `variables` strings NAME=VALUE, then the purpose up to the end.
struct run_body {
  uint32_t flags, uid, gid, umask;
  uint64_t timeout_ms; // 0: none
  uint32_t limits, arguments, variables;
} __attribute__((packed));

struct run_limit {
  uint32_t resource;
  uint64_t soft, hard;
} __attribute__((packed));

struct exited_body {
  uint32_t how, value; // exit code, signal or errno
  uint64_t dropped[2];
  uint32_t user_ms, system_ms, max_rss_kb;
} __attribute__((packed));

// A RUN that was taken apart. Everything points into the frame, or into one static list.
struct run_request {
  uint32_t id;
  struct run_body body;
  const char *limits; // unaligned
  const char *path, *directory;
  char **arguments, **variables; // each ends with NULL
  const char *purpose;
  size_t purpose_bytes;
};

enum parsed { PARSED, PARSED_TOO_MANY, PARSED_BROKEN };

// Takes a RUN apart. Too many strings, or too long a purpose, are the caller's fault that it shall hear of (E2BIG); `id`
// is valid then.
enum parsed parse_run(char *frame, size_t bytes, struct run_request *request);

#endif
