// SPDX-License-Identifier: Apache-2.0
#ifndef SPAWNER_JOBS_H
#define SPAWNER_JOBS_H

#include "spawner-output.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// The programs that run. The table grows and moves: a pointer to a job is good only until the next job_add.

enum { PURPOSE_INSIDE = 120, NOBODY = -1 };

enum job_state { J_FREE, J_RUNS, J_ENDED };

struct job {
  enum job_state state;
  uint32_t id;
  pid_t pid;
  bool kills_process_only;
  bool timed_out;
  bool killed;    // and watched: WILL_NOT_DIE comes next
  bool inherited; // its daemon is gone: what it writes is thrown away
  bool untold;    // inherited, and the new daemon has not heard of it
  long long started_ms, due_ms;
  int status;     // of wait(2), once it has ended
  uint32_t user_ms, system_ms, max_rss_kb;
  struct output outputs[2];
  int next;       // in the list of free ones, or of those whose pids are alike
  uint32_t purpose_bytes;
  char *purpose_outside; // where it is longer than PURPOSE_INSIDE
  char purpose_inside[PURPOSE_INSIDE];
};

// A free place for a job, or NOBODY when there is no memory. job_known puts it where job_by_pid finds it.
int job_add(const char *purpose, size_t purpose_bytes);
void job_known(int index, pid_t pid);
void job_remove(int index);

struct job *job_at(int index);
const char *job_purpose(const struct job *job);
int job_by_pid(pid_t pid);
int job_by_id(uint32_t id);

// Places of the table; those that are J_FREE are to be skipped.
int job_places(void);
int job_count(void);

#endif
