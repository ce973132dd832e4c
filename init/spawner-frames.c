// SPDX-License-Identifier: Apache-2.0
// Takes requests apart, and trusts no number in them.
#include "spawner-frames.h"

#include <string.h>

struct rest {
  char *at, *end;
};

// The next string, or NULL where none ends before the frame does.
static char *next_string(struct rest *rest)
{
  char *string = rest->at;
  char *end = memchr(string, '\0', (size_t)(rest->end - string));
  if (end == NULL)
    return NULL;
  rest->at = end + 1;
  return string;
}

static char **next_list(struct rest *rest, uint32_t count, char **list)
{
  for (uint32_t i = 0; i < count; i++)
    if ((list[i] = next_string(rest)) == NULL)
      return NULL;
  list[count] = NULL;
  return list;
}

enum parsed parse_run(char *frame, size_t bytes, struct run_request *request)
{
  // One list for all: its pages are touched as far as they are needed.
  static char *strings[STRINGS_LIMIT + 2];
  struct frame_head head;
  memcpy(&head, frame, sizeof head);
  request->id = head.id;
  struct run_body *body = &request->body;
  if (bytes < sizeof head + sizeof *body)
    return PARSED_BROKEN;
  memcpy(body, frame + sizeof head, sizeof *body);
  struct rest rest = {frame + sizeof head + sizeof *body, frame + bytes};
  if (body->limits > (size_t)(rest.end - rest.at) / sizeof(struct run_limit) || body->arguments == 0)
    return PARSED_BROKEN;
  request->limits = rest.at;
  rest.at += body->limits * sizeof(struct run_limit);
  if (body->arguments > STRINGS_LIMIT || body->variables > STRINGS_LIMIT - body->arguments)
    return PARSED_TOO_MANY;
  if ((request->path = next_string(&rest)) == NULL || (request->directory = next_string(&rest)) == NULL)
    return PARSED_BROKEN;
  request->arguments = next_list(&rest, body->arguments, strings);
  if (request->arguments == NULL)
    return PARSED_BROKEN;
  request->variables = next_list(&rest, body->variables, strings + body->arguments + 1);
  if (request->variables == NULL)
    return PARSED_BROKEN;
  request->purpose = rest.at;
  request->purpose_bytes = (size_t)(rest.end - rest.at);
  return request->purpose_bytes > PURPOSE_LIMIT ? PARSED_TOO_MANY : PARSED;
}
