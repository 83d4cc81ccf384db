// Power loss, modelled at the level of whole files. The store holds
//
//   inodes/<inode>  the content of a file when it was synced last
//   tree/...        the names that a power cut would leave, as hard links to those
//
// A file's content is durable when the file is synced, and so is then the name it has. A folder's sync makes
// the names in it durable: those that are gone go, and a file that was never synced is there, and empty.
// Folders that were removed stay: nobody here minds. Each step is one rename(), so that a kill in between
// leaves a sync half done.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"

static char root[PATH_MAX], store[PATH_MAX], refs[PATH_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void join(char out[PATH_MAX], const char* folder, const char* name) {
  if (snprintf(out, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX) abort();
}

// A number is used again once its file is gone: the moment of birth tells them apart.
static void inode_path(int folder, const char* name, char out[PATH_MAX]) {
  struct statx status;
  if (statx(folder, name, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &status) != 0)
    abort();
  char text[100];
  snprintf(text, sizeof text, "inodes/%llu-%lld-%u", (unsigned long long)status.stx_ino,
           (long long)status.stx_btime.tv_sec, status.stx_btime.tv_nsec);
  join(out, store, text);
}

// Where the name of `path` is kept, with its folders made; 0 when it is not below the root.
static int kept_path(const char* path, char out[PATH_MAX]) {
  const size_t length = strlen(root);
  if (strncmp(path, root, length) != 0 || (path[length] != '/' && path[length] != '\0')) return 0;
  if (snprintf(out, PATH_MAX, "%s/tree%s", store, path + length) >= PATH_MAX) abort();
  for (char* slash = strchr(out + strlen(store) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
    *slash = '\0';
    NEXT(mkdir)(out, 0700);
    *slash = '/';
  }
  return 1;
}

static void link_over(const char* from, const char* to) {
  char beside[PATH_MAX];
  join(beside, store, "link");
  unlink(beside);
  if (NEXT(link)(from, beside) != 0 || NEXT(rename)(beside, to) != 0) abort();
  unlink(beside);  // still there where both were the same file
}

static void copy(int from, const char* to) {
  char beside[PATH_MAX];
  join(beside, store, "copy");
  struct stat status;
  if (fstat(from, &status) != 0) abort();
  const int out = NEXT(open)(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  off_t offset = 0;
  while (out >= 0 && offset < status.st_size &&
         NEXT(sendfile)(out, from, &offset, (size_t)(status.st_size - offset)) > 0) {
  }
  fchmod(out, status.st_mode & 07777);
  if (out < 0 || close(out) != 0 || NEXT(rename)(beside, to) != 0) abort();
}

static void keep_file(const char* path) {
  char inode[PATH_MAX], name[PATH_MAX];
  const int fd = NEXT(open)(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return;  // gone meanwhile
  if (kept_path(path, name)) {
    inode_path(fd, "", inode);
    copy(fd, inode);
    link_over(inode, name);
  }
  close(fd);
}

static void keep_name(int folder, const char* entry, const char* to) {
  char inode[PATH_MAX];
  inode_path(folder, entry, inode);
  if (access(inode, F_OK) != 0) close(NEXT(open)(inode, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  link_over(inode, to);
}

static void drop_names(const char* path, const char* kept) {
  DIR* folder = opendir(kept);
  for (struct dirent* entry; folder && (entry = readdir(folder));) {
    char here[PATH_MAX], there[PATH_MAX];
    join(here, path, entry->d_name);
    join(there, kept, entry->d_name);
    if (entry->d_type != DT_DIR && access(here, F_OK) != 0) unlink(there);
  }
  if (folder) closedir(folder);
}

static void keep_folder(const char* path, int with_files) {
  char kept[PATH_MAX], here[PATH_MAX], there[PATH_MAX];
  DIR* folder = opendir(path);
  join(here, path, ".");
  if (!folder || !kept_path(here, there)) return;
  snprintf(kept, sizeof kept, "%.*s", (int)strlen(there) - 2, there);
  for (struct dirent* entry; (entry = readdir(folder));) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    join(here, path, entry->d_name);
    join(there, kept, entry->d_name);
    if (entry->d_type == DT_DIR) {
      NEXT(mkdir)(there, 0700);
      if (with_files && strcmp(here, refs) != 0) keep_folder(here, with_files);
    } else if (entry->d_type == DT_REG) {
      if (with_files)
        keep_file(here);
      else if (access(here, F_OK) == 0)
        keep_name(dirfd(folder), entry->d_name, there);
    }
  }
  closedir(folder);
  drop_names(path, kept);
}

void durable_start(const char* from, const char* to) {
  if (snprintf(root, sizeof root, "%s", from) < 0 || snprintf(store, sizeof store, "%s", to) < 0) abort();
  char inodes[PATH_MAX];
  join(refs, root, ".git/refs");
  join(inodes, store, "inodes");
  NEXT(mkdir)(store, 0700);
  if (NEXT(mkdir)(inodes, 0700) == 0) durable_all();
}

void durable_file(int fd) {
  if (!root[0]) return;
  const int error = errno;
  char path[PATH_MAX];
  struct stat status;
  path_of(fd, path);
  pthread_mutex_lock(&lock);
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
    keep_file(path);
  else if (S_ISDIR(status.st_mode))
    keep_folder(path, 0);
  pthread_mutex_unlock(&lock);
  errno = error;
}

void durable_all(void) {
  if (!root[0]) return;
  const int error = errno;
  pthread_mutex_lock(&lock);
  // Others go on writing meanwhile. Refs first: what they lead to was written before them.
  keep_folder(refs, 1);
  keep_folder(root, 1);
  pthread_mutex_unlock(&lock);
  errno = error;
}
