// Executables made before, found again by what they were made from.
//
// An entry is one file: the executable, then the names and hashes of all that it was made from, then
// the reports that were made with it. The system starts such a file as it is, since what follows an
// executable is nobody's; and since it is one file, put in place by one rename, whoever finds it
// finds all of it, however many builds run at once. docs/decisions/0009 says why whole programs.
//
// The name of an entry is a hash of the tool, the place and the command line. What is in the files is
// compared when the entry is opened: a file that changed, went, or came to where one was looked for
// and not found makes the entry worthless.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/options.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"
#include "compiler/link/link.h"

namespace skein::driver {

class Cache {
 public:
  // For a build of the target with these link options. The cache is off where the options ask for
  // more than an executable, where the user does not want it, and where there is no place for it.
  Cache(const Options& options, const Target& target, const link::Options& link);

  bool is_on() const { return !path_.empty(); }

  // The executable, when nothing it was made from has changed; its reports with it.
  std::optional<link::Image> find(KeptReports& reports) const;

  // Keeps what was built. `missing` are the files that were looked for and are not there.
  void keep(link::Image& image, const SourceMap& sources, const std::vector<std::string>& missing,
            const KeptReports& reports) const;

 private:
  std::string path_;       // of the entry; empty: off
  std::string folder_;
  // Files that are no source text: the runtime, what is linked.
  std::vector<std::string> other_inputs_;
};

}  // namespace skein::driver
