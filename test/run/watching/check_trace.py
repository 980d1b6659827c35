#!/usr/bin/env python3
"""Reads a trace as a viewer would: each event has what its kind needs, in an order that makes sense.

usage: check_trace.py FILE
"""
import json
import sys

NEEDED = {"M": ["name", "pid", "args"], "X": ["name", "ts", "dur", "pid", "tid"],
          "i": ["name", "ts", "pid", "tid", "s"], "b": ["name", "ts", "pid", "id", "cat"],
          "e": ["name", "ts", "pid", "id", "cat"]}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        events = json.load(file)["traceEvents"]
    begun = {}
    ran, waited, tasks, last = set(), set(), set(), {}
    for event in events:
        for key in NEEDED[event["ph"]]:
            assert key in event, f"{key} is missing in {event}"
        if event["ph"] == "X":
            assert event["dur"] >= 0 and event["ts"] >= 0, event
            # Stretches on one worker follow each other.
            assert event["ts"] >= last.get(event["tid"], 0) - 0.002, event
            last[event["tid"]] = event["ts"] + event["dur"]
            ran.add(event["name"])
            tasks.add(event["args"]["task"])
        elif event["ph"] == "b":
            begun[event["id"]] = event
        elif event["ph"] == "e":
            begin = begun.pop(event["id"])
            assert begin["name"] == event["name"] and begin["ts"] <= event["ts"], (begin, event)
            waited.add(event["name"])
    assert not begun, begun
    print("ran:", ", ".join(sorted(ran)))
    print("waited:", ", ".join(sorted(waited)))
    print("tasks:", ", ".join(sorted(tasks)))


main()
