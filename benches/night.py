#!/usr/bin/env python3
"""Times whole nights: arbiter against the same job in DuckDB, Polars, pandas and Zen, in turn.

    python3 benches/night.py                      200,000, 2 million and (where it fits) 10 million orders
    python3 benches/night.py 200000 --rounds 5    one size, more rounds

Builds arbiter, makes the exports with `arbiter generate`, installs the peers from PyPI, and keeps all of it in
target/bench. Each program runs once a round, one after the other; the table has the medians. The decisions of the
peers are held against arbiter's, dispute by dispute.
"""

import argparse
import csv
import os
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
        "Polars counting rows": lambda out: [python, PEERS / "count_rows.py", folder],
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
    peers = ("DuckDB", "Polars", "pandas", "Zen")
    table(medians, {name: in_its_own_process(agreement, out, name) for name in peers})
    return medians["arbiter"]


def fits(orders):
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return shutil.disk_usage(BENCH).free > orders * DISK_PER_ORDER and memory > orders * MEMORY_PER_ORDER


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("orders", nargs="*", type=int, default=[200_000, 2_000_000, 10_000_000], help="sizes of nights")
    parser.add_argument("--rounds", type=int, default=3, help="how often each program runs at each size")
    args = parser.parse_args()
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=PROJECT, check=True)
    BENCH.mkdir(parents=True, exist_ok=True)
    python = venv_python()
    measured = {}
    for orders in args.orders:
        if not fits(orders):
            print(f"\n{orders:,} orders: not measured, this machine has too little disk or memory", flush=True)
            continue
        measured[orders] = night(orders, args.rounds, python)
    zen = [python, PEERS / "zen_rules.py", exports(args.orders[0]), BENCH / "out" / "zen", AS_OF, "--bench-decide", "100000"]
    measure(zen, BENCH / "out" / "zen")
    print(f"Zen, the rules alone in one thread: {(BENCH / 'log').read_text().strip().splitlines()[-1]}")
    for small, large in zip(list(measured), list(measured)[1:]):
        times = measured[large][0] / measured[small][0]
        print(f"{small:,} to {large:,} orders: {large / small:g} x the data in {times:.1f} x the time")
    if 2_000_000 in measured and 10_000_000 in measured:
        few = sum(1 for _ in csv.reader(open(exports(2_000_000) / "disputes.csv", newline=""))) - 1
        folder = with_first_disputes(10_000_000, few)
        _, _, peak = measure(arbiter(folder, BENCH / "out" / "few"), BENCH / "out" / "few")
        print(f"5 x the orders with the same {few:,} disputes: {peak / measured[2_000_000][2]:.2f} x the memory")


if __name__ == "__main__":
    main()
