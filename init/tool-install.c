// SPDX-License-Identifier: Apache-2.0
// `pcmk-tool --install`: for Dockerfiles. Real tools always win, and nothing that exists is ever replaced.
#include "tool-install.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const NAMES[] = {"crm_node", "attrd_updater", "crm_attribute", "crm_master"};
static const char *const PLACES[] = {"/usr/sbin", "/usr/bin", "/sbin", "/bin"};

static bool join(char path[PATH_MAX], const char *directory, const char *name)
{
  int length = snprintf(path, PATH_MAX, "%s/%s", directory, name);
  return length > 0 && length < PATH_MAX;
}

// Whether anything has that name there, a broken link too.
static bool is_taken(const char *directory, const char *name, char path[PATH_MAX])
{
  struct stat info;
  return join(path, directory, name) && lstat(path, &info) == 0;
}

static bool find(const char *name, const char *directory, char path[PATH_MAX])
{
  for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
    if (is_taken(PLACES[i], name, path))
      return true;
  return is_taken(directory, name, path);
}

static bool link_name(const char *self, const char *directory, const char *name)
{
  char path[PATH_MAX];
  if (find(name, directory, path)) {
    printf("%s is there, left alone\n", path);
    return true;
  }
  if (!join(path, directory, name) || symlink(self, path) != 0) {
    fprintf(stderr, "pcmk-tool: cannot link %s/%s to %s: %s\n", directory, name, self, strerror(errno));
    return false;
  }
  printf("%s -> %s\n", path, self);
  return true;
}

int tool_install(const char *directory)
{
  char self[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (length <= 0) {
    // While an image is built there may be no /proc.
    strcpy(self, "/usr/lib/bundlet/pcmk-tool");
  } else {
    self[length] = '\0';
  }
  bool is_done = true;
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
    is_done = link_name(self, directory, NAMES[i]) && is_done;
  return is_done ? 0 : 1;
}
