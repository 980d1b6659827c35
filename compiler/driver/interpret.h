// `skein interpret FILE`: runs the middle language of a program without making code of it.
#pragma once

#include "compiler/driver/session.h"
#include "compiler/sir/sir.h"

namespace skein::driver {

// The exit status of the program, which prints as its compiled form does. What takes more than the
// interpreter has (waiting, the world outside) is reported to the sink, where the program asks for it.
int interpret_program(sir::Module& module, Session& session);

}  // namespace skein::driver
