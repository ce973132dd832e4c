// SPDX-License-Identifier: Apache-2.0
// Which program the daemon is, and its environment. Without the heap: all lists have their room from the start.
#include "daemon.h"
#include "say.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef BUNDLET_LIBDIR
#define BUNDLET_LIBDIR "/usr/lib/bundlet"
#endif

extern char **environ;

static size_t env_count, env_added;

void env_use(char **list)
{
  while (environ[env_count] != NULL) {
    list[env_count] = environ[env_count];
    env_count++;
  }
  list[env_count] = NULL;
  environ = list;
}

// The variable whose name is the same as that of `assignment`, or NULL.
static char **env_find(const char *assignment)
{
  size_t length = (size_t)(strchr(assignment, '=') - assignment) + 1;
  for (char **variable = environ; *variable != NULL; variable++)
    if (strncmp(*variable, assignment, length) == 0)
      return variable;
  return NULL;
}

static bool env_append(char *assignment)
{
  if (env_added == ENV_ROOM)
    return false;
  env_added++;
  environ[env_count++] = assignment;
  environ[env_count] = NULL;
  return true;
}

void env_set(char *assignment)
{
  char **variable = env_find(assignment);
  if (variable != NULL)
    *variable = assignment;
  else
    env_append(assignment);
}

void env_default(char *assignment)
{
  static bool told;
  // What the container was started with wins over the file [section 7]: bundle options are set by the cluster.
  if (env_find(assignment) != NULL || env_append(assignment) || told)
    return;
  told = true;
  say("only the first %d variables of the env file are used", ENV_ROOM);
}

// Where the daemon's files are: beside the directory of this program, so that an unpacked tarball works anywhere.
static void find_library(char *out, size_t room)
{
  char path[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
  if (n <= 0 || path[0] != '/') {
    text(out, room, "%s", BUNDLET_LIBDIR); // /proc is not mounted or hidden: the place that the packages use
    return;
  }
  path[n] = '\0';
  // The kernel gives the real path, without links, so that cutting two names is the same as "..".
  for (int names = 0; names < 2; names++) {
    char *slash = strrchr(path, '/');
    if (slash != NULL)
      *slash = '\0';
  }
  text(out, room, "%s/lib/bundlet", path);
}

// Settings that only the daemon's own Node shall have. BUNDLET_RUNTIME_ENV names those that were set here, so that
// the daemon can take them away again before it starts an agent: an application must not inherit a tuned malloc.
static void set_runtime_variables(const char *library)
{
  static char cache[PATH_MAX + 32], names[160] = "BUNDLET_RUNTIME_ENV=";
  // Each of them was measured: docs/design, decision 2.
  static char arenas[] = "MALLOC_ARENA_MAX=1", trim[] = "MALLOC_TRIM_THRESHOLD_=65536",
              map[] = "MALLOC_MMAP_THRESHOLD_=65536",
              // The cache was made where the image was built, under another path.
              portable[] = "NODE_COMPILE_CACHE_PORTABLE=1";
  text(cache, sizeof cache, "NODE_COMPILE_CACHE=%s/cache", library);
  char *const wanted[] = {arenas, trim, map, cache, portable};
  size_t used = strlen(names);
  for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
    if (env_find(wanted[i]) != NULL || !env_append(wanted[i]))
      continue;
    if (names[used - 1] != '=')
      names[used++] = ':';
    size_t length = (size_t)(strchr(wanted[i], '=') - wanted[i]);
    memcpy(names + used, wanted[i], length);
    names[used += length] = '\0';
  }
  env_set(names); // an outer Bundlet's list would be wrong here
}

bool daemon_is_own(void)
{
  const char *own = getenv("BUNDLET_DAEMON");
  return own == NULL || own[0] == '\0';
}

static int cannot_run(const char *program, const char *remedy)
{
  int error = errno;
  say("cannot run the daemon %s: %s; %s", program, strerror(error), remedy);
  return error == ENOENT || error == ENOTDIR ? 127 : 126;
}

// Whether a word is one of the names this program is run by.
static bool is_own_name(const char *word)
{
  static const char *const names[] = {"pcmk-init", "pacemaker-remoted", "pacemaker_remoted"};
  const char *slash = strrchr(word, '/');
  for (size_t i = 0; slash != NULL && i < sizeof names / sizeof names[0]; i++)
    if (strcmp(slash + 1, names[i]) == 0)
      return true;
  return false;
}

// Tells the daemon of a descriptor. Empty where there is none: that of an outer Bundlet is a number that means something
// else here.
static void tell_descriptor(const char *name, char *assignment, size_t room, int fd)
{
  if (fd >= 0)
    text(assignment, room, "%s=%d", name, fd);
  else
    text(assignment, room, "%s=", name);
  if (fd >= 0 || getenv(name) != NULL)
    env_set(assignment);
}

int daemon_exec(int argc, char **arguments, int spawner, int counts)
{
  static char spawner_fd[40], counts_fd[40];
  tell_descriptor("BUNDLET_SPAWNER_FD", spawner_fd, sizeof spawner_fd, spawner);
  tell_descriptor("BUNDLET_INIT_STATUS_FD", counts_fd, sizeof counts_fd, counts);
  // A bundle hands its run-command to an image's ENTRYPOINT as an argument: `/usr/sbin/pacemaker-remoted` as the first
  // argument of ourselves is that, and no operand.
  if (argc > 0 && is_own_name(arguments[0])) {
    argc--;
    arguments++;
  }
  char *argv[argc + 5];
  char **next = argv;
  if (!daemon_is_own()) {
    char *own = getenv("BUNDLET_DAEMON");
    *next++ = own;
    memcpy(next, arguments, (size_t)(argc + 1) * sizeof *next);
    execv(own, argv);
    return cannot_run(own, "BUNDLET_DAEMON must be the path of an executable file");
  }

  // 0 would be a thread for each of the host's processors, 25 KB each.
  static char name[] = "pacemaker-remoted", pool[] = "--v8-pool-size=1",
              collect[] = "--expose-gc"; // the daemon collects when it is idle; a context of its own for it costs 0.6 MB
  char library[PATH_MAX], node[PATH_MAX + 32], script[PATH_MAX + 32];
  find_library(library, sizeof library);
  text(node, sizeof node, "%s/node", library);
  text(script, sizeof script, "%s/pacemaker-remoted.cjs", library);
  set_runtime_variables(library);
  // Node as the very name of the daemon: `ps`, `pgrep` and agents that look for pacemaker-remoted find it.
  *next++ = name;
  *next++ = pool;
  *next++ = collect;
  *next++ = script;
  memcpy(next, arguments, (size_t)(argc + 1) * sizeof *next);
  execv(node, argv);
  return cannot_run(node, "keep bin and lib of Bundlet together (COPY --from=bundlet / /) or set BUNDLET_DAEMON");
}
