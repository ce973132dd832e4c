// SPDX-License-Identifier: Apache-2.0
// The table of programs that run: it has no limit of its own, and gives its memory back when nothing runs.
#include "spawner-jobs.h"

#include <string.h>
#include <sys/mman.h>

enum { FIRST_PLACES = 32, BUCKETS = 512 };

static struct job *jobs;
static int places, count, first_free = NOBODY;
static int buckets[BUCKETS]; // index + 1 of the first job; 0: none

static int *bucket_of(pid_t pid) { return &buckets[(unsigned)pid % BUCKETS]; }

static bool grow(void)
{
  int wanted = places == 0 ? FIRST_PLACES : places * 2;
  size_t bytes = (size_t)wanted * sizeof *jobs;
  void *made = places == 0 ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                           : mremap(jobs, (size_t)places * sizeof *jobs, bytes, MREMAP_MAYMOVE);
  if (made == MAP_FAILED)
    return false;
  jobs = made;
  while (places < wanted) {
    jobs[places].next = first_free;
    first_free = places++;
  }
  return true;
}

int job_add(const char *purpose, size_t purpose_bytes)
{
  if (first_free == NOBODY && !grow())
    return NOBODY;
  struct job *job = &jobs[first_free];
  char *outside = NULL;
  if (purpose_bytes > PURPOSE_INSIDE) {
    outside = mmap(NULL, purpose_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (outside == MAP_FAILED)
      return NOBODY;
  }
  int index = first_free;
  first_free = job->next;
  count++;
  memset(job, 0, sizeof *job);
  job->state = J_RUNS;
  job->outputs[0].fd = job->outputs[1].fd = -1;
  job->purpose_outside = outside;
  job->purpose_bytes = (uint32_t)purpose_bytes;
  memcpy(outside != NULL ? outside : job->purpose_inside, purpose, purpose_bytes);
  return index;
}

void job_known(int index, pid_t pid)
{
  int *bucket = bucket_of(pid);
  jobs[index].pid = pid;
  jobs[index].next = *bucket - 1;
  *bucket = index + 1;
}

static void forget_pid(int index)
{
  int *bucket = bucket_of(jobs[index].pid);
  if (*bucket == index + 1) {
    *bucket = jobs[index].next + 1;
    return;
  }
  for (int at = *bucket - 1; at != NOBODY; at = jobs[at].next)
    if (jobs[at].next == index)
      jobs[at].next = jobs[index].next;
}

void job_remove(int index)
{
  struct job *job = &jobs[index];
  if (job->pid != 0)
    forget_pid(index);
  output_drop(&job->outputs[0], true);
  output_drop(&job->outputs[1], true);
  if (job->purpose_outside != NULL)
    munmap(job->purpose_outside, job->purpose_bytes);
  job->state = J_FREE;
  job->next = first_free;
  first_free = index;
  if (--count == 0 && places > FIRST_PLACES) {
    munmap(jobs, (size_t)places * sizeof *jobs);
    places = 0;
    first_free = NOBODY;
  }
}

struct job *job_at(int index) { return &jobs[index]; }

const char *job_purpose(const struct job *job)
{
  return job->purpose_outside != NULL ? job->purpose_outside : job->purpose_inside;
}

int job_by_pid(pid_t pid)
{
  int at = *bucket_of(pid) - 1;
  // A process that was reaped leaves its number to others while its job still waits for room: those do not count.
  while (at != NOBODY && (jobs[at].pid != pid || jobs[at].state != J_RUNS))
    at = jobs[at].next;
  return at;
}

int job_by_id(uint32_t id)
{
  for (int at = 0; at < places; at++)
    if (jobs[at].state != J_FREE && jobs[at].id == id)
      return at;
  return NOBODY;
}

int job_places(void) { return places; }

int job_count(void) { return count; }
