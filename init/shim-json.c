// SPDX-License-Identifier: Apache-2.0
// JSON as the daemon writes it (src/observe/log-format.ts), without stdio and heap.
#include "shim-json.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

void json_begin(struct json *json, char *buffer, size_t room)
{
  *json = (struct json){buffer, buffer, buffer + room, false};
}

static void put(struct json *json, const char *bytes, size_t length)
{
  if (json->is_full || length > (size_t)(json->end - json->at)) {
    json->is_full = true;
    return;
  }
  memcpy(json->at, bytes, length);
  json->at += length;
}

void json_raw(struct json *json, const char *text) { put(json, text, strlen(text)); }

static void put_digits(struct json *json, long long number, int width)
{
  char digits[24];
  int at = sizeof digits;
  do
    digits[--at] = (char)('0' + number % 10);
  while ((number /= 10) > 0 || (int)sizeof digits - at < width);
  put(json, digits + at, sizeof digits - (size_t)at);
}

void json_number(struct json *json, long long number)
{
  if (number < 0)
    json_raw(json, "-");
  put_digits(json, number < 0 ? -number : number, 1);
}

// The length of a character, 0 if it is not whole or none; its code point. [RFC 3629]
static size_t decode(const unsigned char *s, size_t length, uint32_t *point)
{
  static const uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
  size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : s[0] >= 0xC0 ? 2 : 0;
  if (n == 0 || n > length || s[0] > 0xF4)
    return 0;
  uint32_t value = n == 1 ? s[0] : s[0] & (0xFFu >> (n + 1));
  for (size_t i = 1; i < n; i++) {
    if ((s[i] & 0xC0) != 0x80)
      return 0;
    value = value << 6 | (s[i] & 0x3Fu);
  }
  if (value < LEAST[n] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
    return 0;
  *point = value;
  return n;
}

// Ends of lines, escape sequences of one byte, marks that turn the direction of a text.
static bool is_unsafe(uint32_t point)
{
  return point < 0x20 || (point >= 0x7F && point <= 0x9F) || point == 0x61C || point == 0x200E || point == 0x200F ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

static void put_escape(struct json *json, uint32_t point)
{
  char escape[] = "\\u0000";
  for (int i = 5; i > 1; i--, point >>= 4)
    escape[i] = "0123456789abcdef"[point & 15];
  json_raw(json, escape);
}

void json_string(struct json *json, const char *text, size_t length)
{
  json_raw(json, "\"");
  for (size_t i = 0; i < length;) {
    uint32_t point;
    size_t n = decode((const unsigned char *)text + i, length - i, &point);
    if (n == 0) {
      json_raw(json, "\xEF\xBF\xBD");
      n = 1;
    } else if (point == '"' || point == '\\') {
      json_raw(json, "\\");
      put(json, text + i, 1);
    } else if (point == '\t')
      json_raw(json, "\\t");
    else if (is_unsafe(point))
      put_escape(json, point);
    else
      put(json, text + i, n);
    i += n;
  }
  json_raw(json, "\"");
}

size_t json_whole(const char *text, size_t limit)
{
  size_t back = 0;
  while (back < 3 && back < limit && ((unsigned char)text[limit - 1 - back] & 0xC0) == 0x80)
    back++;
  if (back >= limit)
    return limit;
  unsigned char first = (unsigned char)text[limit - 1 - back];
  size_t needed = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  return needed > back + 1 ? limit - 1 - back : limit;
}

void json_time(struct json *json)
{
  struct timespec now;
  struct tm tm;
  clock_gettime(CLOCK_REALTIME, &now);
  gmtime_r(&now.tv_sec, &tm);
  const struct {
    const char *before;
    int number, width;
  } parts[] = {
    {"\"", tm.tm_year + 1900, 4}, {"-", tm.tm_mon + 1, 2}, {"-", tm.tm_mday, 2},
    {"T", tm.tm_hour, 2},         {":", tm.tm_min, 2},     {":", tm.tm_sec, 2},
    {".", (int)(now.tv_nsec / 1000000), 3},
  };
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    json_raw(json, parts[i].before);
    put_digits(json, parts[i].number, parts[i].width);
  }
  json_raw(json, "Z\"");
}
