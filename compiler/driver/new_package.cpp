#include "compiler/driver/new_package.h"

#include <optional>
#include <string>

#include "compiler/driver/files.h"
#include "compiler/link/output_file.h"
#include "compiler/package/manifest.h"

namespace skein::driver {

static constexpr std::string_view kMain = R"(fn main() {
    println("hello")
}
)";

static constexpr std::string_view kLibrary = R"(/// How many there are of both.
pub fn total(left: int, right: int) -> int { left + right }
)";

static bool write(const std::string& path, std::string_view text, Session& session) {
  std::optional<std::string> failure =
      link::write_output_file(path, text, link::FileMode::Plain);
  if (failure) session.sink.report({}, D::FileUnwritable, {path, *failure});
  return !failure;
}

void make_package(const Options& options, Session& session) {
  std::string folder = options.input;
  while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
  std::string name = folder.substr(folder.rfind('/') + 1);
  if (!package::is_package_name(name)) {
    session.sink.report({}, D::BadPackageName, {name})
        .help("a name is made of small letters, digits and `_`, and begins with a letter");
    return;
  }
  if (!real_path(folder).empty()) {
    session.sink.report({}, D::AlreadyThere, {folder})
        .help("a package can also be begun by hand, with a `skein.toml` and `src/main.sk`");
    return;
  }
  std::optional<std::string> failure = make_folder(folder + "/src");
  if (failure) {
    session.sink.report({}, D::FileUnwritable, {folder, *failure});
    return;
  }
  std::string manifest = "name = \"" + name + "\"\nversion = \"0.1.0\"\n\n[dependencies]\n";
  std::string_view first = options.is_library ? kLibrary : kMain;
  if (!write(folder + "/skein.toml", manifest, session)) return;
  if (!write(folder + "/src/" + (options.is_library ? "lib.sk" : "main.sk"), first, session)) return;
  write(folder + "/.gitignore", "/build/\n", session);
}

}  // namespace skein::driver
