// A linked image starts, and everything that can stop a link is said in words.
#include "compiler/link/link.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "compiler/link/system_files.h"
#include "test/unit/link/scratch.h"

namespace skein::link {

// A static library with nothing in it stands for the runtime.
static std::string empty_library(const Scratch& scratch) {
  std::ofstream(scratch.file("empty.a")) << "!<arch>\n";
  return scratch.file("empty.a");
}

// Starts the image with one argument; its exit status.
static int start(const Image& image) {
  pid_t child = fork();
  if (child == 0) {
    char name[] = "program";
    char argument[] = "x";
    char* argv[] = {name, argument, nullptr};
    char* envp[] = {nullptr};
    close(STDOUT_FILENO);
    fexecve(image.fd(), argv, envp);
    _exit(99);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Link, ImageStartsFromMemory) {
  Scratch scratch;
  Image image = link_executable({content(LINK_TEST_OBJECT)}, empty_library(scratch), {});
  ASSERT_EQ(image.state, Image::State::Linked) << image.detail;
  EXPECT_EQ(image.bytes().substr(1, 3), "ELF");
  EXPECT_EQ(start(image), 2);
}

TEST(Link, StaticAndStrippedImageStarts) {
  Scratch scratch;
  Options options;
  options.is_static = true;
  options.strip = true;
  Image image = link_executable({content(LINK_TEST_OBJECT)}, empty_library(scratch), options);
  ASSERT_EQ(image.state, Image::State::Linked) << image.detail;
  EXPECT_EQ(start(image), 2);
}

TEST(Link, BrokenObjectIsRejectedInTheLinkersWords) {
  Scratch scratch;
  Image image = link_executable({"not an object"}, empty_library(scratch), {});
  EXPECT_EQ(image.state, Image::State::Rejected);
  EXPECT_NE(image.detail.find("ld.lld: error:"), std::string::npos) << image.detail;
}

TEST(Link, MissingRuntimeIsRejected) {
  Image image = link_executable({content(LINK_TEST_OBJECT)}, "/nowhere/libskein_rt.a", {});
  EXPECT_EQ(image.state, Image::State::Rejected);
  EXPECT_NE(image.detail.find("/nowhere/libskein_rt.a"), std::string::npos) << image.detail;
}

TEST(Link, MissingLinkerIsNamed) {
  setenv("SKEIN_LINKER", "/nowhere/ld.lld", 1);
  Image image = link_executable({}, "", {});
  unsetenv("SKEIN_LINKER");
  EXPECT_EQ(image.state, Image::State::NoLinker);
  EXPECT_EQ(image.detail, "/nowhere/ld.lld: No such file or directory");
}

TEST(Link, NewestVersionIsByNumber) {
  EXPECT_EQ(newest_version({"9", "12", "include", "10.2.0", "."}), "12");
  EXPECT_EQ(newest_version({"12", "12.2.0"}), "12.2.0");
  EXPECT_EQ(newest_version({"x", ".."}), "");
}

}  // namespace skein::link
