// What `skein.toml` says of a package: its name, what it depends on, what it is linked with.
//
//     name = "app"
//     version = "0.1.0"
//
//     [dependencies]
//     geometry = { path = "../geometry" }
//
//     [link]
//     libs = ["z"]
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/support/diagnostics.h"
#include "compiler/support/source.h"

namespace skein::package {

// Another package, by the name that `use` knows it by.
struct Dependency {
  std::string name;
  Span name_span;
  std::string path;   // from the folder of the `skein.toml`
  Span path_span;
};

// What C code the package needs beside it. Paths are from the folder of the `skein.toml`.
struct LinkNeeds {
  std::vector<std::string> libs;    // "z" is libz, searched for as every C linker does
  std::vector<std::string> paths;   // folders to search first
  std::vector<std::string> files;   // object files and archives, as they are
};

struct Manifest {
  std::string name;
  Span name_span;
  std::string version;
  std::vector<Dependency> dependencies;   // in the order of the file
  LinkNeeds link;
};

// Reads the text of a `skein.toml` that stands at `base` in the source map. What is wrong with it is
// reported at its place; the manifest then has what was right.
Manifest read_manifest(std::string_view text, uint32_t base, DiagnosticSink& sink);

// Whether a package can have that name: a small letter, then small letters, digits and `_`, and not
// that of the standard library.
bool is_package_name(std::string_view name);

}  // namespace skein::package
