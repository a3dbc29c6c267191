"""Decides a night's disputes with the GoRules Zen engine: python3 zen_rules.py FOLDER OUT AS_OF [--bench-decide N]

Polars (polars_lazy.py) reads the exports and prepares the facts; the decision model below holds the rules and the money.
"""

import functools
import itertools
import json
import multiprocessing
import sys
import time

import polars as pl
import zen
from polars import col, when

import polars_lazy

# Instants are counted in milliseconds from as-of: a fact has happened where it is <= 0. What never happens lies far ahead.
NEVER = 10**15
DAY = 86_400_000

NO = "false"
WHOLE = "remaining"
ON_MERITS = "(escalation > info ? escalation : (info > 0 ? escalation : info))"


def merits(share, whole="remaining"):
    """The least of asked, the share of the goods (rounded once, halves up) and what is left; an offer is a floor."""
    return f"min([asked_on_merits, max([floor(goods * {share} + 0.5), offer]), {whole}])"


BACK = "can_return and not posting_too_dear"
# condition, rule, outcome (empty: by the award), what is due, whether the goods go back, since when that is awaited
LADDER = [
    ("somebody_else", "buyer_mismatch", "referred", "0", NO, "0"),
    ("remaining <= 0", "already_refunded", "denied", "0", NO, "0"),
    ("withdrawn <= 0 and withdrawn >= escalation and (sent or credited)", "withdrawn_after_escalation", "denied", "0", NO, "0"),
    ("withdrawn <= 0 and sent and protection <= 0", "withdrawn_after_protection", "denied", "0", NO, "0"),
    ("withdrawn <= 0", "withdrawn", "resumed", "0", NO, "0"),
    ('response == "accepted"', "seller_accepted", "", "min([asked, remaining])", "can_return", "responded"),
    ("offer_taken and offer > 0", "offer_accepted", "", "min([offer, remaining])", NO, "0"),
    ("top_up and credited", "top_up_credited", "denied", "0", NO, "0"),
    (f"top_up and paid <= -{DAY}", "top_up_not_credited", "", WHOLE, NO, "0"),
    ("top_up", "awaiting_credit", "pending", "0", NO, "0"),
    (f"not sent and paid <= -{14 * DAY}", "never_shipped", "", WHOLE, NO, "0"),
    ("not sent", "awaiting_dispatch", "pending", "0", NO, "0"),
    ("start > 0", "too_early", "pending", "0", NO, "0"),
    ("opened > closes", "too_late", "denied", "0", NO, "0"),
    ("silence <= 0 and responded > silence and manual >= silence and not tampered", "seller_silent", "",
     "min([asked, remaining])", "can_return", "silence"),
    ("escalation > 0", "negotiating", "pending", "0", NO, "0"),
    ("parcel and parcel_lost and not confirmed", "parcel_returned", "", WHOLE, NO, "0"),
    ("parcel and received > 0 and elsewhere", "delivered_elsewhere", "", WHOLE, NO, "0"),
    (f"info_asked <= 0 and info > 0 and info_asked > -{3 * DAY}", "awaiting_buyer", "pending", "0", NO, "0"),
    (f"info_asked <= 0 and info > info_asked + {3 * DAY}", "buyer_unresponsive", "denied", "0", NO, "0"),
    ('reason == "wrong_address" and delivered and not confirmed', "wrong_address", "referred", "0", NO, "0"),
    ("parcel and received <= opened", "delivery_on_record", "denied", "0", NO, "0"),
    ("parcel and received <= 0 and received <= protection", "delivered_in_time", "denied", "0", NO, "0"),
    ("parcel and received <= 0", "delivered_late", "", "min([asked, floor(goods * 0.50 + 0.5), remaining])", NO, "0"),
    (f"parcel and protection > 0 and latest <= -{21 * DAY}", "parcel_stalled", "", WHOLE, NO, "0"),
    ("parcel and protection > 0", "awaiting_protection_end", "pending", "0", NO, "0"),
    ("parcel and latest > 0", "not_trackable", "", WHOLE, NO, "0"),
    ("parcel", "not_delivered", "", WHOLE, NO, "0"),
    ('reason == "other"', "other", "referred", "0", NO, "0"),
    ('reason == "ordered_by_mistake" and not wants_return', "no_fault", "denied", "0", NO, "0"),
    ('reason == "ordered_by_mistake"', "ordered_by_mistake", "", merits("1.00"), "true", ON_MERITS),
    (f"not evidence and escalation > -{3 * DAY}", "awaiting_evidence", "pending", "0", NO, "0"),
    ("not evidence", "insufficient_evidence", "denied", "0", NO, "0"),
    ('reason == "colour_mismatch"', "colour_mismatch", "", merits("(0.30 + 0.20 * strength)"), NO, "0"),
    ('reason == "size_mismatch"', "size_mismatch", "", merits("(0.40 + 0.30 * strength)"), NO, "0"),
    ('reason == "minor_mismatch"', "minor_mismatch", "", merits("(0.20 + 0.10 * strength)"), NO, "0"),
    ('reason == "shipping_method"', "shipping_method", "", merits("(0.20 + 0.10 * strength)"), NO, "0"),
    ('reason == "fake_capacity" and measured >= advertised * (1 - 0.10)', "capacity_genuine", "denied", "0", NO, "0"),
    ('reason == "fake_capacity"', "fake_capacity", "", merits("1.00"), NO, "0"),
    ('reason == "defective" and usable', "defective", "", merits("(0.50 + 0.40 * strength)"), NO, "0"),
    ('reason == "defective"', "defective", "", merits("1.00"), BACK, ON_MERITS),
    ('reason == "damaged" and strength < 1', "damaged", "", merits("(0.50 + 0.40 * strength)"), NO, "0"),
    ('reason == "damaged"', "damaged", "", merits("1.00"), BACK, ON_MERITS),
    ('reason == "wrong_item" and double', "wrong_item", "", merits("2.00", "remaining + goods"), BACK, ON_MERITS),
    ('reason == "wrong_item"', "wrong_item", "", merits("1.00"), BACK, ON_MERITS),
    ('reason == "counterfeit" and double', "counterfeit", "", merits("2.00", "remaining + goods"), BACK, ON_MERITS),
    ('reason == "counterfeit"', "counterfeit", "", merits("1.00"), BACK, ON_MERITS),
    ('reason == "quantity_short" and missing <= 0', "quantity_complete", "denied", "0", NO, "0"),
    ('reason == "quantity_short"', "quantity_short", "", merits("missing / quantity"), NO, "0"),
    ('reason == "empty_parcel"', "empty_parcel", "", merits("1.00"), NO, "0"),
    ('reason == "customs"', "customs", "", merits("1.00"), NO, "0"),
]
# condition, rule, outcome, award
SETTLE = [
    ('outcome != ""', "rule", "outcome", "0"),
    ("due <= 0", "rule", '"denied"', "0"),
    ('return_delivered or not returns or (due < remaining and rule != "ordered_by_mistake")',
     "rule", 'due >= remaining ? "refund_full" : "refund_partial"', "due"),
    (f"return_shipped <= 0 and return_shipped > -{60 * DAY}", '"awaiting_return"', '"pending"', "0"),
    ("return_shipped <= 0", '"return_overdue"', '"referred"', "0"),
    (f"since > -{10 * DAY}", '"awaiting_return"', '"pending"', "0"),
    ("", '"return_not_sent"', '"denied"', "0"),
]


def table(name, outputs, rows, pass_through):
    """A first-hit table: one condition column, evaluated from the top, and the columns of the outcome."""
    return {
        "id": name, "name": name, "type": "decisionTableNode",
        "content": {
            "hitPolicy": "first", "passThrough": pass_through, "executionMode": "single", "inputField": None, "outputPath": None,
            "inputs": [{"id": "condition", "name": "condition", "field": ""}],
            "outputs": [{"id": output, "name": output, "field": output} for output in outputs],
            "rules": [dict(zip(["_id", "condition", *outputs], [f"{name}{n}", *row])) for n, row in enumerate(rows)],
        },
    }


def model():
    ladder = [(condition, json.dumps(rule), json.dumps(outcome), *rest) for condition, rule, outcome, *rest in LADDER]
    nodes = [
        {"id": "facts", "name": "facts", "type": "inputNode", "content": {}},
        table("ladder", ["rule", "outcome", "due", "returns", "since"], ladder, pass_through=True),
        table("settle", ["rule", "outcome", "award"], SETTLE, pass_through=False),
        {"id": "decision", "name": "decision", "type": "outputNode", "content": {}},
    ]
    edges = [{"id": f"{a['id']}-{b['id']}", "type": "edge", "sourceId": a["id"], "targetId": b["id"]} for a, b in itertools.pairwise(nodes)]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def context(as_of):
    """A case as the JSON text that the engine reads: written for all cases at once, with only what the tables look at."""

    def since(name):
        return (col(name) - as_of).dt.total_milliseconds().fill_null(NEVER)

    def millionths(name):
        return (col(name) * 1_000_000).cast(pl.Int64).fill_null(0)

    return pl.struct(
        "remaining", "goods", "asked", "asked_on_merits", "somebody_else", "credited", "response", "tampered", "parcel", "elsewhere",
        "evidence", "wants_return", "usable", "double", "can_return", "posting_too_dear", "return_delivered", "quantity",
        reason="judged", offer=col("offer").fill_null(0), sent=col("sent_at").is_not_null(), top_up=col("category") == "mobile_top_up",
        offer_taken=col("offer_taken_at").is_not_null(), parcel_lost=col("latest_status").is_in(["returned", "lost"]),
        confirmed=col("confirmed_at").is_not_null(), delivered=col("delivered_at").is_not_null(), strength=col("strength") / 4,
        advertised=millionths("advertised"), measured=millionths("measured"),
        missing=(col("quantity") - col("quantity_received")).fill_null(0),
        # A response that has not come is as good as one that never comes; a seller who never answers is silent.
        responded=when(col("response") == "none").then(NEVER).otherwise(since("responded_at")),
        withdrawn=since("withdrawn_at"), escalation=since("escalation_at"), protection=since("protected_until"), paid=since("paid_at"),
        start=since("start_at"), opened=since("opened_at"), closes=since("closes_at"), silence=since("silence_at"),
        manual=since("manual_at"), latest=since("latest_at"), received=since("received_at"), info_asked=since("info_asked_at"),
        info=since("info_at"), return_shipped=since("return_shipped_at"),
    ).struct.json_encode().alias("context")


@functools.cache
def engine():
    """With a static loader the model is compiled once; engine.evaluate() on it is much faster than a ZenDecision's."""
    return zen.ZenEngine({"loader": {"type": "static", "content": {"rules": model()}}})


def evaluate(contexts):
    evaluate_one = engine().evaluate
    results = [evaluate_one("rules", context)["result"] for context in contexts]
    return [[result[key] for result in results] for key in ("outcome", "rule", "award")]


def decide(cases, as_of, pool):
    cases = cases.with_columns(context(as_of)).collect(engine="streaming")
    contexts = cases["context"].to_list()
    chunks = [contexts[i:i + 5000] for i in range(0, len(contexts), 5000)]
    done = pool.map(evaluate, chunks) if len(chunks) > 1 else map(evaluate, chunks)
    outcome, rule, award = (list(itertools.chain.from_iterable(column)) for column in zip(*done))
    return cases.select(
        "place", "dispute_id", "order_id", "currency", "power", "goods", "shipping", "refunded",
        outcome=pl.Series(outcome), rule=pl.Series(rule), award=pl.Series(award, dtype=pl.Int64),
    )


def main(folder, out, as_of, *options):
    as_of = pl.select(pl.lit(as_of).str.to_datetime("%+", time_unit="us").dt.replace_time_zone(None)).item()
    if options:
        return bench_decide(folder, as_of, int(options[1]))
    # Two processes, not two threads: the engine's calls hold the interpreter's lock.
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        facts = polars_lazy.facts(folder, as_of)
        polars_lazy.write(polars_lazy.in_turns(facts, lambda cases: decide(cases, as_of, pool)), out)


def bench_decide(folder, as_of, times):
    """The loaded model over prepared facts, in one thread."""
    facts = polars_lazy.facts(folder, as_of).with_columns(remaining=col("goods") - col("refunded"))
    contexts = facts.select(context(as_of))["context"].to_list()
    evaluate_one = engine().evaluate
    evaluate_one("rules", contexts[0])
    started = time.perf_counter()
    for case in itertools.islice(itertools.cycle(contexts), times):
        evaluate_one("rules", case)
    seconds = time.perf_counter() - started
    print(f"{times} evaluations in {seconds:.3f} s: {times / seconds:.0f} per second")


if __name__ == "__main__":
    main(*sys.argv[1:])
