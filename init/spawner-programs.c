// SPDX-License-Identifier: Apache-2.0
// The programs of the spawner from their start to the last word about them. A little longer than most: one list, one owner.
#include "spawner-programs.h"
#include "spawner-child.h"
#include "spawner-jobs.h"
#include "spawner-link.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

enum {
  WILL_NOT_DIE_MS = 5000, // how long a killed process may take to go before the daemon is told
  SAY_AGAIN_MS = 1000,
  EVENTS_ONCE = 64,
  FIRST_INHERITED_ID = 1 << 30, // ids from here on are ours: those of the daemons stay below
};

static struct {
  int outputs;      // an epoll of all pipes
  long long due_ms; // no later than the first due_ms of all jobs
  int waiting;      // jobs that have something to tell: ended, or untold
  uint32_t inherited_id;
} self = {.due_ms = NEVER_MS, .inherited_id = FIRST_INHERITED_ID};

long long now_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void due_at(struct job *job, long long ms)
{
  job->due_ms = ms;
  if (ms != NEVER_MS && (self.due_ms == NEVER_MS || ms < self.due_ms))
    self.due_ms = ms;
}

static void kill_job(struct job *job, bool process_only)
{
  // Not yet reaped, so neither number can be anybody else's. It may have left its group, which others are still in.
  if (!process_only)
    kill(-job->pid, SIGKILL);
  kill(job->pid, SIGKILL);
  job->killed = true;
  due_at(job, now_ms() + WILL_NOT_DIE_MS);
}

void program_not_started(uint32_t id, int error)
{
  struct exited_body body = {.how = H_NOT_STARTED, .value = (uint32_t)error};
  link_send(F_EXITED, id, &body, sizeof body);
}

void program_run(const struct run_request *request)
{
  int index = job_add(request->purpose, request->purpose_bytes), outputs[2], error;
  if (index == NOBODY) {
    program_not_started(request->id, ENOMEM);
    return;
  }
  struct job *job = job_at(index);
  job->started_ms = now_ms();
  pid_t pid = child_start(request, outputs, &error);
  if (pid == 0) {
    job_remove(index);
    program_not_started(request->id, error);
    return;
  }
  job_known(index, pid);
  job->id = request->id;
  job->kills_process_only = (request->body.flags & RUN_KILLS_PROCESS_ONLY) != 0;
  // Times beyond a century are none; the sum must stay within its type.
  uint64_t timeout = request->body.timeout_ms;
  due_at(job, timeout == 0 || timeout > 1ull << 42 ? NEVER_MS : job->started_ms + (long long)timeout);
  for (int i = 0; i < 2; i++) {
    job->outputs[i].fd = outputs[i];
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)index * 2 + (uint64_t)i};
    epoll_ctl(self.outputs, EPOLL_CTL_ADD, outputs[i], &event);
  }
  uint32_t told = (uint32_t)pid;
  link_send(F_STARTED, request->id, &told, sizeof told);
}

static void describe_end(const struct job *job, struct exited_body *body)
{
  body->how = job->timed_out ? H_TIMED_OUT : WIFSIGNALED(job->status) ? H_SIGNALLED : H_EXITED;
  body->value = (uint32_t)(WIFSIGNALED(job->status) ? WTERMSIG(job->status) : WEXITSTATUS(job->status));
  for (int i = 0; i < 2; i++)
    body->dropped[i] = job->outputs[i].dropped;
  body->user_ms = job->user_ms;
  body->system_ms = job->system_ms;
  body->max_rss_kb = job->max_rss_kb;
}

// Tells that a job was inherited, or how it ended, with the rest of its output. False: no room yet.
static bool tell(int index)
{
  struct job *job = job_at(index);
  if (job->untold) {
    struct {
      uint32_t pid;
      uint64_t age_ms;
    } __attribute__((packed)) body = {(uint32_t)job->pid, (uint64_t)(now_ms() - job->started_ms)};
    size_t bytes = sizeof(struct frame_head) + sizeof body + job->purpose_bytes;
    char *at = link_room(bytes, OUT_ROOM);
    if (at == NULL)
      return false;
    struct frame_head head = {(uint32_t)bytes, F_INHERITED, job->id};
    memcpy(at, &head, sizeof head);
    memcpy(at + sizeof head, &body, sizeof body);
    memcpy(at + sizeof head + sizeof body, job_purpose(job), job->purpose_bytes);
    link_queue(bytes);
    job->untold = false;
    self.waiting -= job->state != J_ENDED;
  }
  if (job->state != J_ENDED)
    return true;
  for (uint32_t i = 0; i < 2; i++)
    if (!output_finish(&job->outputs[i], job->id, i + 1, !job->inherited))
      return false;
  struct exited_body body = {0};
  describe_end(job, &body);
  if (!link_send(F_EXITED, job->id, &body, sizeof body))
    return false;
  self.waiting--;
  job_remove(index);
  return true;
}

void programs_tell(void)
{
  for (int at = 0; self.waiting > 0 && at < job_places(); at++)
    if (job_at(at)->state == J_ENDED || (job_at(at)->state == J_RUNS && job_at(at)->untold))
      if (!tell(at))
        return;
}

static uint32_t in_ms(struct timeval time) { return (uint32_t)(time.tv_sec * 1000 + time.tv_usec / 1000); }

static void ended(int index, int status, const struct rusage *used)
{
  struct job *job = job_at(index);
  if (!link_is_open()) { // its resource is free when the next daemon comes: that needs not to know
    self.waiting -= job->untold;
    job_remove(index);
    return;
  }
  job->state = J_ENDED;
  job->status = status;
  job->user_ms = in_ms(used->ru_utime);
  job->system_ms = in_ms(used->ru_stime);
  job->max_rss_kb = (uint32_t)used->ru_maxrss;
  output_ended(&job->outputs[0]);
  output_ended(&job->outputs[1]);
  self.waiting += !job->untold;
  tell(index);
}

// SIGCHLD comes once for many.
void programs_reap(void)
{
  int status;
  pid_t pid;
  struct rusage used;
  while ((pid = wait4(-1, &status, WNOHANG, &used)) > 0) {
    int index = job_by_pid(pid);
    if (index != NOBODY)
      ended(index, status, &used);
  }
}

void programs_look_at_deadlines(void)
{
  long long now = now_ms();
  if (self.due_ms == NEVER_MS || now < self.due_ms)
    return;
  self.due_ms = NEVER_MS;
  for (int at = 0; at < job_places(); at++) {
    struct job *job = job_at(at);
    if (job->state != J_RUNS || job->due_ms == NEVER_MS)
      continue;
    if (now < job->due_ms) {
      due_at(job, job->due_ms);
    } else if (!job->killed) {
      job->timed_out = true;
      kill_job(job, job->kills_process_only);
    } else {
      uint32_t pid = (uint32_t)job->pid;
      // The daemon counts on one of the two words: without room for it, it is said later.
      bool is_told = link_send(F_WILL_NOT_DIE, job->id, &pid, sizeof pid);
      due_at(job, is_told ? NEVER_MS : now + SAY_AGAIN_MS);
    }
  }
}

// What it began goes on; its output is for nobody.
void programs_inherit(void)
{
  self.waiting = 0;
  for (int at = 0; at < job_places(); at++) {
    struct job *job = job_at(at);
    if (job->state == J_FREE)
      continue;
    if (job->state == J_ENDED) {
      job_remove(at);
      continue;
    }
    if (!job->inherited)
      job->id = self.inherited_id++;
    job->inherited = job->untold = true;
    self.waiting++;
    output_drop(&job->outputs[0], false);
    output_drop(&job->outputs[1], false);
  }
}

void programs_take_outputs(void)
{
  struct epoll_event events[EVENTS_ONCE];
  int n = epoll_wait(self.outputs, events, EVENTS_ONCE, 0);
  for (int i = 0; i < n; i++) {
    int index = (int)(events[i].data.u64 / 2), which = (int)(events[i].data.u64 % 2);
    struct job *job = index < job_places() ? job_at(index) : NULL;
    // What one that has ended left in its pipes is taken by output_finish, and no more than that.
    if (job == NULL || job->state != J_RUNS)
      continue;
    if (output_take(&job->outputs[which], job->id, (uint32_t)which + 1, !job->inherited) == NO_ROOM)
      return;
  }
}

void program_kill(uint32_t id)
{
  int index = job_by_id(id);
  // It may have ended meanwhile: then its end is on the way.
  if (index != NOBODY && job_at(index)->state == J_RUNS)
    kill_job(job_at(index), false);
}

int programs_prepare(void)
{
  child_prepare();
  return self.outputs = epoll_create1(EPOLL_CLOEXEC);
}

long long programs_due(void) { return self.due_ms; }
