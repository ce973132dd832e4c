// Longer than most: one program, so that it is built once and says no more than a line a command.
// A client of libqb for the tests of the local services: `qb-client SERVICE BYTES COMMAND [ARGUMENT…]`. libqb is loaded at
// run time, so that only its library has to be there and not its headers. Prints one line a result; 0 = as it should be.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// The head of every message: what libqb's own headers are.
struct head {
	int32_t id __attribute__((aligned(8)));
	int32_t size __attribute__((aligned(8)));
} __attribute__((aligned(8)));

// What the echo service is asked for, after the head.
struct wish {
	struct head head;
	int32_t kind;  // 0 echo, 1 responses, 2 events, 3 nothing
	int32_t count;
	int32_t bytes;
};

typedef void connection;
static connection *(*qb_connect)(const char *, size_t);
static void (*qb_disconnect)(connection *);
static ssize_t (*qb_send)(connection *, const void *, size_t);
static ssize_t (*qb_recv)(connection *, void *, size_t, int32_t);
static ssize_t (*qb_event)(connection *, void *, size_t, int32_t);
static int32_t (*qb_fd)(connection *, int32_t *);
static int32_t (*qb_size)(connection *);

enum { WAIT_MS = 20000, LARGEST = 32 * 1024 * 1024 };
static char *buffer;
static char *sent;

static void load(void)
{
	void *library = dlopen("libqb.so.100", RTLD_NOW);
	if (library == NULL) {
		puts("no libqb");
		exit(77);
	}
	qb_connect = dlsym(library, "qb_ipcc_connect");
	qb_disconnect = dlsym(library, "qb_ipcc_disconnect");
	qb_send = dlsym(library, "qb_ipcc_send");
	qb_recv = dlsym(library, "qb_ipcc_recv");
	qb_event = dlsym(library, "qb_ipcc_event_recv");
	qb_fd = dlsym(library, "qb_ipcc_fd_get");
	qb_size = dlsym(library, "qb_ipcc_get_buffer_size");
	buffer = malloc(LARGEST);
	sent = malloc(LARGEST);
}

static int fail(const char *what, ssize_t result)
{
	printf("%s: %zd %s\n", what, result, result < 0 ? strerror((int)-result) : "");
	return 1;
}

// A full ring, or a service that wants no more for a while, is tried again as Pacemaker's library does it.
static ssize_t send_all(connection *c, const void *message, size_t bytes)
{
	ssize_t result = -EAGAIN;
	for (int left = WAIT_MS; left > 0 && result == -EAGAIN; left -= 1) {
		result = qb_send(c, message, bytes);
		if (result == -EAGAIN) {
			usleep(1000);
		}
	}
	return result;
}

static int ask(connection *c, int32_t kind, int32_t count, int32_t bytes)
{
	struct wish wish = {{1, sizeof wish}, kind, count, bytes};
	ssize_t result = send_all(c, &wish, sizeof wish);
	return result < 0 ? fail("send", result) : 0;
}

static int echo(connection *c, size_t bytes, unsigned round)
{
	struct wish *wish = (struct wish *)sent;
	for (size_t at = 0; at < bytes; at += 1) {
		sent[at] = (char)(at * 31 + round);
	}
	if (bytes >= sizeof(struct head)) {
		wish->head.id = 1;
		wish->head.size = (int32_t)bytes;
	}
	if (bytes >= sizeof *wish) {
		wish->kind = 0;
	}
	ssize_t result = send_all(c, sent, bytes);
	if (result < 0) {
		return fail("send", result);
	}
	result = qb_recv(c, buffer, LARGEST, WAIT_MS);
	if (result != (ssize_t)bytes) {
		return fail("recv", result);
	}
	return memcmp(sent, buffer, bytes) == 0 ? 0 : fail("differs", (ssize_t)bytes);
}

static int command_echo(connection *c, int rounds, char **sizes)
{
	for (int round = 0; round < rounds; round += 1) {
		for (char **size = sizes; *size != NULL; size += 1) {
			if (echo(c, strtoul(*size, NULL, 10), (unsigned)round) != 0) {
				return 1;
			}
		}
	}
	return 0;
}

// Each message that comes holds its number after the head.
static int numbered(connection *c, int32_t kind, int32_t count, int32_t bytes, int sleep_ms)
{
	if (ask(c, kind, count, bytes) != 0) {
		return 1;
	}
	usleep((useconds_t)sleep_ms * 1000);
	for (int32_t expected = 0; expected < count; expected += 1) {
		ssize_t result = kind == 2 ? qb_event(c, buffer, LARGEST, WAIT_MS) : qb_recv(c, buffer, LARGEST, WAIT_MS);
		if (result != bytes) {
			return fail("recv", result);
		}
		int32_t number = *(int32_t *)(buffer + sizeof(struct head));
		if (number != expected) {
			printf("expected %d, got %d\n", expected, number);
			return 1;
		}
	}
	return 0;
}

// Asks for events, and then for an echo before it has read any of them.
static int behind(connection *c, int32_t count, int32_t bytes)
{
	if (ask(c, 2, count, bytes) != 0 || echo(c, 100, 1) != 0) {
		return 1;
	}
	// By now all of them wait: twice, so that the server has had its turn.
	return echo(c, 100, 2);
}

static int wait_for_end(void)
{
	char byte;
	puts("connected");
	fflush(stdout);
	return (int)read(0, &byte, 1) > 0;
}

// The path of the mapped file of the connection whose name ends so.
static const char *mapped(const char *suffix)
{
	static char line[1024];
	FILE *maps = fopen("/proc/self/maps", "r");
	while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
		char *path = strchr(line, '/');
		if (path != NULL && strstr(path, "/qb-") != NULL && strstr(path, suffix) != NULL) {
			path[strcspn(path, "\n")] = 0;
			return path;
		}
	}
	return NULL;
}

// Makes the server touch what was spoilt, without touching it here, where it would kill us; then waits to be dropped.
static int provoke(connection *c, const char *suffix)
{
	int32_t fd = -1;
	char byte = 0;
	qb_fd(c, &fd);
	if (strncmp(suffix, "request", 7) == 0) {
		if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1) {
			return fail("send", -errno);
		}
	} else if (ask(c, suffix[0] == 'e' ? 2 : 1, 1, 100) != 0) {
		return 1;
	}
	if (strstr(suffix, "response") != NULL && strstr(suffix, "-data") != NULL) {
		return 0;  // the server just writes
	}
	while (recv(fd, &byte, 1, 0) > 0) {
	}
	puts("dropped");
	fflush(stdout);
	_exit(0);  // nor does libqb touch it
}

// Does something bad to one file of the connection.
static int spoil(connection *c, const char *suffix, const char *how)
{
	const char *path = mapped(suffix);
	if (path == NULL) {
		return fail("not mapped", 0);
	}
	if (strcmp(how, "unlink") == 0) {
		return unlink(path) != 0 ? fail("unlink", -errno) : echo(c, 200, 1);
	}
	if (strcmp(how, "truncate") == 0) {
		return truncate(path, 0) != 0 ? fail("truncate", -errno) : provoke(c, suffix);
	}
	uint32_t words[2] = {0xfffffff0u, 0x7fffffffu};
	int fd = open(path, O_RDWR);
	if (pwrite(fd, words, sizeof words, 0) != sizeof words) {
		return fail("write", -errno);
	}
	close(fd);
	return provoke(c, suffix);
}

static int garbage(connection *c, unsigned seed)
{
	srand(seed);
	if (seed % 3 == 0) {
		// Bytes that announce what is not there.
		int32_t fd = -1;
		qb_fd(c, &fd);
		(void)send(fd, sent, (size_t)(rand() % 50) + 1, MSG_NOSIGNAL);
		return 0;
	}
	size_t bytes = (size_t)(rand() % 3000);
	for (size_t at = 0; at < bytes; at += 1) {
		sent[at] = (char)rand();
	}
	(void)qb_send(c, sent, bytes);
	return 0;
}

static int dial(const char *service)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "%s", service);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

static void wait_for_cut(int fd)
{
	while (recv(fd, buffer, LARGEST, 0) > 0) {
	}
	close(fd);
}

// What is no set-up at all, on a socket of its own.
static int raw(const char *service, unsigned seed)
{
	int fd = dial(service);
	srand(seed);
	size_t bytes = (size_t)(rand() % 40) + 1;
	for (size_t at = 0; at < bytes; at += 1) {
		sent[at] = (char)rand();
	}
	if (fd < 0 || send(fd, sent, bytes, MSG_NOSIGNAL) < 0) {
		return fail("send", -errno);
	}
	if (bytes >= 24) {
		wait_for_cut(fd);
	} else {
		close(fd);
	}
	return 0;
}

// Connects and says nothing.
static int silent(const char *service)
{
	int fd = dial(service);
	if (fd < 0) {
		return fail("connect", -errno);
	}
	wait_for_cut(fd);
	puts("cut off");
	return 0;
}

// Connects very often and says nothing, until it may go on.
static int crowd(const char *service, int connections)
{
	for (int made = 0; made < connections; made += 1) {
		if (dial(service) < 0) {
			return fail("connect", -errno);
		}
	}
	return wait_for_end();
}

static int many(const char *service, size_t size, int clients, int rounds)
{
	int good = 0;
	char *sizes[] = {"100", "600", NULL};
	for (int client = 0; client < clients; client += 1) {
		if (fork() == 0) {
			connection *c = qb_connect(service, size);
			if (c == NULL) {
				_exit(errno);
			}
			int failed = command_echo(c, rounds, sizes);
			qb_disconnect(c);
			_exit(failed);
		}
	}
	for (int client = 0, status; client < clients; client += 1) {
		if (wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
			good += 1;
		}
	}
	printf("%d of %d\n", good, clients);
	return good != clients;
}

// Each with a connection of its own, one after the other.
static int storm(const char *service, size_t size, int rounds)
{
	for (int seed = 0; seed < rounds; seed += 1) {
		if (seed % 2 == 0) {
			if (raw(service, (unsigned)seed) != 0) {
				return 1;
			}
			continue;
		}
		connection *c = qb_connect(service, size);
		if (c == NULL) {
			return fail("connect", -errno);
		}
		garbage(c, (unsigned)seed);
		qb_disconnect(c);
	}
	puts("ok");
	return 0;
}

static int run(connection *c, char **arguments)
{
	const char *command = arguments[0];
	if (strcmp(command, "echo") == 0) {
		return command_echo(c, atoi(arguments[1]), arguments + 2);
	}
	if (strcmp(command, "responses") == 0 || strcmp(command, "events") == 0) {
		return numbered(c, command[0] == 'r' ? 1 : 2, atoi(arguments[1]), atoi(arguments[2]), atoi(arguments[3]));
	}
	if (strcmp(command, "behind") == 0) {
		return behind(c, atoi(arguments[1]), atoi(arguments[2]));
	}
	if (strcmp(command, "hold") == 0) {
		return wait_for_end();
	}
	if (strcmp(command, "ask-and-hold") == 0) {
		return ask(c, atoi(arguments[1]), atoi(arguments[2]), atoi(arguments[3])) || wait_for_end();
	}
	if (strcmp(command, "spoil") == 0) {
		return spoil(c, arguments[1], arguments[2]);
	}
	if (strcmp(command, "size") == 0) {
		printf("%d\n", qb_size(c));
		return 0;
	}
	return fail("unknown command", 0);
}

int main(int count, char **arguments)
{
	if (count < 4) {
		return 64;
	}
	load();
	size_t size = strtoul(arguments[2], NULL, 10);
	if (strcmp(arguments[3], "many") == 0) {
		return many(arguments[1], size, atoi(arguments[4]), atoi(arguments[5]));
	}
	if (strcmp(arguments[3], "silent") == 0) {
		return silent(arguments[1]);
	}
	if (strcmp(arguments[3], "crowd") == 0) {
		return crowd(arguments[1], atoi(arguments[4]));
	}
	if (strcmp(arguments[3], "garbage") == 0) {
		return storm(arguments[1], size, atoi(arguments[4]));
	}
	connection *c = qb_connect(arguments[1], size);
	if (c == NULL) {
		printf("connect: %s\n", strerror(errno));
		return 2;
	}
	int result = run(c, arguments + 3);
	qb_disconnect(c);
	if (result == 0) {
		puts("ok");
	}
	return result;
}
