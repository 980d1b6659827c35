#!/usr/bin/env python3
"""Watches a program for as long as it runs: its memory, threads and descriptors must stay what they are.

usage: soak.py --seconds N --live N PROGRAM

PROGRAM is soak.sk, built; it gets both numbers. The first third of the time is for the pools to fill. From the second
third to the last the memory in use may grow by a hundredth, or by 512 KB where that is more: a page here and there
is touched for the first time late.
"""
import argparse
import os
import statistics
import subprocess
import sys
import time


class Sample:
    def __init__(self, pid):
        with open(f"/proc/{pid}/status", encoding="utf-8") as status:
            facts = dict(line.split(":", 1) for line in status)
        self.memory = int(facts["VmRSS"].split()[0])  # KB
        self.threads = int(facts["Threads"])
        self.descriptors = len(os.listdir(f"/proc/{pid}/fd"))


def watch(process, seconds):
    """A sample every hundredth of the time."""
    samples = []
    begin = time.monotonic()
    while process.poll() is None and time.monotonic() < begin + seconds:
        samples.append(Sample(process.pid))
        time.sleep(seconds / 100)
    return samples


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("program")
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--live", type=int, required=True)
    options = parser.parse_args()
    command = [options.program, str(options.seconds), str(options.live)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        samples = watch(process, options.seconds)
        out, _ = process.communicate(timeout=options.seconds + 120)
    third = len(samples) // 3
    early, late = samples[third:2 * third], samples[2 * third:]
    before, after = (statistics.median(s.memory for s in part) for part in (early, late))
    wrong = []
    if process.returncode != 0:
        wrong.append(f"status {process.returncode}")
    if after - before > max(before / 100, 512):
        wrong.append(f"memory grew from {before:.0f} to {after:.0f} KB")
    for what in ("threads", "descriptors"):
        most = [max(getattr(s, what) for s in part) for part in (early, late)]
        if most[1] > most[0]:
            wrong.append(f"{what} grew from {most[0]} to {most[1]}")
    print(f"{out.strip()}; memory {before:.0f} KB, then {after:.0f} KB; {late[-1].threads} threads, "
          f"{late[-1].descriptors} descriptors")
    print("\n".join(wrong) or "nothing grew")
    sys.exit(bool(wrong))


main()
