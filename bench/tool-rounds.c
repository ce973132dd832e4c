/*
 * tool-rounds - how long local clients of a Pacemaker Remote daemon wait
 *
 *   gcc -O2 -Wall -Wextra -o tool-rounds tool-rounds.c $(pkg-config --cflags --libs libqb)
 *   tool-rounds spawn COUNT COMMAND [ARGUMENT...]   from fork to exit of a program, one at a time
 *   tool-rounds query COUNT ATTRIBUTE               attribute queries on one libqb connection, one at a time
 *
 * Prints one JSON line, times in ms. Exit status: 0 all succeeded, 1 one did not, 2 usage.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <qb/qbipcc.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { BUFFER = 131072, WAIT_MS = 10000, CLIENT_WAITS = 0x200 };

extern char **environ;

// Pacemaker's header before the XML, in the layout up to 3.0.0.
typedef struct {
    struct qb_ipc_response_header qb;
    uint32_t plain_size;
    uint32_t compressed_size;
    uint32_t flags;
    uint8_t version;
} pcmk_header;

static double now_ms(void) {
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static bool spawn_once(char **command) {
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = -1;
    bool started;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    started = posix_spawnp(&pid, command[0], &actions, NULL, command, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return started && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool query_once(qb_ipcc_connection_t *connection, int32_t id, const char *attribute) {
    static char buffer[BUFFER];
    pcmk_header *header = (pcmk_header *) buffer;
    char *text = buffer + sizeof(pcmk_header);
    int length = snprintf(text, BUFFER - sizeof(pcmk_header),
                          "<bench t=\"attrd\" src=\"bench\" task=\"query\" attr_name=\"%s\"/>", attribute);

    memset(header, 0, sizeof(*header));
    header->qb.id = id;
    header->qb.size = (int32_t) sizeof(pcmk_header) + length + 1;
    header->plain_size = (uint32_t) length + 1;
    header->flags = CLIENT_WAITS;
    header->version = 1;
    return qb_ipcc_send(connection, buffer, (size_t) header->qb.size) == header->qb.size
        && qb_ipcc_recv(connection, buffer, BUFFER, WAIT_MS) > (ssize_t) sizeof(pcmk_header)
        && header->qb.id == id && strstr(text, "attr_value=") != NULL;
}

static int compare(const void *a, const void *b) {
    double left = *(const double *) a, right = *(const double *) b;

    return (left > right) - (left < right);
}

static int report(double *times, int count, int failed) {
    qsort(times, (size_t) count, sizeof(double), compare);
    printf("{\"count\":%d,\"failed\":%d,\"p50\":%.4f,\"p99\":%.4f,\"max\":%.4f}\n", count, failed,
           times[count / 2], times[(int) (count * 0.99)], times[count - 1]);
    return failed == 0 ? 0 : 1;
}

int main(int argc, char **argv) {
    int count = argc > 3 ? atoi(argv[2]) : 0, failed = 0;
    bool spawns = argc > 3 && strcmp(argv[1], "spawn") == 0;
    qb_ipcc_connection_t *connection = NULL;
    double *times;

    if (count < 1 || (!spawns && strcmp(argv[1], "query") != 0)) {
        fprintf(stderr, "usage: tool-rounds spawn|query COUNT COMMAND|ATTRIBUTE...\n");
        return 2;
    }
    times = calloc((size_t) count, sizeof(double));
    if (!spawns && (connection = qb_ipcc_connect("attrd", BUFFER)) == NULL) {
        perror("tool-rounds: attrd");
        return 1;
    }
    for (int i = 0; i < count; i++) {
        double began = now_ms();

        failed += !(spawns ? spawn_once(argv + 3) : query_once(connection, i + 1, argv[3]));
        times[i] = now_ms() - began;
    }
    if (connection != NULL) {
        qb_ipcc_disconnect(connection);
    }
    return report(times, count, failed);
}
