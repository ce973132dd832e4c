/*
 * (One file of some 350 lines on purpose: a client that compiles with one command.)
 *
 * storm - how long until N controllers that connect at once are all registered
 *
 * One process, one thread, non-blocking GnuTLS (PSK, identity "lrmd") on epoll: the client costs the same
 * for every daemon and much less than N processes with liblrmd. A connection is finished when the reply to
 * its register request has arrived whole and says lrmd_rc="0". Header and payload travel as two TLS records,
 * as liblrmd sends them.
 *
 *   gcc -O2 -Wall -Wextra -o storm storm.c $(pkg-config --cflags --libs gnutls)
 *   storm -n CLIENTS -k AUTHKEY [-p PORT] [-t SECONDS] [-D OUTPUT] DAEMON [ARGUMENT...]
 *
 * Starts the daemon, waits until it listens, connects, stops it with SIGTERM, prints one JSON line.
 * Exit status: 0 measured (see "failed" in the line), 1 not measured, 2 usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 40, REPLY_LIMIT = 4096 };
typedef enum { CONNECTING, HANDSHAKE, REQUEST, REPLY, FINISHED, FAILED } phase;

typedef struct {
    int fd;
    phase at;
    gnutls_session_t tls;
    double done_ms;                 // since the storm began
    size_t got;
    char in[REPLY_LIMIT];
} client;

static const char request[] =
    "<lrmd_command t=\"lrmd\" lrmd_op=\"register\" lrmd_clientname=\"pacemaker-remote-127.0.0.1:3121\""
    " lrmd_protocol_version=\"1.1\" lrmd_remote_msg_id=\"1\" lrmd_remote_msg_type=\"request\"/>";

static gnutls_psk_client_credentials_t credentials;
static int port = 3121, epoll_fd, unfinished;
static double began;
static char first_error[200] = "";

static double now_ms(void) {
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void die(const char *what, int status) {
    fprintf(stderr, "storm: %s\n", what);
    exit(status);
}

static void put32(unsigned char *at, uint32_t value) {
    memcpy(at, &value, 4);          // the sender's own byte order
}

static uint32_t get32(const char *at) {
    uint32_t value;

    memcpy(&value, at, 4);
    return value;
}

/* -------------------------------------------------------------- the daemon */

static bool listening(void) {
    static const char *tables[] = { "/proc/net/tcp", "/proc/net/tcp6" };

    for (int i = 0; i < 2; i++) {
        FILE *f = fopen(tables[i], "re");
        char line[512];
        unsigned local, state;

        while (f != NULL && fgets(line, sizeof line, f) != NULL) {
            if (sscanf(line, "%*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x", &local, &state) == 2
                && local == (unsigned) port && state == 0x0A) {
                fclose(f);
                return true;
            }
        }
        if (f != NULL) {
            fclose(f);
        }
    }
    return false;
}

static pid_t start_daemon(char **argv, const char *key, const char *output) {
    pid_t pid = fork();

    if (pid < 0) {
        die("fork failed", 1);
    }
    if (pid == 0) {
        int fd = open(output, O_WRONLY | O_CREAT | O_APPEND, 0644), null = open("/dev/null", O_RDONLY);

        dup2(null, 0);
        dup2(fd, 1);
        dup2(fd, 2);
        setenv("PCMK_authkey_location", key, 1);
        signal(SIGPIPE, SIG_DFL);
        execv(argv[0], argv);
        _exit(127);
    }
    for (double deadline = now_ms() + 30000; !listening(); usleep(500)) {
        if (waitpid(pid, NULL, WNOHANG) == pid) {
            die("the daemon exited before it listened", 1);
        }
        if (now_ms() > deadline) {
            kill(pid, SIGKILL);
            die("the daemon did not listen within 30 s", 1);
        }
    }
    return pid;
}

static void stop_daemon(pid_t pid) {
    double deadline = now_ms() + 20000;

    kill(pid, SIGTERM);
    while (waitpid(pid, NULL, WNOHANG) != pid) {
        if (now_ms() > deadline) {
            kill(pid, SIGKILL);
        }
        usleep(1000);
    }
}

/* -------------------------------------------------------------- one client */

static void finish(client *c, phase how, const char *why) {
    c->at = how;
    c->done_ms = now_ms() - began;
    unfinished--;
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, c->fd, NULL);
    if (how == FAILED && first_error[0] == '\0') {
        snprintf(first_error, sizeof first_error, "%s", why);
    }
}

// Everything that takes time, so that the connects come in one burst
static void prepare(client *c) {
    int on = 1;

    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || gnutls_init(&c->tls, GNUTLS_CLIENT | GNUTLS_NONBLOCK) < 0
        || gnutls_priority_set_direct(c->tls, "NORMAL:+DHE-PSK:+PSK", NULL) < 0
        || gnutls_credentials_set(c->tls, GNUTLS_CRD_PSK, credentials) < 0) {
        die("cannot prepare a client", 1);
    }
    gnutls_transport_set_int(c->tls, c->fd);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void begin(client *c) {
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t) port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct epoll_event want = { .events = EPOLLIN | EPOLLOUT, .data.ptr = c };

    c->at = CONNECTING;
    if (connect(c->fd, (struct sockaddr *) &to, sizeof to) < 0 && errno != EINPROGRESS) {
        finish(c, FAILED, strerror(errno));
    } else if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &want) < 0) {
        die("cannot watch a client", 1);
    }
}

// Only what the phase waits for, or a writable socket would wake us for ever
static void want(client *c, uint32_t events) {
    struct epoll_event e = { .events = events, .data.ptr = c };

    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &e);
}

static void read_reply(client *c) {
    while (c->at == REPLY) {
        ssize_t n = gnutls_record_recv(c->tls, c->in + c->got, sizeof c->in - 1 - c->got);

        if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED) {
            return;
        }
        if (n <= 0) {
            finish(c, FAILED, n == 0 ? "closed before the register reply" : gnutls_strerror((int) n));
            return;
        }
        c->got += (size_t) n;
        if (c->got < HEADER || c->got < get32(c->in + 24)) {
            continue;
        }
        c->in[c->got] = '\0';
        if (get32(c->in) == 0xBADADBBD && strstr(c->in + HEADER, "lrmd_rc=\"0\"") != NULL
            && strstr(c->in + HEADER, "lrmd_clientid=") != NULL) {
            finish(c, FINISHED, "");
        } else {
            finish(c, FAILED, "not the reply to a register request");
        }
    }
}

static void step(client *c) {
    unsigned char header[HEADER] = { 0 };
    int rc, error = 0;
    socklen_t length = sizeof error;

    if (c->at == CONNECTING) {
        if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 || error != 0) {
            finish(c, FAILED, strerror(error));
            return;
        }
        c->at = HANDSHAKE;
    }
    if (c->at == HANDSHAKE) {
        rc = gnutls_handshake(c->tls);
        if (rc < 0) {
            if (gnutls_error_is_fatal(rc)) {
                finish(c, FAILED, gnutls_strerror(rc));
            } else {
                want(c, gnutls_record_get_direction(c->tls) ? EPOLLOUT : EPOLLIN);
            }
            return;
        }
        c->at = REQUEST;
    }
    if (c->at == REQUEST) {
        put32(header, 0xBADADBBD);
        put32(header + 4, 1);
        put32(header + 8, 1);
        put32(header + 24, HEADER + sizeof request);
        put32(header + 28, HEADER);
        put32(header + 36, sizeof request);
        // Some 250 bytes into an empty send buffer: anything but success is an error
        if (gnutls_record_send(c->tls, header, HEADER) != HEADER
            || gnutls_record_send(c->tls, request, sizeof request) != (ssize_t) sizeof request) {
            finish(c, FAILED, "cannot send the register request");
            return;
        }
        c->at = REPLY;
        want(c, EPOLLIN);
    }
    read_reply(c);
}

/* -------------------------------------------------------------------- main */

static int by_value(const void *a, const void *b) {
    double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

static void report(client *clients, int count) {
    double *done = calloc((size_t) count, sizeof *done);
    int finished = 0;

    for (int i = 0; i < count; i++) {
        if (clients[i].at == FINISHED) {
            done[finished++] = clients[i].done_ms;
        }
    }
    qsort(done, (size_t) finished, sizeof *done, by_value);
    printf("{\"mode\":\"storm\",\"clients\":%d,\"registered\":%d,\"failed\":%d,\"first_error\":\"%s\"",
           count, finished, count - finished, first_error);
    if (finished > 0) {
        printf(",\"first_ms\":%.3f,\"p50_ms\":%.3f,\"all_ms\":%.3f", done[0], done[(finished - 1) / 2],
               done[finished - 1]);
    }
    printf("}\n");
    free(done);
}

static void read_key(const char *path) {
    static unsigned char bytes[65536];
    FILE *f = fopen(path, "re");
    gnutls_datum_t key = { bytes, 0 };

    if (f != NULL) {
        key.size = (unsigned) fread(bytes, 1, sizeof bytes, f);
        fclose(f);
    }
    if (key.size == 0) {
        die("cannot read the key (-k)", 1);
    }
    gnutls_psk_allocate_client_credentials(&credentials);
    gnutls_psk_set_client_credentials(credentials, "lrmd", &key, GNUTLS_PSK_KEY_RAW);
}

int main(int argc, char **argv) {
    int count = 200, option;
    double limit_ms = 60000;
    const char *key = "/etc/pacemaker/authkey", *output = "/dev/null";
    client *clients;
    pid_t daemon;

    while ((option = getopt(argc, argv, "+n:k:p:t:D:")) != -1) {
        switch (option) {
            case 'n': count = atoi(optarg); break;
            case 'k': key = optarg; break;
            case 'p': port = atoi(optarg); break;
            case 't': limit_ms = atof(optarg) * 1e3; break;
            case 'D': output = optarg; break;
            default: die("see the comment at the top of storm.c for usage", 2);
        }
    }
    if (count < 1 || optind == argc) {
        die("wants a positive -n and a daemon command", 2);
    }
    signal(SIGPIPE, SIG_IGN);
    read_key(key);
    clients = calloc((size_t) count, sizeof *clients);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    daemon = start_daemon(argv + optind, key, output);
    usleep(300000);                 // as lrmd-bench does: let it come to rest

    for (int i = 0; i < count; i++) {
        prepare(&clients[i]);
    }
    unfinished = count;
    began = now_ms();
    for (int i = 0; i < count; i++) {
        begin(&clients[i]);
    }
    while (unfinished > 0 && now_ms() - began < limit_ms) {
        struct epoll_event events[64];
        int n = epoll_wait(epoll_fd, events, 64, 100);

        for (int i = 0; i < n; i++) {
            client *c = events[i].data.ptr;

            if (c->at < FINISHED) {
                step(c);
            }
        }
    }
    if (unfinished > 0 && first_error[0] == '\0') {
        snprintf(first_error, sizeof first_error, "%d unfinished after %.0f s", unfinished, limit_ms / 1e3);
    }
    report(clients, count);
    stop_daemon(daemon);
    return 0;
}
