// SPDX-License-Identifier: Apache-2.0
// pcmk-tool: Pacemaker's small tools for images that have none. Called by one of their names it hands its arguments and a
// few variables to the daemon, prints what comes back and ends with the code that comes back. What the tools do is
// written in the daemon; here are only the ways in which it can't be asked. Agents call them at each monitor, so this
// starts in a millisecond and takes nothing from the heap.
#include "tool-install.h"
#include "tool-link.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef BUNDLET_VERSION
#define BUNDLET_VERSION "unknown"
#endif

#define OWN_NAME "pcmk-tool"

// Exit codes of Pacemaker's tools [pcmk results.h].
enum { EXIT_PRIVILEGES = 4, EXIT_USAGE = 64, EXIT_DISCONNECT = 102, EXIT_UNSATISFIED = 113, EXIT_TIMEOUT = 124 };

// How long each may take, a little more than the daemon gives the cluster; and what the real one says, with the reason
// behind it, when there is nobody to ask. crm_master is a script around crm_attribute.
static const struct tool {
  const char *name, *complaint;
  int limit_ms;
} TOOLS[] = {
  {"crm_node", "error: Could not connect to controller: ", 40000},
  {"attrd_updater", "attrd_updater: Could not connect to attrd: ", 15000},
  {"crm_attribute", "crm_attribute: Could not connect to the CIB: ", 135000},
  {"crm_master", "crm_attribute: Could not connect to the CIB: ", 135000},
};

static const char USAGE[] =
  "Usage: " OWN_NAME " --install [DIR] | --help | --version\n"
  "\n"
  "Pacemaker's small tools for images that have none: crm_node, attrd_updater, crm_attribute, crm_master.\n"
  "Called by one of these names it asks the daemon of Bundlet in the same container.\n"
  "\n"
  "  --install [DIR]  link those names that are not in /usr/sbin, /usr/bin, /sbin or /bin to this program,\n"
  "                   in DIR (default /usr/sbin); what is there is never replaced\n"
  "  --help           this text\n"
  "  --version        the version\n"
  "\n"
  "BUNDLET_TOOLS_SOCKET names the daemon's socket, where it is not " TOOL_SOCKET ".\n"
  "Exit status of --install: 0 all names are there, 1 one could not be linked, 64 wrong usage.\n";

static int exit_code_of(int reason)
{
  switch (reason) {
  case EACCES:
    return EXIT_PRIVILEGES;
  case EAGAIN:
    return EXIT_UNSATISFIED;
  case ETIMEDOUT:
    return EXIT_TIMEOUT;
  case ECONNREFUSED:
  case ENOTCONN:
    return EXIT_DISCONNECT;
  default:
    return EXIT_FAILURE;
  }
}

// The C library's words, those of glibc whichever this is built with.
static const char *text_of(int reason)
{
  switch (reason) {
  case ENOTCONN:
    return "Transport endpoint is not connected";
  case ETIMEDOUT:
    return "Connection timed out";
  case EIO:
    return "Input/output error";
  default:
    return strerror(reason);
  }
}

static const char *hint_of(int reason)
{
  switch (reason) {
  case EACCES:
    return "only root, hacluster and members of haclient may ask";
  case EAGAIN:
    return "the daemon of Bundlet serves too many calls already";
  case ETIMEDOUT:
    return "the daemon of Bundlet does not answer";
  case ECONNREFUSED:
    return "the daemon of Bundlet is not there; is pacemaker-remoted running in this container, and its socket at "
           "the path that BUNDLET_TOOLS_SOCKET names, or " TOOL_SOCKET "?";
  case ENOTCONN:
    return "the daemon of Bundlet ended during the call; what was asked may have been done";
  case E2BIG:
    return "arguments and variables are too long for one call";
  case EPROTO:
    return "the daemon of Bundlet is of another version, or the program is";
  default:
    return "the daemon of Bundlet could not be asked";
  }
}

static int complain(const struct tool *tool, int reason)
{
  fprintf(stderr, "%s%s\n%s: %s\n", tool->complaint, text_of(reason), tool->name, hint_of(reason));
  return exit_code_of(reason);
}

static int run_as_tool(const struct tool *tool, int argc, char **argv)
{
  const char *path = getenv("BUNDLET_TOOLS_SOCKET");
  int exit_code = 0;
  const struct call call = {
    .socket = path != NULL && path[0] != '\0' ? path : TOOL_SOCKET,
    .name = tool->name,
    .argc = argc > 0 ? argc - 1 : 0,
    .arguments = argc > 0 ? argv + 1 : argv,
    .limit_ms = tool->limit_ms,
  };
  int reason = tool_call(&call, &exit_code);
  return reason == 0 ? exit_code : complain(tool, reason);
}

static int run_as_self(int argc, char **argv)
{
  const char *wish = argc > 1 ? argv[1] : "";
  if (strcmp(wish, "--install") == 0 && argc <= 3)
    return tool_install(argc == 3 ? argv[2] : "/usr/sbin");
  if (strcmp(wish, "--help") == 0 && argc == 2)
    return fputs(USAGE, stdout) < 0;
  if (strcmp(wish, "--version") == 0 && argc == 2)
    return puts("pcmk-tool of Bundlet " BUNDLET_VERSION) < 0;
  fprintf(stderr, OWN_NAME ": expected --install [DIR], --help or --version%s%s\n", argc > 1 ? ", got " : "", wish);
  return EXIT_USAGE;
}

int main(int argc, char **argv)
{
  const char *name = argc > 0 ? argv[0] : OWN_NAME;
  const char *slash = strrchr(name, '/');
  name = slash != NULL ? slash + 1 : name;
  for (size_t i = 0; i < sizeof TOOLS / sizeof *TOOLS; i++)
    if (strcmp(name, TOOLS[i].name) == 0)
      return run_as_tool(&TOOLS[i], argc, argv);
  return run_as_self(argc, argv);
}
