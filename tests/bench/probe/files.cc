#include "os/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/unique_fd.h"
#include "bench/probe/probe.h"

// The least that a checkout and a scan must do: make so many files, and look at so many.
namespace fleet::bench {
namespace {

// As bench/repositories.py lays them out.
std::string folder_of(std::int64_t file) {
  return fmt::format("d{:03}/s{:01}", file / 100 % 100, file / 10 % 10);
}

template <class Work>
void in_threads(std::int64_t threads, Work work) {
  std::vector<std::thread> running;
  for (std::int64_t i = 1; i < threads; ++i)
    running.emplace_back(work, i);
  work(0);
  for (std::thread& thread : running)
    thread.join();
}

std::int64_t stat_all(int parent, const char* name, std::vector<std::string>* folders) {
  base::UniqueFd fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  DIR* folder = fd ? ::fdopendir(fd.release()) : nullptr;
  if (folder == nullptr) give_up(fmt::format("{} cannot be read", name));
  std::int64_t files = 0;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string_view is = entry->d_name;
    if (is == "." || is == ".." || is == ".git") continue;
    struct stat info {};
    if (::fstatat(::dirfd(folder), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) give_up("stat failed");
    if (!S_ISDIR(info.st_mode)) {
      ++files;
    } else if (folders != nullptr) {
      folders->push_back(fmt::format("{}/{}", name, is));
    } else {
      files += stat_all(::dirfd(folder), entry->d_name, nullptr);
    }
  }
  ::closedir(folder);
  return files;
}

}  // namespace

Figures probe_write_files(Arguments& arguments) {
  const std::string root = arguments.text();
  const std::int64_t files = arguments.number();
  const std::string content(static_cast<std::size_t>(arguments.number()), 'x');
  const std::int64_t threads = arguments.number();
  const double seconds = seconds_of([&] {
    in_threads(threads, [&](std::int64_t thread) {
      std::string last;
      for (std::int64_t i = files * thread / threads; i < files * (thread + 1) / threads; ++i) {
        const std::string folder = root + "/" + folder_of(i);
        if (folder != last) must(os::make_directories(folder));
        last = folder;
        const base::UniqueFd fd(
            ::open(fmt::format("{}/f{}", folder, i).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
        if (!fd) give_up("a file cannot be made");
        must(os::write_all(fd.get(), content, folder));
      }
    });
  });
  return {{"seconds", seconds}};
}

Figures probe_stat_files(Arguments& arguments) {
  const std::string root = arguments.text();
  const std::int64_t threads = arguments.number();
  std::atomic<std::int64_t> files = 0;
  const double seconds = seconds_of([&] {
    std::vector<std::string> folders;
    files += stat_all(AT_FDCWD, root.c_str(), &folders);
    std::atomic<std::size_t> next = 0;
    in_threads(threads, [&](std::int64_t) {
      for (std::size_t i = next++; i < folders.size(); i = next++)
        files += stat_all(AT_FDCWD, folders[i].c_str(), nullptr);
    });
  });
  return {{"seconds", seconds}, {"files", static_cast<double>(files)}};
}

}  // namespace fleet::bench
