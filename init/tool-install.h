// SPDX-License-Identifier: Apache-2.0
#ifndef TOOL_INSTALL_H
#define TOOL_INSTALL_H

// Links the names of the tools that are not installed to this program, in that directory, and says what it did. The exit
// code: 0 when each name is there afterwards.
int tool_install(const char *directory);

#endif
