// SPDX-License-Identifier: Apache-2.0
#ifndef SHIM_OUTPUT_H
#define SHIM_OUTPUT_H

#include "shim-json.h"

#include <stdbool.h>

enum { STREAMS = 2 };

// Whose output it is; `early` is a descriptor that gets the first lines as they are, too, or -1.
void output_of(const char *rsc, int early);
void output_pid(int pid);
// Reads once from a stream, 0 standard output, 1 standard error. False at its end.
bool output_read(int stream, int fd);
// The last line of a stream may have no end.
void output_finish(void);
// The last lines as an array of strings.
void output_last(struct json *json);

#endif
