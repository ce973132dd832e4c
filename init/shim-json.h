// SPDX-License-Identifier: Apache-2.0
#ifndef SHIM_JSON_H
#define SHIM_JSON_H

#include <stdbool.h>
#include <stddef.h>

// JSON that grows in a buffer. What does not fit sets `is_full`, and nothing more is added.
struct json {
  char *begin, *at, *end;
  bool is_full;
};

void json_begin(struct json *json, char *buffer, size_t room);
// As it is.
void json_raw(struct json *json, const char *text);
void json_number(struct json *json, long long number);
// A string with its quotes. What is no UTF-8 becomes U+FFFD; what a terminal would obey is escaped.
void json_string(struct json *json, const char *text, size_t length);
// The present as a string, such as "2026-01-31T12:00:00.000Z".
void json_time(struct json *json);

// How many bytes of a text are whole characters: the last one may be cut. `limit` is at most its length.
size_t json_whole(const char *text, size_t limit);

#endif
