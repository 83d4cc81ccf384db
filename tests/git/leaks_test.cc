// libgit2 1.5.1 leaks where a repository's format has extensions (a regular expression for each setting that
// is none) and where a pack turns out to be damaged. Not ours to mend.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpcre2\nleak:libgit2\n";
}
