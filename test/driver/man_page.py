"""Fails when the man page and the help pages do not name the same verbs and flags.

usage: man_page.py SKEIN skein.1
"""
import re
import subprocess
import sys

skein, page = sys.argv[1:]


def printed(*args):
    return subprocess.run([skein, *args], capture_output=True, text=True, check=True).stdout


text = open(page, encoding="utf-8").read().replace("\\-", "-")
heads = re.findall(r"^\.TP\n\.(?:BR?) (.*)$", text, re.M)
verbs = [line.split()[0] for line in printed().splitlines() if re.match(r"  [a-z]", line)]
flags = {flag for verb in verbs
         for flag in re.findall(r"^  (-[-\w]+)", printed(verb, "--help"), re.M)}
named = {word for head in heads for word in re.findall(r"(?<![\w-])-[-\w]+", head)}
wrong = [f"the man page lacks the verb {verb}" for verb in verbs
         if not any(head.split()[0] == verb for head in heads)]
wrong += [f"the man page lacks the flag {flag}" for flag in sorted(flags - named)]
# `-O2` is spelled `--release` by the help, and `--` stands before arguments.
wrong += [f"no verb has the flag {flag}" for flag in sorted(named - flags - {"-O2", "--", "--help"})]
print("\n".join(wrong))
sys.exit(bool(wrong))
