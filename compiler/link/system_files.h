// Where this system keeps what every C program is linked with: crt1.o and its kin, libc, libgcc.
//
// Looked up at each link, by a handful of stat calls (about 20 microseconds), so that an upgrade of
// gcc or libc needs no new configuration and no compiler has to be asked.
#pragma once

#include <string>
#include <vector>

namespace skein::link {

struct SystemFiles {
  std::string libc_directory;  // holds crt1.o, crti.o, crtn.o
  std::string gcc_directory;   // holds crtbegin.o, crtend.o, libgcc.a and libgcc_eh.a
  std::string missing;         // the file that was not found; empty when all is well
};

SystemFiles find_system_files();

// The newest of the version directories in `names` ("9", "12", "12.2.0"), or "" when none is one.
std::string newest_version(const std::vector<std::string>& names);

}  // namespace skein::link
