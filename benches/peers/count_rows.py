"""Counts the records of the three exports, and does nothing else: the least that any job costs.

    python3 count_rows.py FOLDER polars|duckdb|pyarrow

Prints how long that takes once the engine is loaded.
"""

import importlib
import os
import sys
import time

os.environ["POLARS_MAX_THREADS"] = "2"


def polars(path):
    import polars as pl

    return pl.scan_csv(path).select(pl.len()).collect(engine="streaming").item()


def duckdb(path):
    import duckdb

    return duckdb.sql(f"SET threads = 2; SELECT count(*) FROM read_csv('{path}', all_varchar = true, delim = ',', quote = '\"', escape = '\"')").fetchall()[0][0]


def pyarrow(path):
    import pyarrow as pa
    import pyarrow.csv

    pa.set_cpu_count(2)
    parse = pa.csv.ParseOptions(newlines_in_values="disputes" in path)
    convert = pa.csv.ConvertOptions(include_columns=["order_id"], column_types={"order_id": pa.string()})
    return sum(batch.num_rows for batch in pa.csv.open_csv(path, parse_options=parse, convert_options=convert))


if __name__ == "__main__":
    folder, engine = sys.argv[1:]
    importlib.import_module("pyarrow.csv" if engine == "pyarrow" else engine)
    count = {"polars": polars, "duckdb": duckdb, "pyarrow": pyarrow}[engine]
    started = time.perf_counter()
    for name in ("orders.csv", "tracking.csv", "disputes.csv"):
        print(name, count(f"{folder}/{name}"))
    print(f"counted in {time.perf_counter() - started:.3f} s")
