// SPDX-License-Identifier: Apache-2.0
#ifndef REST_H
#define REST_H

#include <stdbool.h>
#include <sys/types.h>

enum { KILLED_SHOWN = 4 };

// Who had to be KILLed, for the one line at the end: how many, and the names of the first of them.
struct killed {
  int count;
  char names[192]; // "httpd (pid 12), sh (pid 15)"
};

// Sends a signal to every process but this one: as PID 1 to the whole container, else to own descendants only.
void rest_signal(int signal);

// Notes every process that rest_signal would reach.
void rest_note(struct killed *killed);

// Notes one process.
void rest_note_one(struct killed *killed, pid_t pid);

#endif
