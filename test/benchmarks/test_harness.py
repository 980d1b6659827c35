"""Tests of benchmarks/harness that need no clock: figures that are made up go in, and what is said of them is looked at."""
import argparse
import copy
import json
import pathlib
import tempfile
import unittest

import run
from harness import charts, compiled_program, compiling, contenders, instructions, measure, page, quiet, results, table, workloads


def row(contender, values, workload="spawn_await", workers=2, size=1000, **more):
    return {"workload": workload, "workers": workers, "contender": contender, "size": size, "asked": size, "unit": "ns",
            "values": values, "cpu_s": [0.5] * len(values), "peak_mib": 3.0, "noisy": 0, **more}


def found(*rows):
    return {"machine": "a machine", "day": "2000-01-02", "versions": {"go": "go 1"}, "rows": list(rows),
            "instructions": {"lock": 130.0}}


SAMPLE = found(
    row("skein", [10, 30, 20]), row("go", [400, 390, 410]), row("tbb", [10, 11, 9]),
    row("skein", [5, 5, 5], workload="spawn_all", workers=1, size=10_000),
    row("go", [50, 50, 50], workload="spawn_all", workers=1, size=10_000),
    row("skein", [6, 6, 6], workload="spawn_all", workers=1, size=100_000),
    row("skein", [100], workload="fib", workers=1, size=39), row("skein", [50], workload="fib", workers=2, size=39),
    {"contender": "skein", "size": 1, "asked": 1, "unit": "bytes", "values": [300_000], "workload": "hello_size", "workers": 1})


class Measuring(unittest.TestCase):
    def test_a_result_is_parsed_and_nothing_else(self):
        self.assertEqual(measure.parse("warm up\nRESULT ns=12 ops=3 check=-4\n"), (12, 3, -4))
        self.assertIsNone(measure.parse("RESULT ns=12 ops=3"))
        self.assertIsNone(measure.parse(""))

    def test_answers_are_compared_in_64_bits(self):
        self.assertTrue(measure.is_right(-1, 2**64 - 1))
        self.assertTrue(measure.is_right(7, None))
        self.assertFalse(measure.is_right(7, 8))

    def test_a_program_is_run_and_what_it_used_is_known(self):
        one, answer = measure.run_once("/bin/echo", ["RESULT ns=10 ops=5 check=6"], 1)
        self.assertEqual((one.value, answer), (2, 6))
        self.assertGreater(one.peak_mib, 0.1)
        self.assertLess(one.peak_mib, 8)

    def test_programs_that_fail_or_lie_are_found(self):
        for command, arguments, check, why in (("/bin/false", [], None, "status 1"), ("/bin/true", [], None, "no RESULT"),
                                               ("/bin/echo", ["RESULT ns=1 ops=1 check=6"], 7, "answered 6, right is 7"),
                                               ("/nowhere", [], None, "No such file")):
            with self.assertRaisesRegex(measure.Failed, why):
                measure.run(command, arguments, 1, check)

    def test_a_failed_contender_has_no_figures(self):
        self.assertEqual(measure.row("go", 5, 10, [], "status 1"),
                         {"contender": "go", "size": 5, "asked": 10, "unit": "ns", "failed": "status 1"})

    def test_what_others_do_is_noise(self):
        before = quiet.busy_ticks("cpu  100 1 50 1000 20 2 3 4 0 0\ncpu0 1\n")
        self.assertEqual(before, 160)
        self.assertFalse(quiet.is_noise(0.1, 1))
        self.assertTrue(quiet.is_noise(0.2, 1))
        self.assertFalse(quiet.is_noise(0.02, 0.001))

    def test_instructions_are_read_from_callgrind(self):
        self.assertEqual(instructions.parse("==1== I   refs:      1,234,567\n"), 1_234_567)
        self.assertIsNone(instructions.parse("==1== killed"))


class Results(unittest.TestCase):
    def test_the_time_of_a_whole_is_compared_with_that_of_the_same_size_alone(self):
        rows = [row("skein", [4e9], workload="nqueens", size=14), row("go", [1e9], workload="nqueens", size=12),
                row("tbb", [2e9], workload="nqueens", size=14)]
        self.assertIsNone(results.ratio(rows[1], rows))
        self.assertEqual(results.ratio(rows[2], rows), 0.5)

    def test_ratios_are_of_medians(self):
        rows = SAMPLE["rows"][:3]
        self.assertEqual(results.median(rows[0]), 20)
        self.assertEqual(results.ratio(rows[1], rows), 20)
        self.assertEqual(results.ratio(rows[2], rows), 0.5)
        self.assertIsNone(results.ratio({"contender": "tmc", "failed": "status 1"}, rows))

    def test_new_rows_replace_those_of_the_same_group_only(self):
        kept = copy.deepcopy(SAMPLE)
        results.add(kept, [row("skein", [1])])
        self.assertEqual([each["values"] for each in kept["rows"] if each["workload"] == "spawn_await"], [[1]])
        self.assertEqual(len(kept["rows"]), len(SAMPLE["rows"]) - 2)

    def test_figures_are_stored_and_added_to_on_the_same_day_and_machine(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "some" / "results.json"
            today = {**results.empty(), "rows": SAMPLE["rows"]}
            results.save(path, today)
            self.assertEqual(results.open_at(path), today)
            results.save(path, {**today, "day": "2000-01-01"})
            self.assertEqual(results.open_at(path)["rows"], [])

    def test_what_got_slower_is_named(self):
        now = copy.deepcopy(SAMPLE)
        self.assertEqual(results.what_got_slower(now, SAMPLE), [])
        now["rows"][0]["values"] = [20, 90, 90]  # as quick as before once: that is noise
        self.assertEqual(results.what_got_slower(now, SAMPLE), [])
        now["rows"][0]["values"] = [22, 25, 28]
        now["rows"][1]["values"] = [900]  # a peer
        now["instructions"]["lock"] = 131.0
        self.assertEqual(results.what_got_slower(now, SAMPLE),
                         ["spawn_await 1000, 2 workers: 25 ns, before 20", "lock: 131.0 instructions, before 130.0"])

    def test_another_machine_is_said(self):
        self.assertIn("another machine: a machine", results.what_got_slower({**SAMPLE, "machine": "b"}, SAMPLE)[0])


class Tables(unittest.TestCase):
    def test_figures_have_the_unit_that_fits(self):
        for value, text in ((1.234, "1.23 ns"), (45.67, "45.7 ns"), (999, "999 ns"), (1500, "1.50 µs"), (2.5e6, "2.50 ms"),
                            (1.02e9, "1.02 s")):
            self.assertEqual(table.figure(value), text)
        self.assertEqual(table.figure(109_040, "bytes"), "109.0 KB")
        self.assertEqual([table.count(n) for n in (39, 1500, 10_000, 2_000_000)], ["39", "1500", "10K", "2M"])

    def test_a_line_shows_spread_ratio_and_noise(self):
        rows = [row("skein", [10, 20, 30]), row("go", [40, 50, 60], noisy=1), {"contender": "tmc", "size": 7, "failed": "status 1"}]
        self.assertEqual(table.line(rows[1], rows),
                         "| go | 1K | 50.0 ns | 40.0 ns … 60.0 ns | 2.50 | 0.50 | 3 | 1 of 3 noisy |")
        self.assertEqual(table.line(rows[2], rows), "| tmc | 7 | failed: status 1 | | | | | |")

    def test_a_table_without_ours_has_no_ratios(self):
        self.assertIn("| go | 1K | 50.0 ns | 50.0 ns … 50.0 ns |  |", table.of_group("T", [row("go", [50])]))


class Pages(unittest.TestCase):
    def test_the_page_says_where_ours_is_behind(self):
        text = page.page(SAMPLE, ["tasks"])
        self.assertIn("`spawn_await`, N = 1K, 2 workers: tbb takes 2.00 times less", text)
        self.assertIn("`spawn_await`, N = 1K, 2 workers: 20.0 ns, aimed at 15.0 ns", text)
        self.assertIn("`hello_size`, N = 1: 300.0 KB, aimed at 250.0 KB", text)
        self.assertNotIn("go takes", text)
        self.assertIn("performance/tasks.svg", text)
        self.assertNotIn("performance/peers.svg", text)
        self.assertIn("Found on 2000-01-02 on a machine.", text)
        self.assertIn("| Takes a lock that is free and gives it back | 130.0 |", text)

    def test_the_page_says_how_many_runs_were_noisy(self):
        rows = [row("skein", [1, 2, 3], noisy=2), row("go", [1, 2]), {"contender": "tmc", "failed": "status 1"}]
        self.assertTrue(page.noise(found(*rows)).startswith("2 of 5 runs were noisy"))

    def test_the_page_says_what_was_not_measured(self):
        self.assertIn("`skynet`, `nqueens`", page.missing(SAMPLE)[0])
        self.assertNotIn("`fib`", page.missing(SAMPLE)[0])
        self.assertEqual(page.missing(found(*({"workload": key} for key in page.ALL))), [])

    def test_sequential_programs_are_held_against_clang(self):
        rows = [row("skein", [115], workload="serial_sort", workers=1), row("clang", [100], workload="serial_sort", workers=1)]
        _, goals = page.slower_lines(found(*rows))
        self.assertEqual(goals, ["- `serial_sort`, N = 1K, 1 worker: 1.15 times the time of clang, aimed at 1.1"])
        rows[0]["values"] = [109]
        self.assertEqual(page.slower_lines(found(*rows))[1], [])

    def test_memory_and_cpu_time_have_their_figures(self):
        rows = [row("skein", [2e9], workload="parked", size=2**20, peak_mib=300.0),
                row("skein", [1e9], workload="sleepers", cpu_s=[0.3])]
        self.assertEqual(page.slower_lines(found(*rows))[1],
                         ["- `parked`, N = 1048576, 2 workers: 300 bytes a task, aimed at 120",
                          "- `sleepers`, N = 1K, 2 workers: 0.30 s of CPU time, aimed at 0.12"])

    def test_the_short_table_takes_the_largest_size_and_most_workers(self):
        lines = page.short_table(SAMPLE).splitlines()
        self.assertEqual(lines[0], "| work | workers | Skein | go | tbb |")
        self.assertIn("| spawn N tasks of n*n, then await all (N = 100K) | 1 | 6.00 ns |  |  |", lines)
        self.assertIn("| spawn one task, await it, repeat (N = 1K) | 2 | 20.0 ns | 20.0× | 0.5× |", lines)
        self.assertIn("| fib(N) by spawn, no cut-off (N = 39) | 2 | 50.0 ns |  |  |", lines)

    def test_only_the_table_of_the_readme_changes(self):
        text = f"before\n{page.BEGIN}old{page.END}after\n"
        new = page.in_readme(text, SAMPLE)
        self.assertTrue(new.startswith(f"before\n{page.BEGIN}\n| work ") and new.endswith(f"{page.END}after\n"))
        self.assertNotIn("old", new)
        self.assertEqual(page.in_readme(new, SAMPLE), new)


class Charts(unittest.TestCase):
    def test_points_are_worked_out_of_the_rows(self):
        self.assertEqual(charts.beside_peers(SAMPLE)["spawn_await"], {"size": 1000, "workers": 2, "ratios": {"go": 20, "tbb": 0.5}})
        self.assertEqual(charts.by_tasks(SAMPLE), {"1": {"skein": [[10_000, 5], [100_000, 6]], "go": [[10_000, 50]]}})
        self.assertEqual(charts.by_workers(SAMPLE), {"fib": {"skein": [[1, 1.0], [2, 2.0]]}})

    def test_a_chart_tells_what_it_was_drawn_from(self):
        svg = f"<metadata><dc:description>{charts.description('tasks', SAMPLE).replace('&', '&amp;')}</dc:description></metadata>"
        self.assertEqual(json.loads(charts.description_in(svg)), charts.by_tasks(SAMPLE))
        self.assertEqual(charts.description_in("<svg/>"), "")


class Programs(unittest.TestCase):
    def test_names_and_rows_choose_workloads(self):
        parser = argparse.ArgumentParser()
        self.assertEqual(run.chosen(["P6"], parser), ["ping_pong", "spsc", "ring", "mpmc", "sieve"])
        self.assertEqual(run.chosen(["instructions", "fib"], parser), ["fib", "instructions"])
        self.assertEqual(run.chosen([], parser), [*workloads.WORKLOADS, *compiling.MEASURES, "instructions"])

    def test_every_workload_has_our_program_and_says_what_it_does(self):
        for key, workload in workloads.WORKLOADS.items():
            for name, source, _ in contenders.contenders(contenders.HERE / (workload.folder or key)):
                self.assertTrue(source.read_text().startswith("// "), f"{source} of {name} does not open with its claim")

    def test_every_folder_is_a_workload(self):
        used = {workload.folder or key for key, workload in workloads.WORKLOADS.items()}
        there = {path.parent.name for path in contenders.HERE.glob("*/skein.sk")}
        self.assertEqual(there, used)

    def test_the_compiled_program_grows_with_its_blocks(self):
        for language in compiled_program.LANGUAGES:
            lines = compiled_program.program(language, 60).count("\n")
            self.assertTrue(1500 <= lines <= 1800, f"{language}: {lines}")
            self.assertGreater(compiled_program.program(language, 345).count("\n"), 8_500)


if __name__ == "__main__":
    unittest.main()
