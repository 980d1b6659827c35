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
    begun, names = {}, {}
    ran, waited, noted, tasks, last = set(), set(), set(), set(), {}
    for event in events:
        for key in NEEDED[event["ph"]]:
            assert key in event, f"{key} is missing in {event}"
        assert all(event[key] >= 0 for key in ("ts", "dur", "pid", "tid") if key in event), event
        if event["ph"] == "M" and event["name"] == "thread_name":
            names[event["tid"]] = event["args"]["name"]
        elif event["ph"] == "i":
            assert event["s"] in ("g", "p", "t"), event
            noted.add(event["name"])
        elif event["ph"] == "X":
            # Stretches on one worker follow each other; one that ended later than the next begins would be around it.
            assert event["ts"] >= last.get(event["tid"], 0), event
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
    unnamed = last.keys() - names.keys()
    assert not unnamed and len(set(names.values())) == len(names), (unnamed, names)
    print("noted:", ", ".join(sorted(noted)))
    print("ran:", ", ".join(sorted(ran)))
    print("waited:", ", ".join(sorted(waited)))
    print("tasks:", ", ".join(sorted(tasks)))


main()
