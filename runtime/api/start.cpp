// Where a compiled program begins.
#include "runtime/api/program.h"

extern "C" skein::api::ProgramRamp skn_program_main();

int main(int count, char** values) {
  skein::api::run_program(skn_program_main, count, values);
}
