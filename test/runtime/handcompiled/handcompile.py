#!/usr/bin/env python3
"""Makes a program from hand-written IR, the way the compiler does with its own.

usage: handcompile.py --rt BUILD/lib/skein [-O 0|2|3] -o EXE FILE.ll

Links the runtime's bitcode into the IR, internalises, optimises, and links with the library. A C
file is only compiled, with debug information, and linked.
"""
import argparse
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]


def run(command):
    subprocess.run([os.fspath(word) for word in command], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rt", required=True, type=pathlib.Path)
    parser.add_argument("-O", dest="level", default="2")
    parser.add_argument("-o", dest="out", required=True)
    parser.add_argument("file")
    args = parser.parse_args()
    linked, optimised, objects = f"{args.out}.linked.bc", f"{args.out}.opt.bc", f"{args.out}.o"
    helpers = f"{args.out}.helpers.o"
    keep = "skn_program_main,skn_sites,skn_site_count"
    passes = f"internalize,default<O{args.level}>"
    library = args.rt / "libskein_rt.a"
    if args.file.endswith(".c"):
        run(["clang", "-no-pie", f"-O{args.level}", "-g", "-gdwarf-5", args.file, library, "-o", args.out])
        return
    for command in (
        ["llvm-link", "--suppress-warnings", args.rt / "fast.bc", args.file, "-o", linked],
        ["opt", f"-passes={passes}", f"-internalize-public-api-list={keep}", linked, "-o", optimised],
        ["llc", f"-O{args.level}", "-relocation-model=static", "-filetype=obj", optimised, "-o", objects],
        ["clang++", "-std=c++20", "-O1", "-fno-exceptions", "-fno-rtti", f"-I{ROOT}", "-c", HERE / "Inputs/helpers.cpp", "-o", helpers],
        ["clang", "-no-pie", objects, helpers, library, "-o", args.out],
    ):
        run(command)


main()
