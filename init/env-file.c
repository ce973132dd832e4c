// SPDX-License-Identifier: Apache-2.0
// /etc/pacemaker/pcmk-init.env, in the grammar of Pacemaker >= 3.0.2 (protocol document, section 7): a line is one
// shell word NAME=VALUE and perhaps a comment. The file is parsed in place: removing quotes only makes text shorter.
#include "env-file.h"
#include "say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum { SIZE_LIMIT = 64 * 1024, WARNING_LIMIT = 10 };

static bool is_blank(char c) { return c == ' ' || c == '\t'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Both kinds of quotes. Returns where the text goes on behind the closing quote, or NULL when there is none.
static char *copy_quoted(char *in, const char *end, char quote, char **out)
{
  while (in < end && *in != quote) {
    // Inside "…" a backslash is special before these only; inside '…' nothing is. [POSIX XCU 2.2.3]
    if (quote == '"' && *in == '\\' && in + 1 < end && strchr("$`\"\\", in[1]) != NULL)
      in++;
    *(*out)++ = *in++;
  }
  return in < end ? in + 1 : NULL;
}

// The value, from behind the "=" to the first blank outside of quotes. NULL and `why` when it is malformed.
static char *copy_value(char *in, const char *end, char **out, const char **why)
{
  while (in < end && !is_blank(*in)) {
    char c = *in++;
    if (c == '\'' || c == '"') {
      in = copy_quoted(in, end, c, out);
      if (in == NULL) {
        *why = "a quote is not closed on the line";
        return NULL;
      }
      continue;
    }
    if (c == '\\') {
      if (in == end) {
        *why = "nothing follows the last backslash";
        return NULL;
      }
      c = *in++;
    }
    *(*out)++ = c; // no expansion of $ or `: a value is never a program
  }
  return in;
}

// One line, of which `end` is the newline (or the byte behind the file) and may be overwritten.
// Returns NULL, with `*assignment` NULL when the line says nothing, or the reason why the line is malformed.
static const char *parse_line(char *in, char *end, char **assignment, char **name)
{
  *assignment = *name = NULL;
  if (end > in && end[-1] == '\r')
    end--; // a file written on Windows: nobody wants a carriage return at the end of each value
  while (in < end && is_blank(*in))
    in++;
  if (in == end || *in == '#')
    return NULL;
  if (memchr(in, '\0', (size_t)(end - in)) != NULL)
    return "it contains a zero byte";

  char *start = in;
  while (in < end && (is_letter(*in) || (in > start && is_digit(*in))))
    in++;
  if (in == start || in == end || *in != '=')
    return "NAME=VALUE is expected, without \"export\" and without quotes around the name";
  char *equals = in++;

  const char *why = NULL;
  char *out = in;
  in = copy_value(in, end, &out, &why);
  if (in != NULL) {
    while (in < end && is_blank(*in))
      in++;
    if (in < end && *in != '#')
      why = "only a comment may follow the value";
  }
  if (why != NULL) {
    *equals = '\0';
    *name = start;
    return why;
  }
  *out = '\0';
  *assignment = start;
  return NULL;
}

static void parse(const char *path, char *in, char *end, void (*take)(char *))
{
  int number = 0, warnings = 0;
  while (in < end) {
    char *newline = memchr(in, '\n', (size_t)(end - in));
    char *line_end = newline != NULL ? newline : end;
    char *assignment, *name;
    const char *why = parse_line(in, line_end, &assignment, &name);
    number++;
    // The file may hold secrets: a message never shows more of a line than the name before its "=".
    if (why != NULL && ++warnings <= WARNING_LIMIT)
      say("%s line %d%s%s is ignored: %s", path, number, name != NULL ? ", " : "", name != NULL ? name : "", why);
    if (assignment != NULL)
      take(assignment);
    in = line_end + 1;
  }
  if (warnings > WARNING_LIMIT)
    say("%s: %d more malformed lines are ignored", path, warnings - WARNING_LIMIT);
}

void env_file_read(const char *path, void (*take)(char *assignment))
{
  static char content[SIZE_LIMIT + 2]; // one byte to see that a file is larger, one for the last terminator
  size_t length = 0;
  // Missing or unreadable is the normal case and no error [section 7]. O_NONBLOCK: a FIFO must not hold up PID 1.
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    return;
  while (length <= SIZE_LIMIT) {
    ssize_t n = read(fd, content + length, SIZE_LIMIT + 1 - length);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      break;
    length += (size_t)n;
  }
  close(fd);
  // Half of a configuration is harder to understand than none.
  if (length > SIZE_LIMIT) {
    say("%s is larger than %d bytes and is ignored as a whole: keep only assignments in it", path, SIZE_LIMIT);
    return;
  }
  parse(path, content, content + length, take);
}
