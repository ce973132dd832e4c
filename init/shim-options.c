// SPDX-License-Identifier: Apache-2.0
// The command line of pcmk-shim. An agent wrote it: it is checked, not explained at length.
#include "say.h"
#include "shim.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *name;
  int resource;
} LIMITS[] = {
  {"as", RLIMIT_AS},         {"core", RLIMIT_CORE},       {"cpu", RLIMIT_CPU},
  {"data", RLIMIT_DATA},     {"fsize", RLIMIT_FSIZE},     {"memlock", RLIMIT_MEMLOCK},
  {"nofile", RLIMIT_NOFILE}, {"nproc", RLIMIT_NPROC},     {"rtprio", RLIMIT_RTPRIO},
  {"stack", RLIMIT_STACK},   {"sigpending", RLIMIT_SIGPENDING}, {"msgqueue", RLIMIT_MSGQUEUE},
};

static bool number_of(const char *word, int base, unsigned long long limit, unsigned long long *number)
{
  char *end;
  if (word[0] < '0' || word[0] > '9')
    return false;
  *number = strtoull(word, &end, base);
  return *end == '\0' && *number <= limit;
}

static bool limit_of(const char *word, rlim_t *limit)
{
  unsigned long long number = 0;
  bool is_number = number_of(word, 10, UINT64_MAX, &number);
  *limit = is_number ? (rlim_t)number : RLIM_INFINITY;
  return is_number || strcmp(word, "unlimited") == 0;
}

// NAME=SOFT:HARD
static bool take_limit(struct shim_request *request, char *word)
{
  char *soft = strchr(word, '='), *hard = soft != NULL ? strchr(soft, ':') : NULL;
  if (hard == NULL || request->limit_count == SHIM_LIMITS)
    return false;
  *soft++ = *hard++ = '\0';
  for (size_t i = 0; i < sizeof LIMITS / sizeof *LIMITS; i++)
    if (strcmp(word, LIMITS[i].name) == 0) {
      request->limits[request->limit_count].resource = LIMITS[i].resource;
      struct rlimit *value = &request->limits[request->limit_count++].value;
      return limit_of(soft, &value->rlim_cur) && limit_of(hard, &value->rlim_max);
    }
  return false;
}

static bool take_group(struct shim_request *request, const char *word)
{
  unsigned long long number;
  if (request->group_count == SHIM_GROUPS || !number_of(word, 10, UINT32_MAX - 1, &number))
    return false;
  request->groups[request->group_count++] = (gid_t)number;
  return true;
}

static bool take_number(struct shim_request *request, const char *name, const char *word)
{
  bool is_negative = strcmp(name, "--nice") == 0 && word[0] == '-';
  unsigned long long number;
  if (!number_of(word + is_negative, strcmp(name, "--umask") == 0 ? 8 : 10, UINT32_MAX - 1, &number))
    return false;
  if (strcmp(name, "--uid") == 0) {
    request->has_uid = true;
    request->uid = (uid_t)number;
  } else if (strcmp(name, "--gid") == 0) {
    request->has_gid = true;
    request->gid = (gid_t)number;
  } else if (strcmp(name, "--umask") == 0 && number <= 0777) {
    request->has_umask = true;
    request->umask = (mode_t)number;
  } else if (strcmp(name, "--nice") == 0 && number <= 20) {
    request->has_nice = true;
    request->nice = is_negative ? -(int)number : (int)number;
  } else
    return false;
  return true;
}

static bool take(struct shim_request *request, const char *name, char *word)
{
  if (strcmp(name, "--limit") == 0)
    return take_limit(request, word);
  if (strcmp(name, "--group") == 0)
    return take_group(request, word);
  const struct {
    const char *name, **place;
  } texts[] = {
    {"--rsc", &request->rsc},
    {"--run", &request->run},
    {"--state", &request->state_dir},
    {"--log", &request->log},
    {"--directory", &request->directory},
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    if (strcmp(name, texts[i].name) == 0) {
      *texts[i].place = word;
      return true;
    }
  return take_number(request, name, word);
}

bool shim_options(int argc, char **argv, struct shim_request *request)
{
  int i = 1;
  for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
    const char *name = argv[i];
    if (strcmp(name, "--early") == 0)
      request->wants_early = true;
    else if (strcmp(name, "--exec") == 0)
      request->wants_exec = true;
    else if (++i >= argc || !take(request, name, argv[i])) {
      say("expected an option and its value, got %s %s", name, i < argc ? argv[i] : "");
      return false;
    }
  }
  bool is_named = request->rsc != NULL && request->run != NULL && request->state_dir != NULL;
  if (i + 2 >= argc || is_named == request->wants_exec) {
    say("expected --exec or --rsc NAME --run WORD --state DIR … -- PATH ARGV0 [ARGUMENT …]");
    return false;
  }
  request->path = argv[i + 1];
  request->arguments = argv + i + 2;
  return true;
}
