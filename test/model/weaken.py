#!/usr/bin/env python3
"""Weakens each memory order of the modelled sources in turn, and says which of that the models catch.

usage: weaken.py --model PROGRAM [--seconds N] [--factor N] [--only REGEX] [--models PREFIX...] [--jobs N]

An acquire or a release becomes relaxed, an acq_rel each of its halves; a full fence loses its hold on
stores and later loads, or goes altogether. The program that is given needs no rebuilding for that. The
status is 0 if every one is noticed.
"""
import argparse
import collections
import concurrent.futures
import re
import subprocess
import sys

WEAKER = {
    "acquire": ["relaxed"],
    "release": ["relaxed"],
    "acq_rel": ["acquire", "release"],
    "relaxed": [],
}
FENCES = {"fence": ["acq_rel", "relaxed"], "process_fence": ["relaxed"]}

Site = collections.namedtuple("Site", "path line column operation")
Weakening = collections.namedtuple("Weakening", "site slot order weaker models")


def sites_of(program, seconds, prefixes):
    """Each site with its orders, and the models that execute it."""
    command = [program, "--quiet", "--sites", f"--seconds={seconds}", *prefixes]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    sites = {}
    for match in re.finditer(r"^(\w+) ([\w/.]+):(\d+):(\d+) (\w+) (\w+)( \w+)?$", output, re.M):
        model, path, line, column, operation, order, failure = match.groups()
        site = Site(path, int(line), int(column), operation)
        orders, models = sites.setdefault(site, ({}, []))
        orders["order"] = order
        if failure:
            orders["failure"] = failure.strip()
        models.append(model)
    return sites


def weakenings_of(sites):
    for site, (orders, models) in sorted(sites.items()):
        for slot, order in orders.items():
            weaker = FENCES.get(site.operation) or WEAKER[order]
            for each in weaker:
                yield Weakening(site, slot, "seq_cst" if site.operation in FENCES else order, each, models)


def catcher(program, limits, weakening):
    """The model that notices, or None."""
    site = weakening.site
    option = f"--weaken={site.path}:{site.line}:{site.column}:{weakening.slot}:{weakening.weaker}"
    for model in weakening.models:
        command = [program, "--quiet", *limits, option, model]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode != 0:
            return model
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--seconds", type=int, default=20, help="of processor time at most, for each model and order")
    parser.add_argument("--factor", type=int, default=1, help="of executions that are chosen by chance")
    parser.add_argument("--only", default="")
    parser.add_argument("--models", nargs="*", default=[], help="that begin like this; else all")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    found = [w for w in weakenings_of(sites_of(options.model, options.seconds, options.models))
             if re.search(options.only, f"{w.site.path}:{w.site.line}")]
    caught = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        limits = [f"--seconds={options.seconds}", f"--factor={options.factor}"]
        catchers = pool.map(lambda w: catcher(options.model, limits, w), found)
        for weakening, model in zip(found, catchers):
            site = weakening.site
            caught += model is not None
            what = f"{site.path}:{site.line}:{site.column} {site.operation}"
            slot = " when it fails" if weakening.slot == "failure" else ""
            print(f"{model or 'NOT CAUGHT':18} {what}{slot}: {weakening.order} -> {weakening.weaker}", flush=True)
    print(f"{caught} of {len(found)} weakened orders are caught")
    sys.exit(caught < len(found))


main()
