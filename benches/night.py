#!/usr/bin/env python3
"""Times whole nights: arbiter against the same job in DuckDB, Polars, pandas and Zen, in turn.

    python3 benches/night.py                      200,000, 2 million and (where it fits) 10 million orders
    python3 benches/night.py 200000 --rounds 5    one size, more rounds

Builds arbiter, makes the exports with `arbiter generate`, installs the peers from PyPI, and keeps all of it in
target/bench. Each program runs once a round, one after the other; the tables have the medians. The decisions of the
peers are held against arbiter's, dispute by dispute. Prints the machine, a table for each size, and what of it was
aimed at, in Markdown: what stands in docs/performance.md.
"""

import argparse
import csv
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PEERS = PROJECT / "benches" / "peers"
BENCH = PROJECT / "target" / "bench"
ARBITER = PROJECT / "target" / "release" / "arbiter"
AS_OF = "2026-06-01T00:00:00Z"
THREADS = 2
# What a size needs while it is measured, by far not to run out: bytes of disk and of memory for each order.
DISK_PER_ORDER, MEMORY_PER_ORDER = 800, 1200
DECIDING_PEERS = ("DuckDB", "Polars", "pandas", "Zen")
COUNTERS = ("polars", "duckdb", "pyarrow")


def venv_python():
    python = BENCH / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", BENCH / "venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", PEERS / "requirements.txt"], check=True)
    return python


def exports(orders):
    folder = BENCH / f"night-{orders}"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([ARBITER, "generate", folder, "--orders", str(orders)], check=True)
        (folder / "complete").touch()
    return folder


def with_first_disputes(orders, disputes):
    """The exports of a size with only so many of its disputes."""
    whole, folder = exports(orders), BENCH / f"night-{orders}-{disputes}"
    folder.mkdir(exist_ok=True)
    for name in ("orders.csv", "tracking.csv"):
        (folder / name).unlink(missing_ok=True)
        (folder / name).hardlink_to(whole / name)
    with open(whole / "disputes.csv", newline="") as source, open(folder / "disputes.csv", "w", newline="") as target:
        writer = csv.writer(target)
        for _, row in zip(range(disputes + 1), csv.reader(source)):
            writer.writerow(row)
    return folder


def arbiter(folder, out, *options):
    return [ARBITER, "run", folder, "--as-of", AS_OF, "--out", out, *(options or ("--threads", str(THREADS)))]


def programs(python, folder):
    """What is timed: the name, and the command that writes into a folder."""
    peer = lambda script: lambda out: [python, PEERS / script, folder, out, AS_OF]
    return {
        "arbiter": lambda out: arbiter(folder, out),
        "DuckDB": peer("duckdb_sql.py"),
        "Polars": peer("polars_lazy.py"),
        "pandas": peer("pandas_frames.py"),
        "Zen": peer("zen_rules.py"),
        "arbiter, one thread": lambda out: arbiter(folder, out, "--threads", "1"),
        "arbiter check (reads, decides nothing)": lambda out: [ARBITER, "check", folder, "--threads", str(THREADS)],
    } | {
        f"{engine}, counting records": lambda out, engine=engine: [python, PEERS / "count_rows.py", folder, engine]
        for engine in COUNTERS
    }


def measure(command, out):
    """Wall seconds, CPU seconds and the peak memory in MB of a command's largest process."""
    shutil.rmtree(out, ignore_errors=True)
    with open(BENCH / "log", "w+") as log:
        start = time.monotonic()
        process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            log.seek(0)
            sys.exit(f"{command[0]}: exit code {process.returncode}\n{log.read()[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def rounds(wanted, count, out):
    """The medians of each program's measures, taken in turn."""
    taken = {name: [] for name in wanted}
    for _ in range(count):
        for name, command in wanted.items():
            taken[name].append(measure(command(out / name), out / name))
    return {name: [statistics.median(column) for column in zip(*runs)] for name, runs in taken.items()}


def decisions(folder):
    path = next(folder.glob("**/decisions.csv"))
    with open(path, newline="") as file:
        return {row["dispute_id"]: row for row in csv.DictReader(file)}


def in_its_own_process(work, *arguments):
    """What a child is measured to take includes what its parent held when it was born, so this process stays small."""
    with ProcessPoolExecutor(max_workers=1) as pool:
        return pool.submit(work, *arguments).result()


def agreement(out, peer):
    """How many decisions are the same, of those that a peer covers; serial disputers are arbiter's alone."""
    ours, theirs = decisions(out / "arbiter"), decisions(out / peer)
    serial = {row["order_id"] for row in ours.values() if row["rule"] == "serial_disputer"}
    compared = [row for row in ours.values() if row["order_id"] not in serial]
    covered = [(row, theirs[row["dispute_id"]]) for row in compared if theirs.get(row["dispute_id"], {}).get("outcome") != "uncovered"]
    same = sum(all(our[column] == their[column] for column in ("outcome", "rule", "award")) for our, their in covered)
    return f"{same:,} of {len(covered):,}"


def table(medians, agreed):
    wall = medians["arbiter"][0]
    print("| program | wall s | CPU s | peak MB | wall by arbiter's | same decisions |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, (seconds, cpu, peak) in medians.items():
        print(f"| {name} | {seconds:.2f} | {cpu:.2f} | {peak:,.0f} | {seconds / wall:.2f} | {agreed.get(name, '')} |")
    print(flush=True)


def night(orders, count, python):
    folder, out = exports(orders), BENCH / "out"
    wanted = programs(python, folder)
    medians = rounds(wanted, count, out)
    lines = " + ".join(f"{sum(1 for _ in open(folder / name, 'rb')):,}" for name in ("orders.csv", "tracking.csv", "disputes.csv"))
    size = sum((folder / name).stat().st_size for name in ("orders.csv", "tracking.csv", "disputes.csv"))
    print(f"\n{orders:,} orders: {lines} lines, {size / 1e6:,.0f} MB; medians of {count} rounds in turn\n")
    measure(wanted["arbiter"](out / "arbiter"), out / "arbiter")
    table(medians, {name: in_its_own_process(agreement, out, name) for name in DECIDING_PEERS})
    return medians


def fits(orders):
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return shutil.disk_usage(BENCH).free > orders * DISK_PER_ORDER and memory > orders * MEMORY_PER_ORDER


def said_by(command, pattern):
    """The number that a command prints, by a pattern."""
    result = subprocess.run([str(part) for part in command], cwd=PROJECT, check=True, capture_output=True, text=True)
    found = re.search(pattern, result.stdout + result.stderr)
    return float(found[1]) if found else sys.exit(f"{command[0]}: no {pattern} in {result.stdout[-2000:]}")


def decisions_each_second(python, orders):
    """Of arbiter and of Zen: the rules alone, in one thread."""
    bench = ["cargo", "bench", "--locked", "--bench"]
    ours = said_by([*bench, "micro", "--", "disputes/decide"], r"disputes/decide[^[]*\[[^]]*\][^[]*\[\S+ \S+ (\S+) Melem/s") * 1e6
    zen = [python, PEERS / "zen_rules.py", exports(orders), BENCH / "out" / "Zen", AS_OF, "--bench-decide", "100000"]
    return ours, said_by(zen, r"(\d+) per second")


def counting(python, orders, count):
    """The engine that counts the records soonest, and its seconds once it is loaded."""
    command = lambda engine: [python, PEERS / "count_rows.py", exports(orders), engine]
    seconds = {engine: [said_by(command(engine), r"counted in (\S+) s") for _ in range(count)] for engine in COUNTERS}
    engine = min(COUNTERS, key=lambda engine: statistics.median(seconds[engine]))
    return engine, statistics.median(seconds[engine])


def share_of_writing(orders):
    bench = ["cargo", "bench", "--locked", "--bench", "stages", "--", exports(orders)]
    return said_by(bench, r"write: [\d.]+ s, (\d+) %") / 100


def memory_of_more_orders(small, large):
    """The peak memory with the orders and events of a larger night and the disputes of a smaller one, by the smaller's."""
    with open(exports(small) / "disputes.csv", newline="") as file:
        few = sum(1 for _ in csv.reader(file)) - 1
    peaks = []
    for folder in (with_first_disputes(large, few), exports(small)):
        peaks.append(measure(arbiter(folder, BENCH / "out" / "few"), BENCH / "out" / "few")[2])
    return peaks[0] / peaks[1]


def aims(measured, count, python):
    """What was aimed at, as (what, the bound, whether it is a least, what was measured)."""
    sizes = list(measured)
    # Of the sizes the one that the aims are about, or else the largest.
    orders = 2_000_000 if 2_000_000 in measured else sizes[-1]
    medians = measured[orders]
    wall, _, peak = medians["arbiter"]
    counter, seconds = counting(python, orders, count)
    for peer, bound in (("DuckDB", 5), ("Polars", 4), ("pandas", 20)):
        yield f"times faster than {peer}", bound, True, medians[peer][0] / wall
    yield f"times as long as {counter} takes to count the records", 4, False, wall / seconds
    yield "peak memory by DuckDB's", 0.25, False, peak / medians["DuckDB"][2]
    yield "times faster on two threads than on one", 1.7, True, medians["arbiter, one thread"][0] / wall
    for small, large in zip(sizes, sizes[1:]):
        bound = 10.5 * (large / small) / 10
        yield f"times as long for {large / small:g} times the {small:,} orders", bound, False, measured[large]["arbiter"][0] / measured[small]["arbiter"][0]
    for small in sizes:
        if 5 * small in measured:
            yield f"times the memory for 5 times the {small:,} orders and the same disputes", 1.2, False, memory_of_more_orders(small, 5 * small)
    yield "of the run is writing the outputs", 1 / 3, False, share_of_writing(orders)
    ours, zen = decisions_each_second(python, sizes[0])
    yield "million decisions a second on one core, by the rules alone", 2, True, ours / 1e6
    yield "times as many as Zen", 10, True, ours / zen


def table_of_aims(measured, count, python):
    print("| what | aimed at | measured | |")
    print("| --- | ---: | ---: | --- |")
    for what, bound, is_least, value in aims(measured, count, python):
        is_met = value >= bound if is_least else value <= bound
        sign = "≥" if is_least else "≤"
        print(f"| {what} | {sign} {bound:.3g} | {value:.3g} | {'met' if is_met else '**missed**'} |", flush=True)


def machine():
    """The machine in a line."""
    info = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*: (.*)", info.read_text()) if info.exists() else None
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    release = platform.freedesktop_os_release().get("PRETTY_NAME", "") if hasattr(platform, "freedesktop_os_release") else ""
    peers = " ".join((PEERS / "requirements.txt").read_text().split()).replace("==", " ")
    return (
        f"{model[1] if model else platform.processor()}, {os.cpu_count()} cores, {memory:.0f} GB of memory, "
        f"{release} ({platform.system()} {platform.release()}), Python {platform.python_version()}, {peers}; {THREADS} threads each"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("orders", nargs="*", type=int, default=[200_000, 2_000_000, 10_000_000], help="sizes of nights")
    parser.add_argument("--rounds", type=int, default=3, help="how often each program runs at each size")
    args = parser.parse_args()
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=PROJECT, check=True)
    BENCH.mkdir(parents=True, exist_ok=True)
    python = venv_python()
    print(machine(), flush=True)
    measured = {}
    for orders in args.orders:
        if not fits(orders):
            print(f"\n{orders:,} orders: not measured, this machine has too little disk or memory", flush=True)
            continue
        measured[orders] = night(orders, args.rounds, python)
    if measured:
        table_of_aims(measured, args.rounds, python)


if __name__ == "__main__":
    main()
