// Preloaded into fleet by faults.py: makes the world fail at a chosen call. What goes to the disk is counted:
// calls that write, make, move or sync files below FAULT_UNDER. fleet's own calls, SQLite's and libgit2's all
// come by here; those of the programs of tasks do not, since fleet hands no LD_PRELOAD on.
//
//   FAULT_UNDER    folders, with `:` between them
//   FAULT_ON       only calls on paths with this in them count
//   FAULT_TRACE    a file that gets a line for each counted call: number, call, what was done to it, path
//   FAULT_KIND     enospc, eio, eintr, short (half of it is written), kill, emfile (files cannot be opened;
//                  only then do all that are opened count), eio-read (files cannot be read; only then do
//                  reads count, of files and folders, and nothing else does), eio-remove and eio-close (the
//                  same of files and folders that are to go, and of files that were open for writing: those
//                  are closed for all that, as the kernel does it)
//   FAULT_AT       the number of the call, from 1
//   FAULT_LASTING  that call and all that follow
//   FAULT_EVERY    each so-many-th call instead; only what every program must expect is interrupted or cut
//   short
//                  then, but of any file or pipe: reads, writes and waits
//   FAULT_CLOCK    a seed: the time of day jumps back and forth by hours, the steady clock does not
//   FAULT_THREADS  no more threads than this can be started
//   FAULT_DURABLE  a folder: keeps what would outlive a power cut of the first folder of FAULT_UNDER
#define _GNU_SOURCE
#include "fault.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
  bool ready;
  const char* under;
  const char* on;
  const char* kind;
  long at, every, threads;
  bool lasting;
  int trace;
  unsigned long clock;
} settings;
static atomic_long calls, waits, threads;

void* fault_next(const char* name) {
  return dlsym(RTLD_NEXT, name);
}

unsigned long clock_seed(void) {
  return settings.clock;
}

static long number(const char* name) {
  const char* text = getenv(name);
  return text ? atol(text) : 0;
}

__attribute__((constructor)) static void start(void) {
  settings.under = getenv("FAULT_UNDER");
  settings.on = getenv("FAULT_ON");
  settings.kind = getenv("FAULT_KIND");
  settings.clock = (unsigned long)number("FAULT_CLOCK");
  settings.at = number("FAULT_AT");
  settings.every = number("FAULT_EVERY");
  settings.threads = getenv("FAULT_THREADS") ? number("FAULT_THREADS") : -1;
  settings.lasting = number("FAULT_LASTING") != 0;
  const char* trace = getenv("FAULT_TRACE");
  settings.trace = trace ? NEXT(open)(trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  const char* durable = getenv("FAULT_DURABLE");
  if (durable && settings.under) {
    char root[PATH_MAX];
    snprintf(root, sizeof root, "%.*s", (int)strcspn(settings.under, ":"), settings.under);
    durable_start(root, durable);
  }
  settings.ready = settings.under != NULL;
}

void path_of(int fd, char out[PATH_MAX]) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, out, PATH_MAX - 1);
  out[length > 0 ? length : 0] = '\0';
}

void path_at(int folder, const char* path, char out[PATH_MAX]) {
  char base[PATH_MAX] = "";
  if (path[0] != '/') {
    if (folder != AT_FDCWD) {
      path_of(folder, base);
    } else if (!getcwd(base, sizeof base)) {
      base[0] = '\0';
    }
  }
  if (snprintf(out, PATH_MAX, "%s%s%s", base, base[0] ? "/" : "", path) >= PATH_MAX) out[0] = '\0';
}

static bool is_watched(const char* path) {
  if (settings.on && !strstr(path, settings.on)) return false;
  for (const char* folder = settings.under; *folder;) {
    const size_t length = strcspn(folder, ":");
    if (strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0')) return true;
    folder += length + (folder[length] == ':');
  }
  return false;
}

static bool is_kind(const char* kind) {
  return settings.kind && strcmp(settings.kind, kind) == 0;
}

static bool is_hit(long call) {
  if (settings.every > 0) return call % settings.every == 0;
  return settings.at > 0 && (settings.lasting ? call >= settings.at : call == settings.at);
}

static void trace(long call, const char* name, const char* done, const char* path) {
  char line[PATH_MAX + 100];
  const int length = snprintf(line, sizeof line, "%ld %s %s %s\n", call, name, done, path);
  if (settings.trace >= 0 && length > 0) (void)!NEXT(write)(settings.trace, line, (size_t)length);
}

// Whether a call can be cut short at all; and only those are interrupted in rows, since of the others few
// programs expect it.
static bool moves_bytes(const char* name) {
  return strstr(name, "write") != NULL || strstr(name, "copy") != NULL;
}

// Which calls count: what changes the disk, but for the kinds of faults that have calls of their own.
static bool counts(const char* name) {
  static const char* const own[][2] = {
      {"read", "eio-read"}, {"remove", "eio-remove"}, {"close", "eio-close"}};
  for (size_t i = 0; i < sizeof own / sizeof *own; ++i) {
    const bool is_of_it = strncmp(name, own[i][0], strlen(own[i][0])) == 0;
    if (is_of_it || is_kind(own[i][1])) return is_of_it && is_kind(own[i][1]);
  }
  return strcmp(name, "open") != 0 || is_kind("emfile");
}

static enum verdict judge(const char* name, const char* path) {
  const bool only_opens = strcmp(name, "open") == 0;
  if (!is_watched(path) || !counts(name)) return PASS;
  const long call = atomic_fetch_add(&calls, 1) + 1;
  const bool needs_bytes = is_kind("short") || (is_kind("eintr") && settings.every > 0);
  const bool needs_open = is_kind("emfile") && !only_opens && strcmp(name, "create") != 0;
  if (!settings.kind || !is_hit(call) || (needs_bytes && !moves_bytes(name)) || needs_open) {
    trace(call, name, "passed", path);
    return PASS;
  }
  trace(call, name, settings.kind, path);
  if (is_kind("kill")) kill(getpid(), SIGKILL);
  if (is_kind("short")) return SHORT;
  errno = strncmp(settings.kind, "eio", 3) == 0 ? EIO
          : is_kind("eintr")                    ? EINTR
          : is_kind("emfile")                   ? EMFILE
                                                : ENOSPC;
  return FAIL;
}

enum verdict judge_fd(const char* name, int fd) {
  if (!settings.ready) return PASS;
  char path[PATH_MAX];
  path_of(fd, path);
  return judge(name, path);
}

enum verdict judge_at(const char* name, int folder, const char* path) {
  if (!settings.ready) return PASS;
  char whole[PATH_MAX];
  path_at(folder, path, whole);
  return judge(name, whole);
}

enum verdict judge_read(const char* name, int fd) {
  return is_kind("eio-read") ? judge_fd(name, fd) : judge_wait();
}

enum verdict judge_folder(int fd) {
  return is_kind("eio-read") ? judge_fd("read-folder", fd) : PASS;
}

enum verdict judge_close(int fd) {
  struct stat info;
  const bool is_written = settings.ready && is_kind("eio-close") && fstat(fd, &info) == 0 &&
                          S_ISREG(info.st_mode) && (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY;
  return is_written ? judge_fd("close", fd) : PASS;
}

enum verdict judge_wait(void) {
  if (!settings.ready || settings.every == 0 || !is_hit(atomic_fetch_add(&waits, 1) + 1)) return PASS;
  if (is_kind("short")) return SHORT;
  if (!is_kind("eintr")) return PASS;
  errno = EINTR;
  return FAIL;
}

enum verdict judge_thread(void) {
  if (settings.threads < 0 || atomic_fetch_add(&threads, 1) < settings.threads) return PASS;
  trace(0, "start", "eagain", "a thread");
  return FAIL;
}
