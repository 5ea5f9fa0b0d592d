// Socket functions for a C library that has none: each fails with "not supported".
//
// Rust's std for wasm32-wasip2 links against them. The WASI 0.1 libc that c.sh fetches
// lacks them, and no component opens a socket: components use wasi:http and Spin's
// interfaces. Functions that libc does have (send, recv, shutdown, accept, getsockopt)
// are not repeated here.
#include <errno.h>
#include <stddef.h>

typedef unsigned length;
struct address;
struct info;

static int unsupported(void) {
  errno = ENOTSUP;
  return -1;
}

int socket(int domain, int type, int protocol) { return unsupported(); }
int bind(int fd, const struct address *a, length n) { return unsupported(); }
int connect(int fd, const struct address *a, length n) { return unsupported(); }
int listen(int fd, int backlog) { return unsupported(); }
int getsockname(int fd, struct address *a, length *n) { return unsupported(); }
int getpeername(int fd, struct address *a, length *n) { return unsupported(); }
int setsockopt(int fd, int level, int name, const void *value, length n) {
  return unsupported();
}
long sendto(int fd, const void *data, size_t size, int flags,
            const struct address *a, length n) {
  return unsupported();
}
long recvfrom(int fd, void *data, size_t size, int flags, struct address *a,
              length *n) {
  return unsupported();
}

// EAI_FAIL in WASI's netdb.h: an unspecified failure.
enum { LOOKUP_FAILED = -4 };
int getaddrinfo(const char *host, const char *service, const struct info *hints,
                struct info **found) {
  return LOOKUP_FAILED;
}
void freeaddrinfo(struct info *list) {}
const char *gai_strerror(int code) { return "no network names on this system"; }
