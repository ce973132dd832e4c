// SPDX-License-Identifier: Apache-2.0
// What pcmk-init does in which state: every pair of state and event is decided here, and nowhere else.
// README.md shows the same table; a test compares the two.
#include "states.h"

// clang-format off
const struct cell state_table[STATES][EVENTS] = {
  [WAIT] = {
    [E_STOP]  = {DO_cancel_start, DRAIN},
    [E_PASS]  = {DO_nothing, WAIT},        // nobody is there to hear it, and TERM would be another thing
    [E_DONE]  = {DO_wonder, WAIT},
    [E_FINAL] = {DO_wonder, WAIT},
    [E_CRASH] = {DO_wonder, WAIT},
    [E_SPENT] = {DO_wonder, WAIT},
    [E_OTHER] = {DO_nothing, WAIT},        // the applications live on while the daemon is restarted
    [E_EMPTY] = {DO_nothing, WAIT},
    [E_TIMER] = {DO_start, RUN},
  },
  [RUN] = {
    [E_STOP]  = {DO_stop_daemon, STOP},
    [E_PASS]  = {DO_forward, RUN},
    [E_DONE]  = {DO_stop_rest, DRAIN},
    [E_FINAL] = {DO_refuse, DRAIN},
    [E_CRASH] = {DO_back_off, WAIT},
    [E_SPENT] = {DO_give_up, DRAIN},
    [E_OTHER] = {DO_nothing, RUN},
    [E_EMPTY] = {DO_wonder, RUN},
    [E_TIMER] = {DO_wonder, RUN},
  },
  [STOP] = {
    [E_STOP]  = {DO_forward, STOP},
    [E_PASS]  = {DO_forward, STOP},
    [E_DONE]  = {DO_stop_rest, DRAIN},
    [E_FINAL] = {DO_stop_rest, DRAIN},
    [E_CRASH] = {DO_stop_rest, DRAIN},
    [E_SPENT] = {DO_stop_rest, DRAIN},
    [E_OTHER] = {DO_nothing, STOP},
    [E_EMPTY] = {DO_wonder, STOP},
    [E_TIMER] = {DO_force_daemon, FORCE},
  },
  [FORCE] = {
    [E_STOP]  = {DO_nothing, FORCE},
    [E_PASS]  = {DO_nothing, FORCE},
    [E_DONE]  = {DO_stop_rest, DRAIN},
    [E_FINAL] = {DO_stop_rest, DRAIN},
    [E_CRASH] = {DO_stop_rest, DRAIN},
    [E_SPENT] = {DO_stop_rest, DRAIN},
    [E_OTHER] = {DO_nothing, FORCE},
    [E_EMPTY] = {DO_wonder, FORCE},
    [E_TIMER] = {DO_kill_rest, KILL},
  },
  [DRAIN] = {
    [E_STOP]  = {DO_nothing, DRAIN},       // everybody has been asked already
    [E_PASS]  = {DO_nothing, DRAIN},
    [E_DONE]  = {DO_wonder, DRAIN},
    [E_FINAL] = {DO_wonder, DRAIN},
    [E_CRASH] = {DO_wonder, DRAIN},
    [E_SPENT] = {DO_wonder, DRAIN},
    [E_OTHER] = {DO_nothing, DRAIN},
    [E_EMPTY] = {DO_finish, END},
    [E_TIMER] = {DO_kill_rest, KILL},
  },
  [KILL] = {
    [E_STOP]  = {DO_nothing, KILL},
    [E_PASS]  = {DO_nothing, KILL},
    [E_DONE]  = {DO_nothing, KILL},        // a daemon that could not die before
    [E_FINAL] = {DO_nothing, KILL},
    [E_CRASH] = {DO_nothing, KILL},
    [E_SPENT] = {DO_nothing, KILL},
    [E_OTHER] = {DO_kill_again, KILL},
    [E_EMPTY] = {DO_finish, END},
    [E_TIMER] = {DO_abandon, END},
  },
};
// clang-format on

#ifdef PCMK_INIT_DUMP_TABLE
// Prints the table as it stands in README.md: cc -DPCMK_INIT_DUMP_TABLE states.c
#include <stdio.h>

int main(void)
{
  static const char *const states[] = {"WAIT", "RUN", "STOP", "FORCE", "DRAIN", "KILL", "END"};
  static const char *const events[] = {"stop", "pass", "done", "final", "crash", "spent", "other", "empty", "timer"};
#define ACTION(name) #name,
  static const char *const actions[] = {"UNDECIDED", ACTIONS(ACTION)};
  printf("| event |");
  for (int state = 0; state < STATES; state++)
    printf(" %s |", states[state]);
  printf("\n| --- |");
  for (int state = 0; state < STATES; state++)
    printf(" --- |");
  printf("\n");
  for (int event = 0; event < EVENTS; event++) {
    printf("| %s |", events[event]);
    for (int state = 0; state < STATES; state++) {
      const struct cell *cell = &state_table[state][event];
      printf(" %s", actions[cell->action]);
      if ((int)cell->next != state)
        printf(" → %s", states[cell->next]);
      printf(" |");
    }
    printf("\n");
  }
  return 0;
}
#endif
