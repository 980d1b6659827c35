// The promise of write_output_file: the old file or a complete new one, and nothing left beside it.
#include "compiler/link/output_file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "test/unit/link/scratch.h"

namespace skein::link {

static mode_t permissions(const std::string& path) {
  struct stat info = {};
  stat(path.c_str(), &info);
  return info.st_mode & 07777;
}

TEST(OutputFile, NewFileHasTheBytesAndTheUsualPermissions) {
  Scratch scratch;
  umask(022);
  EXPECT_EQ(write_output_file(scratch.file("a"), "new", FileMode::Executable), std::nullopt);
  EXPECT_EQ(content(scratch.file("a")), "new");
  EXPECT_EQ(permissions(scratch.file("a")), 0755u);
  EXPECT_EQ(write_output_file(scratch.file("b"), "new", FileMode::Plain), std::nullopt);
  EXPECT_EQ(permissions(scratch.file("b")), 0644u);
}

TEST(OutputFile, OldFileIsReplacedWhole) {
  Scratch scratch;
  std::ofstream(scratch.file("a")) << "a long old content";
  EXPECT_EQ(write_output_file(scratch.file("a"), "new", FileMode::Plain), std::nullopt);
  EXPECT_EQ(content(scratch.file("a")), "new");
  EXPECT_EQ(scratch.entries(), 1u);
}

TEST(OutputFile, FullDiskLeavesTheOldFile) {
  // A limit on file size refuses the bytes as a full disk does: in the middle of the writing.
  Scratch scratch;
  std::ofstream(scratch.file("a")) << "old";
  signal(SIGXFSZ, SIG_IGN);
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = {4096, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::optional<std::string> failure =
      write_output_file(scratch.file("a"), std::string(10000, 'x'), FileMode::Plain);
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(failure, "File too large");
  EXPECT_EQ(content(scratch.file("a")), "old");
  EXPECT_EQ(scratch.entries(), 1u);
}

TEST(OutputFile, DirectoryInTheWayIsRefusedAndKept) {
  Scratch scratch;
  mkdir(scratch.file("a").c_str(), 0755);
  EXPECT_EQ(write_output_file(scratch.file("a"), "new", FileMode::Plain), "Is a directory");
  EXPECT_EQ(scratch.entries(), 1u);
}

TEST(OutputFile, MissingDirectoryIsSaid) {
  Scratch scratch;
  EXPECT_EQ(write_output_file(scratch.file("no/a"), "new", FileMode::Plain),
            "No such file or directory");
}

TEST(OutputFile, UnwritableDirectoryIsSaid) {
  EXPECT_NE(write_output_file("/proc/self/a", "new", FileMode::Plain), std::nullopt);
}

TEST(OutputFile, LinkIsReplacedAndItsTargetKept) {
  Scratch scratch;
  std::ofstream(scratch.file("target")) << "old";
  ASSERT_EQ(symlink("target", scratch.file("a").c_str()), 0);
  EXPECT_EQ(write_output_file(scratch.file("a"), "new", FileMode::Plain), std::nullopt);
  EXPECT_EQ(content(scratch.file("a")), "new");
  EXPECT_EQ(content(scratch.file("target")), "old");
}

TEST(OutputFile, DeviceIsWrittenToAndStaysADevice) {
  EXPECT_EQ(write_output_file("/dev/null", "new", FileMode::Plain), std::nullopt);
  EXPECT_EQ(write_output_file("/dev/full", "new", FileMode::Plain), "No space left on device");
  struct stat info = {};
  ASSERT_EQ(stat("/dev/null", &info), 0);
  EXPECT_TRUE(S_ISCHR(info.st_mode));
}

}  // namespace skein::link
