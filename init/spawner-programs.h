// SPDX-License-Identifier: Apache-2.0
#ifndef SPAWNER_PROGRAMS_H
#define SPAWNER_PROGRAMS_H

#include "spawner-frames.h"

// What is done with the programs that run, and what the daemon hears of them.

enum { NEVER_MS = -1 };

long long now_ms(void);

// Gives a descriptor that is readable while there is output to take. Call it once.
int programs_prepare(void);

void program_run(const struct run_request *request);
void program_not_started(uint32_t id, int error);
void program_kill(uint32_t id);

// Takes output that has come, a little of each program.
void programs_take_outputs(void);

// Takes everybody who has ended.
void programs_reap(void);

// Kills what is over its time. programs_due gives when to look again, or NEVER_MS.
void programs_look_at_deadlines(void);
long long programs_due(void);

// Tells the daemon what it has not heard yet, as far as there is room.
void programs_tell(void);

// The daemon is gone: what it began is for the next one to know.
void programs_inherit(void);

#endif
