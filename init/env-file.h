// SPDX-License-Identifier: Apache-2.0
#ifndef ENV_FILE_H
#define ENV_FILE_H

// Reads an environment file and gives each "NAME=VALUE" to `take`, in the order of the file. The strings stay valid
// for the life of the program (one static buffer). Call it once.
void env_file_read(const char *path, void (*take)(char *assignment));

#endif
