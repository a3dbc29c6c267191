"""Decides a night's disputes with pandas: python3 pandas_frames.py FOLDER OUT AS_OF"""

import os
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset

pa.set_cpu_count(2)

# Minor units in one unit; what it costs to send a parcel back, in minor units, where known.
CURRENCIES = pd.DataFrame.from_dict({
    "USD": (100, 1250), "RUB": (100, 100000), "KZT": (100, 600000), "EUR": (100, 0), "GBP": (100, 0),
    "CNY": (100, 0), "UAH": (100, 0), "BYN": (100, 0), "PLN": (100, 0), "BRL": (100, 0), "TRY": (100, 0), "CHF": (100, 0),
    "JPY": (1, 0), "KRW": (1, 0), "VND": (1, 0), "CLP": (1, 0),
    "KWD": (1000, 0), "BHD": (1000, 0), "JOD": (1000, 0), "OMR": (1000, 0), "TND": (1000, 0),
}, orient="index", columns=["power", "posting"])
PARCEL = ["not_received", "not_trackable", "wrong_address"]
REASONS = [*PARCEL, "colour_mismatch", "size_mismatch", "minor_mismatch", "shipping_method", "fake_capacity", "defective", "damaged",
           "wrong_item", "counterfeit", "quantity_short", "empty_parcel", "customs", "ordered_by_mistake", "other"]
PENDING = ["awaiting_credit", "awaiting_dispatch", "too_early", "negotiating", "awaiting_buyer", "awaiting_protection_end",
           "awaiting_evidence", "awaiting_return"]
REFERRED = ["buyer_mismatch", "wrong_address", "other", "return_overdue"]
WHOLE = ["top_up_not_credited", "never_shipped", "parcel_returned", "delivered_elsewhere", "parcel_stalled",
         "not_trackable", "not_delivered"]
DAY = np.timedelta64(1, "D")


def read(folder, name, columns, keep=None):
    """All text, and only the rows that matter: the filter works while the file is read."""
    file_format = pa.dataset.CsvFileFormat(
        parse_options=pa.csv.ParseOptions(newlines_in_values=name == "disputes", invalid_row_handler=lambda row: "skip"),
        convert_options=pa.csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=True),
    )
    return pa.dataset.dataset(f"{folder}/{name}.csv", format=file_format).to_table(columns=columns, filter=keep).to_pandas()


def instant(text):
    """RFC 3339; without an offset, in UTC."""
    return pd.to_datetime(text, format="ISO8601", utc=True, errors="coerce").dt.tz_localize(None)


def code(text):
    """Codes are compared without case, blanks and hyphens."""
    return text.str.strip().str.lower().str.replace(" ", "_", regex=False).str.replace("-", "_", regex=False)


def yes(text):
    return text.str.strip().str.lower().isin(["yes", "true", "1"])


def integer(text, missing):
    return pd.to_numeric(text, errors="coerce").fillna(missing).astype("int64")


def decimal(text, digits):
    good = text.str.fullmatch(r"[0-9]+(\.[0-9]+)?").fillna(False).astype(bool)
    return text.where(good).astype(pd.ArrowDtype(pa.decimal128(18, digits)))


def minor(text, power, missing=0):
    """Money is counted in whole minor units: thousandths are exact in every currency."""
    thousandths = (decimal(text, 3) * 1000).fillna(-1).astype("int64")
    return (thousandths * power // 1000).where(thousandths >= 0, missing)


def amount_text(units, power):
    cents = (units // power).astype("str") + "." + (power + units % power).astype("str").str[1:]
    return cents.where(power != 1, units.astype("str"))


def parcels(folder, orders, as_of):
    """What the events of each order say; the index is that of `orders`."""
    disputed = pa.dataset.field("order_id").isin(pa.array(orders["order_id"]))
    events = read(folder, "tracking", ["order_id", "event_at", "status", "tracking_no", "country"], disputed)
    events["order_id"] = pd.Index(orders["order_id"]).get_indexer(events["order_id"])  # numbers group faster than text
    events["event_at"] = instant(events["event_at"])
    events["status"] = code(events["status"]).astype("category")
    events["country"] = events["country"].str.strip().str.upper()
    events = events[(events["event_at"] <= as_of) & (events["order_id"] >= 0)].drop_duplicates()

    def first(rows):
        return rows.groupby("order_id")["event_at"].min()

    status = events["status"]
    parcel = events[~status.isin(["credited", "return_shipped", "return_delivered"])].sort_values("event_at", kind="stable")
    latest = parcel.drop_duplicates("order_id", keep="last").set_index("order_id")
    delivered = events[status == "delivered"]
    destination = delivered["order_id"].map(orders["destination"])
    elsewhere = (delivered["country"] != destination) & delivered["country"].notna() & destination.notna()
    return pd.DataFrame({
        "first_event_at": first(parcel),
        "latest_at": latest["event_at"],
        "latest_status": latest["status"],
        "delivered_at": first(delivered[~elsewhere]),
        "elsewhere_at": first(delivered[elsewhere]),
        "credited_at": first(events[status == "credited"]),
        "return_shipped_at": first(events[status == "return_shipped"]),
        "return_delivered_at": first(events[status == "return_delivered"]),
    })


def facts(folder, as_of):
    """One row for each dispute, with every date and amount the rules look at, and its turn among those of its order."""

    def past(text):
        """A fact dated after as-of has not happened."""
        at = instant(text)
        return at.where(at <= as_of)

    d = read(folder, "disputes", [
        "dispute_id", "order_id", "buyer_id", "opened_at", "reason", "requested_amount", "wants_return", "photos", "video",
        "documents", "evidence_tampered", "quantity_received", "advertised_capacity_gb", "measured_capacity_gb", "usable",
        "seller_response", "seller_responded_at", "seller_offer", "buyer_accepted_at", "escalated_at", "info_requested_at",
        "info_supplied_at", "withdrawn_at",
    ])
    d = d.drop_duplicates("dispute_id")
    d["opened_at"] = instant(d["opened_at"])
    d["reason"] = code(d["reason"])
    d = d[(d["opened_at"] <= as_of) & d["reason"].isin(REASONS)]

    # The disputes say which orders and events matter.
    orders = read(folder, "orders", [
        "order_id", "buyer_id", "currency", "goods_total", "paid_at", "category", "quantity", "shipping_fee", "refunded_total",
        "shipped_at", "protection_ends_at", "confirmed_at", "destination_country",
    ], pa.dataset.field("order_id").isin(pa.array(d["order_id"].unique()))).drop_duplicates("order_id")
    orders["currency"] = orders["currency"].str.strip().str.upper()
    orders = orders.merge(CURRENCIES, left_on="currency", right_index=True)
    power = orders["power"]
    orders = pd.DataFrame({
        "order_id": orders["order_id"], "buyer": orders["buyer_id"], "currency": orders["currency"], "power": power,
        "goods": minor(orders["goods_total"], power), "shipping": minor(orders["shipping_fee"], power),
        "refunded": minor(orders["refunded_total"], power), "posting": orders["posting"], "paid_at": instant(orders["paid_at"]),
        "category": code(orders["category"]), "quantity": integer(orders["quantity"], 1), "shipped_at": past(orders["shipped_at"]),
        "protection_ends_at": instant(orders["protection_ends_at"]), "confirmed_at": past(orders["confirmed_at"]),
        "destination": orders["destination_country"].str.strip().str.upper(),
    })
    orders = orders[orders["goods"] > 0].reset_index(drop=True)
    d = d.merge(orders.join(parcels(folder, orders, as_of)), on="order_id")
    d = d[d["opened_at"] >= d["paid_at"]].reset_index(drop=True)

    f = d[["dispute_id", "order_id", "opened_at", "reason", "currency", "power", "goods", "shipping", "refunded", "paid_at", "category",
           "quantity", "confirmed_at", "latest_at", "latest_status", "delivered_at", "return_shipped_at"]].copy()
    f["somebody_else"] = d["buyer_id"] != d["buyer"]
    f["requested"] = minor(d["requested_amount"], d["power"], missing=d["goods"])
    f["responded_at"] = past(d["seller_responded_at"])
    f["response"] = code(d["seller_response"]).where(f["responded_at"].notna(), "none").fillna("none")
    f["offer"] = minor(d["seller_offer"], d["power"]).where(f["response"] == "countered", 0)
    f["offer_taken_at"] = past(d["buyer_accepted_at"])
    f["info_asked_at"], f["info_at"], f["withdrawn_at"] = past(d["info_requested_at"]), past(d["info_supplied_at"]), past(d["withdrawn_at"])
    f["posting_too_dear"] = 2 * d["posting"] >= d["goods"]
    f["received_at"] = earlier(d["delivered_at"], d["confirmed_at"])
    f["elsewhere"], f["credited"] = d["elsewhere_at"].notna(), d["credited_at"].notna()
    f["return_delivered"] = d["return_delivered_at"].notna()
    f["sent_at"] = d["shipped_at"].fillna(d["first_event_at"]).fillna(d["confirmed_at"])
    f["protected_until"] = d["protection_ends_at"].fillna(f["sent_at"] + 60 * DAY)
    f["start_at"] = later(f["opened_at"], f["sent_at"] + 5 * DAY)
    f["silence_at"] = f["start_at"] + 5 * DAY
    escalated_at = past(d["escalated_at"])
    f["manual_at"] = later(escalated_at, f["start_at"] + 3 * DAY).where(escalated_at.notna())
    countered = (f["response"] == "countered") & (f["responded_at"] <= f["start_at"] + 15 * DAY)
    automatic_at = f["start_at"].where(~countered, later(f["start_at"], f["responded_at"])) + 15 * DAY
    f["escalation_at"] = earlier(f["manual_at"], automatic_at)
    f["closes_at"] = later(f["protected_until"], f["received_at"] + 15 * DAY).where(f["received_at"].notna(), f["protected_until"] + 15 * DAY)
    f["wants_return"], f["tampered"] = yes(d["wants_return"]), yes(d["evidence_tampered"])
    f["quantity_received"] = integer(d["quantity_received"], -1)
    f["parcel"] = f["reason"].isin(PARCEL)
    f["judged"] = f["reason"].mask((f["reason"] == "quantity_short") & (f["quantity_received"] == 0), "empty_parcel")
    weigh(f, d)
    f["turn"] = f.sort_values(["opened_at", "dispute_id"]).groupby("order_id").cumcount() + 1
    return f


def earlier(a, b):
    return pd.Series(np.fmin(a.to_numpy(), b.to_numpy()), index=a.index)  # fmin, fmax pass over missing dates


def later(a, b):
    return pd.Series(np.fmax(a.to_numpy(), b.to_numpy()), index=a.index)


def weigh(f, d):
    """The evidence, and what share of the goods the reason is worth: in thousandths, or for quantity_short in units."""
    judged, video = f["judged"], code(d["video"]).fillna("none")
    strength = np.select([video == "continuous", video == "cut"], [4, 3], 2)  # in quarters
    filmed = (integer(d["photos"], 0) > 0) | (video != "none")
    advertised, measured = decimal(d["advertised_capacity_gb"], 6), decimal(d["measured_capacity_gb"], 6)
    f["genuine"] = (10 * measured >= 9 * advertised).fillna(False).astype(bool)
    f["evidence"] = np.select(
        [judged.isin(["other", "ordered_by_mistake"]), f["tampered"], judged == "customs", judged == "empty_parcel",
         judged == "fake_capacity", judged == "quantity_short"],
        [True, False, integer(d["documents"], 0) > 0, video == "continuous",
         filmed & advertised.notna() & measured.notna(), filmed & (f["quantity_received"] >= 0)],
        filmed,
    )
    usable = yes(d["usable"])
    f["double"] = (judged.isin(["wrong_item", "counterfeit"]) & f["category"].isin(["electronics", "jewellery"])
                   & (f["requested"] > f["goods"]) & (strength == 4))
    f["share"] = np.select(
        [judged == "colour_mismatch", judged == "size_mismatch", judged.isin(["minor_mismatch", "shipping_method"]),
         (judged == "defective") & usable | (judged == "damaged") & (strength < 4), judged == "quantity_short", f["double"]],
        [300 + 50 * strength, 400 + 75 * strength, 200 + 25 * strength,
         500 + 100 * strength, f["quantity"] - f["quantity_received"], 2000],
        1000,
    )
    f["share_of"] = f["quantity"].where(judged == "quantity_short", 1000)
    f["asked"] = np.minimum(f["requested"], f["goods"])
    f["asked_on_merits"] = np.minimum(f["requested"], f["goods"] * (1 + f["double"]))
    f["can_return"] = (f["wants_return"] & ~f["parcel"] & (judged != "empty_parcel") & (f["category"] != "mobile_top_up")
                       & f["sent_at"].notna())
    f["can_return_on_merits"] = f["can_return"] & (
        judged.isin(["wrong_item", "counterfeit", "ordered_by_mistake"])
        | (judged == "defective") & ~usable | (judged == "damaged") & (strength == 4))


def ladder(f, a, remaining):
    """The first rule that holds."""
    parcel, sent, received, judged = f["parcel"], f["sent_at"].notna(), f["received_at"], f["judged"]
    top_up, withdrawn, not_confirmed = f["category"] == "mobile_top_up", f["withdrawn_at"].notna(), f["confirmed_at"].isna()
    silent = (f["response"] == "none") | (f["responded_at"] > f["silence_at"])
    info_late = f["info_asked_at"] + 3 * DAY
    rungs = {
        "buyer_mismatch": f["somebody_else"],
        "already_refunded": remaining <= 0,
        "withdrawn_after_escalation": (f["withdrawn_at"] >= f["escalation_at"]) & (sent | f["credited"]),
        "withdrawn_after_protection": withdrawn & sent & (f["protected_until"] <= a),
        "withdrawn": withdrawn,
        "seller_accepted": f["response"] == "accepted",
        "offer_accepted": f["offer_taken_at"].notna() & (f["offer"] > 0),
        "top_up_credited": top_up & f["credited"],
        "top_up_not_credited": top_up & (f["paid_at"] + 1 * DAY <= a),
        "awaiting_credit": top_up,
        "never_shipped": ~sent & (f["paid_at"] + 14 * DAY <= a),
        "awaiting_dispatch": ~sent,
        "too_early": f["start_at"] > a,
        "too_late": f["opened_at"] > f["closes_at"],
        "seller_silent": (f["silence_at"] <= a) & silent & ~(f["manual_at"] < f["silence_at"]) & ~f["tampered"],
        "negotiating": f["escalation_at"] > a,
        "parcel_returned": parcel & f["latest_status"].isin(["returned", "lost"]) & not_confirmed,
        "delivered_elsewhere": parcel & received.isna() & f["elsewhere"],
        "awaiting_buyer": f["info_at"].isna() & (info_late > a),
        "buyer_unresponsive": info_late.notna() & ~(f["info_at"] <= info_late),
        "wrong_address": (f["reason"] == "wrong_address") & f["delivered_at"].notna() & not_confirmed,
        "delivery_on_record": parcel & (received <= f["opened_at"]),
        "delivered_in_time": parcel & (received <= f["protected_until"]),
        "delivered_late": parcel & received.notna(),
        "parcel_stalled": parcel & (f["protected_until"] > a) & (f["latest_at"] <= a - 21 * DAY),
        "awaiting_protection_end": parcel & (f["protected_until"] > a),
        "not_trackable": parcel & f["latest_at"].isna(),
        "not_delivered": parcel,
        "awaiting_evidence": ~f["evidence"] & (f["escalation_at"] + 3 * DAY > a),
        "insufficient_evidence": ~f["evidence"],
        "capacity_genuine": (judged == "fake_capacity") & f["genuine"],
        "quantity_complete": (judged == "quantity_short") & (f["quantity_received"] >= f["quantity"]),
        "no_fault": (judged == "ordered_by_mistake") & ~f["wants_return"],
    }
    return pd.Series(np.select(list(rungs.values()), list(rungs), judged.to_numpy(dtype=object)), index=f.index)


def decide(f, a, remaining):
    """Cases with what remains of their orders' money -> outcome, rule, award."""
    rule = ladder(f, a, remaining)
    on_merits = ~f["parcel"] & (rule == f["judged"]) & (rule != "other")
    settled = rule.isin(["seller_accepted", "seller_silent"])
    rounded = (2 * f["goods"] * f["share"] + f["share_of"]) // (2 * f["share_of"])  # halves away from zero
    due = np.select(
        [settled, rule == "offer_accepted", rule.isin(WHOLE), rule == "delivered_late", on_merits],
        [f["asked"], f["offer"], remaining, np.minimum(f["asked"], (f["goods"] + 1) // 2),
         np.minimum(f["asked_on_merits"], np.maximum(rounded, f["offer"]))],  # an offer is a floor
        0,
    )
    due = np.minimum(due, remaining + f["goods"].where(on_merits & f["double"], 0))
    # The goods go back where that is wanted, counts, and the award is whole.
    back = (settled & f["can_return"] & (due >= remaining)
            | on_merits & f["can_return_on_merits"] & (due >= remaining) & ~f["posting_too_dear"]
            | (rule == "ordered_by_mistake")) & ~f["return_delivered"]
    base_at = later(f["escalation_at"], f["info_at"])
    base_at = base_at.mask(rule == "seller_accepted", f["responded_at"]).mask(rule == "seller_silent", f["silence_at"])
    until = (f["return_shipped_at"] + 60 * DAY).fillna(base_at + 10 * DAY)
    rule = rule.mask(back, pd.Series(np.select(
        [until > a, f["return_shipped_at"].notna()], ["awaiting_return", "return_overdue"], "return_not_sent"), index=f.index))
    award = np.maximum(due, 0).where(~back, 0)
    outcome = np.select(
        [rule.isin(PENDING), rule.isin(REFERRED), rule == "withdrawn", award == 0, award >= remaining],
        ["pending", "referred", "resumed", "denied", "refund_full"], "refund_partial")
    return f[["dispute_id", "order_id"]].assign(outcome=outcome, rule=rule, award=award)


def in_turns(f, as_of):
    """Earlier awards of an order lower what is left for its later disputes, so these are decided in turns."""
    done, spent = [], pd.Series(dtype="int64")
    for _, todo in f.groupby("turn"):
        remaining = todo["goods"] - todo["refunded"] - todo["order_id"].map(spent).fillna(0).astype("int64")
        done.append(decide(todo, as_of, remaining))
        spent = pd.concat(done).groupby("order_id")["award"].sum()
    return pd.concat(done).sort_index().join(f[["currency", "power", "goods", "shipping", "refunded"]])


def write(decisions, out):
    os.makedirs(out, exist_ok=True)
    d = decisions

    def save(frame, name):
        pa.csv.write_csv(pa.Table.from_pandas(frame, preserve_index=False), f"{out}/{name}.csv", pa.csv.WriteOptions(quoting_style="needed"))

    save(d[["dispute_id", "order_id", "outcome", "rule"]].assign(award=amount_text(d["award"], d["power"]), currency=d["currency"]), "decisions")

    open_ = d["outcome"].isin(["resumed", "pending", "referred"])
    by_order = d.assign(open=open_).groupby("order_id")
    books = by_order[["currency", "power", "goods", "shipping", "refunded"]].first()
    award, escrow = by_order["award"].sum(), books["goods"] + books["shipping"] - books["refunded"]
    # The guarantee fund pays what the awards exceed the order's goods money by.
    rest = escrow + np.maximum(award - (books["goods"] - books["refunded"]), 0) - award
    held = by_order["open"].any()
    amounts = {"escrow": escrow, "award": award, "released": rest.mask(held, 0), "held": rest.where(held, 0)}
    save(books[["currency"]].assign(**{k: amount_text(v, books["power"]) for k, v in amounts.items()}).reset_index(), "ledger")

    by_rule = d.groupby(["outcome", "rule", "currency"], as_index=False)
    totals = by_rule.agg(disputes=("award", "size"), award=("award", "sum"), power=("power", "first"))
    save(totals.assign(award=amount_text(totals["award"], totals["power"])).drop(columns="power"), "totals")


def main(folder, out, as_of):
    as_of = instant(pd.Series([as_of])).iloc[0]
    write(in_turns(facts(folder, as_of), as_of), out)


if __name__ == "__main__":
    main(*sys.argv[1:])
