// SPDX-License-Identifier: Apache-2.0
// The lines that pcmk-init writes. No stdio: no buffers, no locks, no heap.
#include "say.h"

#include <poll.h>
#include <stdarg.h>
#include <unistd.h>

struct out {
  char *at, *end; // `end` is kept for the terminator
};

static void put(struct out *out, char c)
{
  if (out->at < out->end)
    *out->at++ = c;
}

static void put_number(struct out *out, int number)
{
  char digits[12];
  int n = 0;
  unsigned left = number < 0 ? 0u - (unsigned)number : (unsigned)number;
  if (number < 0)
    put(out, '-');
  do
    digits[n++] = (char)('0' + left % 10);
  while ((left /= 10) != 0);
  while (n > 0)
    put(out, digits[--n]);
}

static void format_into(struct out *out, const char *format, va_list args)
{
  for (; *format != '\0'; format++) {
    if (*format != '%') {
      put(out, *format);
      continue;
    }
    switch (*++format) {
    case 's':
      for (const char *s = va_arg(args, const char *); *s != '\0'; s++)
        put(out, *s >= ' ' && *s <= '~' ? *s : '?');
      break;
    case 'd':
      put_number(out, va_arg(args, int));
      break;
    default:
      put(out, '%');
    }
  }
  *out->at = '\0';
}

void text(char *buffer, size_t room, const char *format, ...)
{
  struct out out = {buffer, buffer + room - 1};
  va_list args;
  va_start(args, format);
  format_into(&out, format, args);
  va_end(args);
}

static const char *speaker = "pcmk-init";

void say_as(const char *name) { speaker = name; }

void say(const char *format, ...)
{
  char line[1024];
  struct out out = {line, line + sizeof line - 2}; // the newline and the terminator always fit
  for (const char *c = speaker; *c != '\0'; c++)
    put(&out, *c);
  put(&out, ':');
  put(&out, ' ');
  va_list args;
  va_start(args, format);
  format_into(&out, format, args);
  va_end(args);
  *out.at++ = '\n';

  // A log driver that has stopped reading must not stop the reaping of a whole container: when the pipe is full
  // the line is lost. POLLOUT promises room for PIPE_BUF bytes, and a line is shorter than that. POLLERR is a pipe
  // that nobody reads any more: a write would only raise SIGPIPE.
  struct pollfd fd = {.fd = STDERR_FILENO, .events = POLLOUT};
  if (poll(&fd, 1, 0) != 1 || (fd.revents & POLLOUT) == 0 || (fd.revents & POLLERR) != 0)
    return;
  if (write(STDERR_FILENO, line, (size_t)(out.at - line)) < 0)
    return; // there is no second place where a failure to speak could be told
}
