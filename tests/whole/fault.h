// What the parts of the preloaded library share: see fault.c.
#ifndef FLEET_TESTS_FAULT_H
#define FLEET_TESTS_FAULT_H

#include <limits.h>

// What is to become of a call.
enum verdict { PASS, FAIL, SHORT };  // with FAIL, errno is set

// A counted call on a file.
enum verdict judge_fd(const char* name, int fd);
enum verdict judge_at(const char* name, int folder, const char* path);
// A read of a file; where those do not count, as judge_wait().
enum verdict judge_read(const char* name, int fd);
// A look into a folder: the kernel interrupts none and cuts none short, so it is only counted with the reads.
enum verdict judge_folder(int fd);
// A file that was open for writing is given back.
enum verdict judge_close(int fd);
// A read or a wait, of pipes too.
enum verdict judge_wait(void);
// Whether one more thread can be had.
enum verdict judge_thread(void);

// The next definition of a function, mostly libc's. Looked up each time: some calls come before any
// constructor.
void* fault_next(const char* name);
#define NEXT(name) ((__typeof__(name)*)fault_next(#name))

// The path behind a descriptor; for `path`, relative to `folder` as openat() takes it. Empty: none.
void path_of(int fd, char out[PATH_MAX]);
void path_at(int folder, const char* path, char out[PATH_MAX]);

// What a power cut would leave of the files below `root`, kept in `store`: durable.c.
void durable_start(const char* root, const char* store);
void durable_file(int fd);
void durable_all(void);

// A seed, or 0: the clocks are right.
unsigned long clock_seed(void);

#endif
