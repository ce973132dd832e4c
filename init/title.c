// SPDX-License-Identifier: Apache-2.0
// The name that `ps` shows. [prctl(2), proc(5)]
#include "title.h"

#include <string.h>
#include <sys/prctl.h>

static char *place;
static size_t place_room;

void title_use(char *begin, size_t room)
{
  place = begin;
  place_room = room;
}

void title_set(const char *name)
{
  prctl(PR_SET_NAME, name);
  if (place_room == 0)
    return;
  size_t length = strlen(name);
  memset(place, 0, place_room);
  memcpy(place, name, place_room - 1 < length ? place_room - 1 : length);
}
