"""Decides a night's disputes with Polars: python3 polars_lazy.py FOLDER OUT AS_OF"""

import os
import sys

os.environ.setdefault("POLARS_MAX_THREADS", "2")

import polars as pl
from polars import col, lit, when

# Minor units in one unit; what it costs to send a parcel back, in minor units, where known.
CURRENCIES = {
    "USD": (100, 1250), "RUB": (100, 100000), "KZT": (100, 600000), "EUR": (100, None), "GBP": (100, None),
    "CNY": (100, None), "UAH": (100, None), "BYN": (100, None), "PLN": (100, None), "BRL": (100, None),
    "TRY": (100, None), "CHF": (100, None), "JPY": (1, None), "KRW": (1, None), "VND": (1, None), "CLP": (1, None),
    "KWD": (1000, None), "BHD": (1000, None), "JOD": (1000, None), "OMR": (1000, None), "TND": (1000, None),
}
PENDING = ["awaiting_credit", "awaiting_dispatch", "too_early", "negotiating", "awaiting_buyer", "awaiting_protection_end",
           "awaiting_evidence", "awaiting_return"]
REFERRED = ["buyer_mismatch", "wrong_address", "other", "return_overdue"]
WHOLE = ["top_up_not_credited", "never_shipped", "parcel_returned", "delivered_elsewhere", "parcel_stalled", "not_delivered"]


def days(n):
    return pl.duration(days=n)


def instant(name):
    """RFC 3339, or without an offset, then in UTC."""
    text = col(name)
    return pl.coalesce(
        text.str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", strict=False),
        text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False).dt.replace_time_zone(None),
        text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False),
    )


def past(name, as_of):
    """A fact dated after as-of has not happened."""
    at = instant(name)
    return when(at <= as_of).then(at)


def code(name):
    """Codes are compared without case, blanks and hyphens."""
    return col(name).str.strip_chars().str.to_lowercase().str.replace_all("[ -]", "_")


def letters(name):
    return col(name).str.strip_chars().str.to_uppercase()


def yes(name):
    return col(name).str.strip_chars().str.to_lowercase().is_in(["yes", "true", "1"]).fill_null(False)


def minor(name):
    """Money is counted in whole minor units."""
    return (col(name).cast(pl.Decimal(18, 3), strict=False) * col("power")).cast(pl.Int64)


def amount_text(name):
    units, power = col(name), col("power")
    digits = power.replace_strict({1: 0, 100: 2, 1000: 3}, return_dtype=pl.UInt32)
    cents = (units % power).cast(pl.String).str.pad_start(digits, "0") if False else None
    return cents
