# How lit runs the tests in this folder. Tools come through substitutions only, so that a test runs
# alone when its RUN line is pasted from `lit -a`.
#
#   %skein          the compiler under test
#   %run EXE        runs a program with 1, 2 and 8 workers; prints its output if they all agree
#   %run_all FILE   builds FILE at -O0 and --release, runs each with 1, 2 and 8 workers, and compares
#                   with the comments at its head (run_program.py says which)
#   %python %root   the interpreter; the top of the source tree
#   %slack          how often a test may exceed its limits
#   %rt             the folder of the runtime's library and bitcode
#   %stress %waiting %linearize    its programs that run under load
#   %model          checks models of the runtime's protocols
import importlib.util
import os
import resource

import lit.formats

config.name = "skein"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".sk", ".sir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.join(config.skein_source, "test")
config.test_exec_root = os.path.join(config.skein_build, "test")

skein = os.path.join(config.skein_build, "bin", "skein")
test = config.test_source_root
config.substitutions.append(("%skein", skein))
config.substitutions.append(("%run_all", f"{config.python} {test}/run_program.py --skein {skein}"))
config.substitutions.append(("%rt", os.path.join(config.skein_build, "lib", "skein")))
for name in ["stress", "waiting", "linearize"]:
    program = os.path.join(config.skein_build, "test", "stress", f"skein_{name}")
    config.substitutions.append((f"%{name}", program))
config.substitutions.append(("%model", os.path.join(config.skein_build, "test", "model", "skein_model")))
config.substitutions.append(("%run", f"{config.python} {test}/run_workers.py"))
config.substitutions.append(("%python", config.python))
config.substitutions.append(("%root", config.skein_source))
# A compiler that checks itself may take that many times as long, and as much memory.
slack = 12 if config.sanitize else 1
config.substitutions.append(("%slack", str(slack)))

# FileCheck, not, split-file and the LLVM tools of the version we build against.
config.environment["PATH"] = os.pathsep.join([config.llvm_tools, config.environment["PATH"]])
# No colour, no settings of the person who runs the tests.
for name in [n for n in os.environ if n.startswith("SKEIN_")]:
    config.environment.pop(name, None)
config.environment["NO_COLOR"] = "1"
# A test asks for what the compiler does now; those of the cache have one of their own.
config.environment["SKEIN_CACHE"] = "off"

if config.sanitize:
    config.available_features.add("sanitized")
for sanitizer in config.sanitize.split(","):
    config.available_features.add({"address": "asan", "thread": "tsan"}.get(sanitizer, "plain"))
# LLVM is not instrumented, so containers that it and we both change look overrun.
config.environment["ASAN_OPTIONS"] = "detect_container_overflow=0"

# Long versions of tests ask for `// REQUIRES: nightly`, or read SKEIN_TEST_NIGHTLY.
if lit_config.params.get("nightly"):
    config.available_features.add("nightly")
    config.environment["SKEIN_TEST_NIGHTLY"] = "1"

# A test that wants all memory fails alone. Sanitizers reserve terabytes, so they go without.
if not config.sanitize:
    resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
# A limit for each test needs psutil; without it run_program.py still limits each program.
if importlib.util.find_spec("psutil"):
    lit_config.maxIndividualTestTime = slack * (1200 if lit_config.params.get("nightly") else 240)
