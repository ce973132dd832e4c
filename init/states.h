// SPDX-License-Identifier: Apache-2.0
#ifndef STATES_H
#define STATES_H

enum state {
  WAIT,  // no daemon; a start is due: at once in the beginning, after the back-off later
  RUN,   // the daemon runs
  STOP,  // a stop was asked for; the daemon runs its own shutdown
  FORCE, // the daemon got KILL and is not yet gone
  DRAIN, // no daemon any more; the rest got TERM
  KILL,  // everything got KILL
  END,
  STATES = END // END has no row: nothing happens in it
};

enum event {
  E_STOP,  // TERM, INT or QUIT came
  E_PASS,  // HUP, USR1 or USR2 came
  E_DONE,  // the daemon ended with 0
  E_FINAL, // ... with a status that says: no restart
  E_CRASH, // ... in another way, and a restart is left
  E_SPENT, // ... in another way, and no restart is left
  E_OTHER, // other processes ended
  E_EMPTY, // nobody is left
  E_TIMER, // the state's time is over
  EVENTS
};

// Each has its function do_NAME in supervise.c.
#define ACTIONS(X) \
  X(nothing) X(wonder) X(start) X(forward) X(stop_daemon) X(force_daemon) X(stop_rest) X(cancel_start) X(back_off) \
  X(give_up) X(refuse) X(kill_rest) X(kill_again) X(finish) X(abandon)

enum action {
  UNDECIDED, // a pair that was forgotten; a test looks for it
#define ACTION(name) DO_##name,
  ACTIONS(ACTION)
#undef ACTION
};

struct cell {
  enum action action;
  enum state next;
};

extern const struct cell state_table[STATES][EVENTS];

#endif
