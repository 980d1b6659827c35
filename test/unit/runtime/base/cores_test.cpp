// The quota of a control group bounds the number of cores, wherever above the process it is set.
#include "runtime/base/cores.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

namespace skein::base {

class CoresTest : public ::testing::Test {
 protected:
  CoresTest() : tree_(::testing::TempDir() + "skein_cores." + std::to_string(getpid())) {}
  ~CoresTest() override { std::filesystem::remove_all(tree_); }

  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path whole = tree_ / path;
    std::filesystem::create_directories(whole.parent_path());
    std::ofstream(whole) << text;
  }

  int cores(const std::string& own_groups) {
    write("own", own_groups);
    return cores_of_groups((tree_ / "own").c_str(), tree_.c_str());
  }

 private:
  std::filesystem::path tree_;
};

TEST_F(CoresTest, ThereIsACoreToUse) { EXPECT_GE(usable_cores(), 1); }

TEST_F(CoresTest, GroupWithoutLimitBoundsNothing) {
  write("a/cpu.max", "max 100000\n");
  EXPECT_EQ(cores("0::/a\n"), 0);
  EXPECT_EQ(cores("0::/gone\n"), 0);
  EXPECT_EQ(cores(""), 0);
  EXPECT_EQ(cores_of_groups("/nowhere", "/nowhere"), 0);
}

TEST_F(CoresTest, PartOfACoreCountsAsOne) {
  write("a/cpu.max", "150000 100000\n");
  EXPECT_EQ(cores("0::/a\n"), 2);
  write("a/cpu.max", "20000 100000\n");
  EXPECT_EQ(cores("0::/a\n"), 1);
  write("a/cpu.max", "300000 100000\n");
  EXPECT_EQ(cores("0::/a\n"), 3);
}

TEST_F(CoresTest, LeastOfNestedGroupsCounts) {
  write("cpu.max", "800000 100000\n");
  write("a/cpu.max", "200000 100000\n");
  write("a/b/cpu.max", "max 100000\n");
  write("a/b/c/cpu.max", "500000 100000\n");
  EXPECT_EQ(cores("0::/a/b/c\n"), 2);
  EXPECT_EQ(cores("0::/other\n"), 8);
  EXPECT_EQ(cores("0::/\n"), 8);
}

TEST_F(CoresTest, BrokenFilesBoundNothing) {
  for (const char* text : {"", "\n", "many 100000\n", "100000\n", "100000 0\n", "-1 100000\n"}) {
    write("a/cpu.max", text);
    EXPECT_EQ(cores("0::/a\n"), 0) << text;
  }
}

TEST_F(CoresTest, FirstVersionHasATreeForEachController) {
  write("cpu/cpu.cfs_quota_us", "-1\n");
  write("cpu/cpu.cfs_period_us", "100000\n");
  write("cpu/a/cpu.cfs_quota_us", "250000\n");
  write("cpu/a/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cores("7:memory:/a\n4:cpu,cpuacct:/a\n"), 3);
  EXPECT_EQ(cores("4:cpuacct,cpu:/a/inside\n"), 3);
  EXPECT_EQ(cores("4:cpu:/\n"), 0);
  EXPECT_EQ(cores("4:cpuset:/a\n3:cpuacct:/a\n"), 0);
}

TEST_F(CoresTest, BothVersionsCountWhereBothAreThere) {
  write("cpu/a/cpu.cfs_quota_us", "400000\n");
  write("cpu/a/cpu.cfs_period_us", "100000\n");
  write("b/cpu.max", "200000 100000\n");
  EXPECT_EQ(cores("4:cpu:/a\n0::/b\n"), 2);
}

}  // namespace skein::base
