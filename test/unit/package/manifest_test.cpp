// skein.toml: what is read of it, and where what is wrong is reported.
#include "compiler/package/manifest.h"

#include <gtest/gtest.h>

namespace skein::package {

class ManifestTest : public testing::Test {
 protected:
  Manifest read(std::string text) {
    FileId file = sources_.add("skein.toml", std::move(text));
    return read_manifest(sources_.file(file).text, sources_.file(file).base, sink_);
  }
  // "2:5 manifest-key", one for each report.
  std::vector<std::string> reports() {
    std::vector<std::string> all;
    for (const Diagnostic* report : sink_.sorted()) {
      Location at = sources_.locate(report->span.begin);
      all.push_back(std::to_string(at.line) + ":" + std::to_string(at.column) + " " +
                    std::string(diagnostic_row(report->kind).code));
    }
    return all;
  }

  SourceMap sources_;
  DiagnosticSink sink_;
};

TEST_F(ManifestTest, Whole) {
  Manifest manifest = read(
      "name = \"app\"\nversion = \"1.2.3-rc.1\"\n[dependencies]\nzlib = { path = \"z\" }\n"
      "base.path = \"../base\"\n[link]\nlibs = [\"a\", \"b\"]\npaths = [\"p\"]\nfiles = []\n");
  EXPECT_EQ(reports(), std::vector<std::string>{});
  EXPECT_EQ(manifest.name, "app");
  EXPECT_EQ(manifest.version, "1.2.3-rc.1");
  ASSERT_EQ(manifest.dependencies.size(), 2u);
  EXPECT_EQ(manifest.dependencies[0].name, "zlib");
  EXPECT_EQ(manifest.dependencies[1].path, "../base");
  EXPECT_EQ(sources_.text(manifest.dependencies[0].name_span), "zlib");
  EXPECT_EQ(sources_.text(manifest.dependencies[0].path_span), "\"z\"");
  EXPECT_EQ(manifest.link.libs, (std::vector<std::string>{"a", "b"}));
}

TEST_F(ManifestTest, PlacesCountCharactersNotBytes) {
  (void)read("name = \"app\" # ä\nlink = { \"ä\" = 1, z = 2 }\n");
  EXPECT_EQ(reports(), (std::vector<std::string>{"2:10 manifest-key", "2:19 manifest-key"}));
}

TEST_F(ManifestTest, SyntaxErrorIsReportedOnce) {
  (void)read("name = \"app\nversion = 1\n");
  ASSERT_EQ(reports().size(), 1u);
  EXPECT_TRUE(reports()[0].starts_with("1:")) << reports()[0];
}

TEST_F(ManifestTest, EmptyAndUnreadableText) {
  EXPECT_EQ(read("").name, "");
  EXPECT_EQ(reports(), std::vector<std::string>{"1:1 manifest-lacks"});
  (void)read("\xff\xfe");
  EXPECT_EQ(reports().size(), 2u);
}

TEST_F(ManifestTest, Names) {
  for (std::string_view name : {"a", "app", "app_2", "a9"}) EXPECT_TRUE(is_package_name(name));
  for (std::string_view name : {"", "A", "9a", "a-b", "std", "a.b", "_a", "ä"}) {
    EXPECT_FALSE(is_package_name(name)) << name;
  }
}

TEST_F(ManifestTest, Versions) {
  for (std::string version : {"1", "1.2", "1.2.x", "1.2.3.4", "v1.2.3", "1.2.3-", "1..2"}) {
    size_t before = sink_.error_count();
    (void)read("name = \"a\"\nversion = \"" + version + "\"\n");
    EXPECT_EQ(sink_.error_count(), before + 1) << version;
  }
}

}  // namespace skein::package
