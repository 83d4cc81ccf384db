// The calls that the preloaded library stands in front of: see fault.c.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"

static size_t half(size_t size) {
  return size > 1 ? size / 2 : size;
}

// Bytes that go to a file: `size` is what the call was asked to write.
#define WRITING(name, fd, size)                    \
  const enum verdict verdict = judge_fd(name, fd); \
  if (verdict == FAIL) return -1;                  \
  if (verdict == SHORT) (size) = (__typeof__(size))half((size_t)(size))

ssize_t write(int fd, const void* bytes, size_t size) {
  WRITING("write", fd, size);
  return NEXT(write)(fd, bytes, size);
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  WRITING("pwrite", fd, size);
  return NEXT(pwrite)(fd, bytes, size, offset);
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
  WRITING("pwrite", fd, size);
  return NEXT(pwrite64)(fd, bytes, size, offset);
}

ssize_t writev(int fd, const struct iovec* parts, int count) {
  WRITING("writev", fd, count);
  return NEXT(writev)(fd, parts, count);
}

ssize_t pwritev(int fd, const struct iovec* parts, int count, off_t offset) {
  WRITING("pwritev", fd, count);
  return NEXT(pwritev)(fd, parts, count, offset);
}

ssize_t copy_file_range(int from, off64_t* from_offset, int to, off64_t* to_offset, size_t size,
                        unsigned flags) {
  WRITING("copy_file_range", to, size);
  return NEXT(copy_file_range)(from, from_offset, to, to_offset, size, flags);
}

ssize_t sendfile(int to, int from, off_t* offset, size_t size) {
  WRITING("sendfile-copy", to, size);
  return NEXT(sendfile)(to, from, offset, size);
}

int ftruncate(int fd, off_t size) {
  return judge_fd("ftruncate", fd) == FAIL ? -1 : NEXT(ftruncate)(fd, size);
}

int ftruncate64(int fd, off64_t size) {
  return judge_fd("ftruncate", fd) == FAIL ? -1 : NEXT(ftruncate64)(fd, size);
}

// What is durable is kept beside, at the moment of the sync: no need to wait for the real disk too.
int fsync(int fd) {
  if (judge_fd("fsync", fd) == FAIL) return -1;
  durable_file(fd);
  return 0;
}

int fdatasync(int fd) {
  if (judge_fd("fdatasync", fd) == FAIL) return -1;
  durable_file(fd);
  return 0;
}

int syncfs(int fd) {
  if (judge_fd("syncfs", fd) == FAIL) return -1;
  durable_all();
  return 0;
}

int rename(const char* from, const char* to) {
  return judge_at("rename", AT_FDCWD, to) == FAIL ? -1 : NEXT(rename)(from, to);
}

int renameat(int from_folder, const char* from, int to_folder, const char* to) {
  return judge_at("rename", to_folder, to) == FAIL ? -1 : NEXT(renameat)(from_folder, from, to_folder, to);
}

int unlink(const char* path) {
  return judge_at("remove", AT_FDCWD, path) == FAIL ? -1 : NEXT(unlink)(path);
}

int unlinkat(int folder, const char* path, int flags) {
  return judge_at("remove", folder, path) == FAIL ? -1 : NEXT(unlinkat)(folder, path, flags);
}

int rmdir(const char* path) {
  return judge_at("remove", AT_FDCWD, path) == FAIL ? -1 : NEXT(rmdir)(path);
}

int remove(const char* path) {
  return judge_at("remove", AT_FDCWD, path) == FAIL ? -1 : NEXT(remove)(path);
}

int close(int fd) {
  const enum verdict verdict = judge_close(fd);
  const int error = errno;
  const int closed = NEXT(close)(fd);
  if (verdict != FAIL) return closed;
  errno = error;
  return -1;
}

int link(const char* from, const char* to) {
  return judge_at("link", AT_FDCWD, to) == FAIL ? -1 : NEXT(link)(from, to);
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) {
  if (judge_at("link", to_folder, to) == FAIL) return -1;
  return NEXT(linkat)(from_folder, from, to_folder, to, flags);
}

int symlink(const char* target, const char* path) {
  return judge_at("symlink", AT_FDCWD, path) == FAIL ? -1 : NEXT(symlink)(target, path);
}

int symlinkat(const char* target, int folder, const char* path) {
  return judge_at("symlink", folder, path) == FAIL ? -1 : NEXT(symlinkat)(target, folder, path);
}

int mkdir(const char* path, mode_t mode) {
  return judge_at("mkdir", AT_FDCWD, path) == FAIL ? -1 : NEXT(mkdir)(path, mode);
}

int mkdirat(int folder, const char* path, mode_t mode) {
  return judge_at("mkdir", folder, path) == FAIL ? -1 : NEXT(mkdirat)(folder, path, mode);
}

int mkostemp(char* pattern, int flags) {
  return judge_at("create", AT_FDCWD, pattern) == FAIL ? -1 : NEXT(mkostemp)(pattern, flags);
}

int mkostemp64(char* pattern, int flags) {
  return judge_at("create", AT_FDCWD, pattern) == FAIL ? -1 : NEXT(mkostemp64)(pattern, flags);
}

char* mkdtemp(char* pattern) {
  return judge_at("mkdir", AT_FDCWD, pattern) == FAIL ? NULL : NEXT(mkdtemp)(pattern);
}

// Only opening that may make a file goes to the disk; all need a descriptor.
#define OPENING(folder, path)          \
  mode_t mode = 0;                     \
  if (flags & (O_CREAT | O_TMPFILE)) { \
    va_list rest;                      \
    va_start(rest, flags);             \
    mode = va_arg(rest, mode_t);       \
    va_end(rest);                      \
  }                                    \
  if (judge_at((flags & O_CREAT) ? "create" : "open", folder, path) == FAIL) return -1

int open(const char* path, int flags, ...) {
  OPENING(AT_FDCWD, path);
  return NEXT(open)(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  OPENING(AT_FDCWD, path);
  return NEXT(open64)(path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  OPENING(folder, path);
  return NEXT(openat)(folder, path, flags, mode);
}

int openat64(int folder, const char* path, int flags, ...) {
  OPENING(folder, path);
  return NEXT(openat64)(folder, path, flags, mode);
}

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*work)(void*), void* with) {
  return judge_thread() == FAIL ? EAGAIN : NEXT(pthread_create)(thread, attributes, work, with);
}

#define READING(name, fd, size)                      \
  const enum verdict verdict = judge_read(name, fd); \
  if (verdict == FAIL) return -1;                    \
  if (verdict == SHORT) (size) = half(size)

ssize_t read(int fd, void* bytes, size_t size) {
  READING("read", fd, size);
  return NEXT(read)(fd, bytes, size);
}

ssize_t pread(int fd, void* bytes, size_t size, off_t offset) {
  READING("read", fd, size);
  return NEXT(pread)(fd, bytes, size, offset);
}

ssize_t pread64(int fd, void* bytes, size_t size, off64_t offset) {
  READING("read", fd, size);
  return NEXT(pread64)(fd, bytes, size, offset);
}

ssize_t getdents64(int fd, void* entries, size_t size) {
  return judge_folder(fd) == FAIL ? -1 : NEXT(getdents64)(fd, entries, size);
}

struct dirent* readdir(DIR* folder) {
  return judge_folder(dirfd(folder)) == FAIL ? NULL : NEXT(readdir)(folder);
}

struct dirent64* readdir64(DIR* folder) {
  return judge_folder(dirfd(folder)) == FAIL ? NULL : NEXT(readdir64)(folder);
}

int epoll_wait(int fd, struct epoll_event* events, int count, int milliseconds) {
  return judge_wait() == FAIL ? -1 : NEXT(epoll_wait)(fd, events, count, milliseconds);
}

int poll(struct pollfd* files, nfds_t count, int milliseconds) {
  return judge_wait() == FAIL ? -1 : NEXT(poll)(files, count, milliseconds);
}

// By how many seconds the time of day is wrong: another amount every few looks, up to nine hours in either
// direction.
static time_t shift(void) {
  static atomic_ulong looks;
  const unsigned long seed = clock_seed();
  if (seed == 0) return 0;
  unsigned long bits = (seed + atomic_fetch_add(&looks, 1) / 7) * 6364136223846793005UL;
  bits ^= bits >> 29;
  return (time_t)(bits % 64801) - 32400;
}

int clock_gettime(clockid_t clock, struct timespec* out) {
  const int answer = NEXT(clock_gettime)(clock, out);
  if (answer == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) out->tv_sec += shift();
  return answer;
}

int gettimeofday(struct timeval* restrict out, void* restrict zone) {
  const int answer = NEXT(gettimeofday)(out, zone);
  if (answer == 0) out->tv_sec += shift();
  return answer;
}

time_t time(time_t* out) {
  const time_t now = NEXT(time)(NULL) + shift();
  if (out) *out = now;
  return now;
}
