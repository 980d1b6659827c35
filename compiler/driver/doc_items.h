// What doc comments say: the public names of modules, each with its head, its words and its example.
#pragma once

#include <string>
#include <vector>

#include "compiler/driver/packages.h"
#include "compiler/driver/session.h"

namespace skein::driver {

struct DocItem {
  std::string name;
  std::string owner;      // of a method: the type, as its impl says it; the module where that is any
  std::string head;       // the declaration without its body; of a struct with its public fields
  bool is_type = false;   // a struct, enum or trait
  std::string prose;
  std::string example;    // the lines of the comment that are indented by four spaces more

  // The owner without its type parameters: `Map` of `Map<K, V>`.
  std::string owner_name() const { return owner.substr(0, owner.find('<')); }
};

struct DocModule {
  std::string name;        // "json.read", below the folder of its package
  bool is_library = false;
  bool is_core = false;    // part of every program
  std::string about;       // the comment at its head
  std::vector<DocItem> items;

  // What a program names to use it: the module of a folder passes on what is in the folder.
  std::string used_as() const;
};

// The modules of a package, in the order of their names; first those that are part of every program.
std::vector<DocModule> doc_modules(size_t package, const Packages& packages, Session& session);

// "One. Two." → "One."
std::string first_sentence(const std::string& prose);

}  // namespace skein::driver
