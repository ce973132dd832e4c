// SPDX-License-Identifier: Apache-2.0
#ifndef SHIM_H
#define SHIM_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

enum { SHIM_LIMITS = 32, SHIM_GROUPS = 256 };

// What the starter wants; see USAGE of shim.c.
struct shim_request {
  const char *rsc, *run, *state_dir, *log, *directory, *path;
  char **arguments; // with argv[0]
  bool has_uid, has_gid, has_umask, has_nice, wants_early, wants_exec;
  uid_t uid;
  gid_t gid, groups[SHIM_GROUPS];
  mode_t umask;
  int nice, group_count, limit_count;
  struct {
    int resource;
    struct rlimit value;
  } limits[SHIM_LIMITS];
};

// What the starter hears: who runs, or which step failed and why.
struct shim_report {
  const char *failed; // NULL: it runs. A constant: both sides are the same program
  int error, pid, application, log_error;
};

// False, and says why, where the arguments make no request.
bool shim_options(int argc, char **argv, struct shim_request *request);

// Becomes the program, with nothing of its own but what the request says of it; returns the step that failed, with errno.
const char *shim_exec(const struct shim_request *request);

// Starts the application with its output at `writers`; its pid, or 0 and what failed in the report.
pid_t shim_start(const struct shim_request *request, const int writers[2], struct shim_report *report);

// The state file: everything that is known, as one JSON object.
void state_begin(const struct shim_request *request, int directory, pid_t application, int log_error);
void state_ended(pid_t pid, int status);
// False when it can't be written.
bool state_write(bool is_over);

#endif
