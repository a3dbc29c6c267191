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
PARCEL = ["not_received", "not_trackable", "wrong_address"]
REASONS = [*PARCEL, "colour_mismatch", "size_mismatch", "minor_mismatch", "shipping_method", "fake_capacity", "defective", "damaged",
           "wrong_item", "counterfeit", "quantity_short", "empty_parcel", "customs", "ordered_by_mistake", "other"]
PENDING = ["awaiting_credit", "awaiting_dispatch", "too_early", "negotiating", "awaiting_buyer", "awaiting_protection_end",
           "awaiting_evidence", "awaiting_return"]
REFERRED = ["buyer_mismatch", "wrong_address", "other", "return_overdue"]
WHOLE = ["top_up_not_credited", "never_shipped", "parcel_returned", "delivered_elsewhere", "parcel_stalled",
         "not_trackable", "not_delivered"]


def days(n):
    return pl.duration(days=n)


def instant(name):
    """RFC 3339; without an offset, in UTC."""
    return pl.coalesce(
        col(name).str.to_datetime("%+", time_unit="us", strict=False).dt.replace_time_zone(None),
        col(name).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=False),
        col(name).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False),
    )


def past(name, as_of):
    """A fact dated after as-of has not happened."""
    return when(instant(name) <= as_of).then(instant(name))


def code(name):
    """Codes are compared without case, blanks and hyphens."""
    return col(name).str.strip_chars().str.to_lowercase().str.replace_all("[ -]", "_")


def letters(name):
    return col(name).str.strip_chars().str.to_uppercase()


def yes(name):
    return col(name).str.strip_chars().str.to_lowercase().is_in(["yes", "true", "1"]).fill_null(False)


def integer(name):
    return col(name).cast(pl.Int64, strict=False)


def minor(name):
    """Money is counted in whole minor units."""
    return (col(name).cast(pl.Decimal(18, 3), strict=False) * col("power")).cast(pl.Int64)


def amount_text(name):
    units, power = col(name), col("power")
    fraction = (power + units % power).cast(pl.String).str.slice(1)
    return when(power == 1).then(units.cast(pl.String)).otherwise(pl.format("{}.{}", units // power, fraction)).alias(name)


def scan(folder, name, **options):
    """All text: what matters is cast once the rows that do not matter are gone."""
    return pl.scan_csv(f"{folder}/{name}.csv", infer_schema=False, null_values=[""], truncate_ragged_lines=True, **options)


def parcels(events, orders, as_of):
    """One row for each order with what its events say."""
    kind = col("status")
    parcel = ~kind.is_in(["credited", "return_shipped", "return_delivered"])
    at_home = (col("country") == col("destination")).fill_null(True)
    delivered = kind == "delivered"
    return (
        events.select("place", "order_id", "tracking_no", event_at=instant("event_at"), status=code("status"), country=letters("country"))
        .filter(col("event_at") <= as_of)
        .group_by("order_id", "event_at", "status", "tracking_no", "country").agg(col("place").min())  # of repeats the first
        .join(orders.select("order_id", destination=letters("destination_country")), on="order_id")
        .group_by("order_id").agg(
            first_event_at=col("event_at").filter(parcel).min(),
            latest_at=col("event_at").filter(parcel).max(),
            latest_status=kind.filter(parcel).sort_by(col("event_at").filter(parcel), col("place").filter(parcel)).last(),
            delivered_at=col("event_at").filter(delivered & at_home).min(),
            elsewhere=(delivered & ~at_home).any(),
            credited=(kind == "credited").any(),
            return_shipped_at=col("event_at").filter(kind == "return_shipped").min(),
            return_delivered=(kind == "return_delivered").any(),
        )
    )


def facts(folder, as_of):
    """One row for each dispute, with every date and amount the rules look at, and its turn among those of its order."""
    disputes = (
        scan(folder, "disputes", row_index_name="place").drop("comment").unique("dispute_id", keep="first")
        .with_columns(opened_at=instant("opened_at"), reason=code("reason"))
        .filter(col("opened_at") <= as_of, col("reason").is_in(REASONS)).collect(engine="streaming")
    )
    # The disputes say which orders and events matter: the two big files are cut down while they are read.
    disputed = disputes["order_id"].unique().implode()
    orders = scan(folder, "orders").drop("seller_id", "payment_method", "wallet").filter(col("order_id").is_in(disputed))
    events = scan(folder, "tracking", row_index_name="place").filter(col("order_id").is_in(disputed))
    orders = orders.unique("order_id", keep="first").collect(engine="streaming").lazy()
    currencies = pl.LazyFrame(
        [(name, *rest) for name, rest in CURRENCIES.items()], schema={"currency": pl.String, "power": pl.Int64, "posting": pl.Int64}, orient="row"
    )
    sold = (
        orders.with_columns(letters("currency")).join(currencies, on="currency")
        .select(
            "order_id", "currency", "power", buyer="buyer_id", goods=minor("goods_total"), shipping=minor("shipping_fee").fill_null(0),
            refunded=minor("refunded_total").fill_null(0), posting="posting", paid_at=instant("paid_at"), category=code("category").fill_null(""),
            quantity=integer("quantity").fill_null(1), shipped_at=past("shipped_at", as_of),
            protection_ends_at=instant("protection_ends_at"), confirmed_at=past("confirmed_at", as_of),
        )
    )
    return (
        disputes.lazy()
        .join(sold, on="order_id").filter(col("opened_at") >= col("paid_at"), col("goods") > 0)
        .join(parcels(events, orders, as_of), on="order_id", how="left")
        .select(
            "place", "dispute_id", "order_id", "currency", "power", "opened_at", "paid_at", "goods", "shipping", "refunded", "category",
            "quantity", "confirmed_at", "latest_at", "delivered_at", "return_shipped_at",
            somebody_else=col("buyer_id") != col("buyer"), reason="reason",
            requested=minor("requested_amount").fill_null(col("goods")), wants_return=yes("wants_return"),
            photos=integer("photos").fill_null(0), video=code("video").fill_null("none"), documents=integer("documents").fill_null(0),
            tampered=yes("evidence_tampered"), quantity_received=integer("quantity_received"),
            advertised=col("advertised_capacity_gb").cast(pl.Decimal(18, 6), strict=False),
            measured=col("measured_capacity_gb").cast(pl.Decimal(18, 6), strict=False),
            usable=yes("usable"), response=code("seller_response"), responded_at=past("seller_responded_at", as_of),
            offer=minor("seller_offer"), offer_taken_at=past("buyer_accepted_at", as_of), escalated_at=past("escalated_at", as_of),
            info_asked_at=past("info_requested_at", as_of), info_at=past("info_supplied_at", as_of), withdrawn_at=past("withdrawn_at", as_of),
            posting_too_dear=(2 * col("posting") >= col("goods")).fill_null(False),
            received_at=pl.min_horizontal("delivered_at", "confirmed_at"),
            latest_status=col("latest_status").fill_null(""),
            elsewhere=col("elsewhere").fill_null(False), credited=col("credited").fill_null(False),
            return_delivered=col("return_delivered").fill_null(False),
            sent_at=pl.coalesce("shipped_at", "first_event_at", "confirmed_at"), protection_ends_at="protection_ends_at",
        )
        .with_columns(
            response=when(col("responded_at").is_not_null()).then("response").fill_null("none"),
            protected_until=pl.coalesce("protection_ends_at", col("sent_at") + days(60)),
            start_at=pl.max_horizontal("opened_at", col("sent_at") + days(5)),
            parcel=col("reason").is_in(PARCEL),
            judged=when((col("reason") == "quantity_short") & (col("quantity_received") == 0)).then(lit("empty_parcel")).otherwise("reason"),
            strength=col("video").replace_strict({"continuous": 4, "cut": 3}, default=2, return_dtype=pl.Int64),  # in quarters
        )
        .with_columns(
            offer=when(col("response") == "countered").then("offer"),
            silence_at=col("start_at") + days(5),
            manual_at=when(col("escalated_at").is_not_null()).then(pl.max_horizontal("escalated_at", col("start_at") + days(3))),
            automatic_at=days(15) + when((col("response") == "countered") & (col("responded_at") <= col("start_at") + days(15)))
            .then(pl.max_horizontal("start_at", "responded_at")).otherwise("start_at"),
            closes_at=when(col("received_at").is_null()).then(col("protected_until") + days(15))
            .otherwise(pl.max_horizontal("protected_until", col("received_at") + days(15))),
            double=col("judged").is_in(["wrong_item", "counterfeit"]) & col("category").is_in(["electronics", "jewellery"])
            & (col("requested") > col("goods")) & (col("strength") == 4),
            can_return=col("wants_return") & ~col("parcel") & (col("judged") != "empty_parcel") & (col("category") != "mobile_top_up")
            & col("sent_at").is_not_null(),
            evidence=evidence(),
        )
        .with_columns(
            escalation_at=pl.min_horizontal("manual_at", "automatic_at"),
            asked=pl.min_horizontal("requested", "goods"),
            asked_on_merits=pl.min_horizontal("requested", when("double").then(2 * col("goods")).otherwise("goods")),
            share=share(),
            share_of=when(col("judged") == "quantity_short").then("quantity").otherwise(1000),
            can_return_on_merits=col("can_return") & (
                col("judged").is_in(["wrong_item", "counterfeit", "ordered_by_mistake"])
                | (col("judged") == "defective") & ~col("usable") | (col("judged") == "damaged") & (col("strength") == 4)
            ),
        )
        .sort("opened_at", "dispute_id")
        .with_columns(turn=col("place").cum_count().over("order_id"))
        .sort("place")
        .collect(engine="streaming")
    )


def evidence():
    judged = col("judged")
    filmed = (col("photos") > 0) | (col("video") != "none")
    return (
        when(judged.is_in(["other", "ordered_by_mistake"])).then(True)
        .when("tampered").then(False)
        .when(judged == "customs").then(col("documents") > 0)
        .when(judged == "empty_parcel").then(col("video") == "continuous")
        .when(judged == "fake_capacity").then(filmed & col("advertised").is_not_null() & col("measured").is_not_null())
        .when(judged == "quantity_short").then(filmed & col("quantity_received").is_not_null())
        .otherwise(filmed)
    )


def share():
    """In thousandths, or for quantity_short in units; the band grows with the strength of the evidence."""
    judged, strength = col("judged"), col("strength")
    return (
        when(judged == "colour_mismatch").then(300 + 50 * strength)
        .when(judged == "size_mismatch").then(400 + 75 * strength)
        .when(judged.is_in(["minor_mismatch", "shipping_method"])).then(200 + 25 * strength)
        .when((judged == "defective") & col("usable")).then(500 + 100 * strength)
        .when((judged == "damaged") & (strength < 4)).then(500 + 100 * strength)
        .when(judged == "quantity_short").then(col("quantity") - col("quantity_received"))
        .when("double").then(2000)
        .otherwise(1000)
    )


def ladder(as_of):
    """The first rule that holds."""
    a = lit(as_of)
    parcel, sent, received = col("parcel"), col("sent_at").is_not_null(), col("received_at")
    info_late = col("info_asked_at") + days(3)
    top_up = col("category") == "mobile_top_up"
    rungs = [
        ("buyer_mismatch", col("somebody_else")),
        ("already_refunded", col("remaining") <= 0),
        ("withdrawn_after_escalation", (col("withdrawn_at") >= col("escalation_at")) & (sent | col("credited"))),
        ("withdrawn_after_protection", col("withdrawn_at").is_not_null() & sent & (a >= col("protected_until"))),
        ("withdrawn", col("withdrawn_at").is_not_null()),
        ("seller_accepted", col("response") == "accepted"),
        ("offer_accepted", col("offer_taken_at").is_not_null() & col("offer").is_not_null()),
        ("top_up_credited", top_up & col("credited")),
        ("top_up_not_credited", top_up & (a >= col("paid_at") + days(1))),
        ("awaiting_credit", top_up),
        ("never_shipped", ~sent & (a >= col("paid_at") + days(14))),
        ("awaiting_dispatch", ~sent),
        ("too_early", a < col("start_at")),
        ("too_late", col("opened_at") > col("closes_at")),
        ("seller_silent", (a >= col("silence_at")) & ((col("response") == "none") | (col("responded_at") > col("silence_at")))
         & (col("manual_at") >= col("silence_at")).fill_null(True) & ~col("tampered")),
        ("negotiating", a < col("escalation_at")),
        ("parcel_returned", parcel & col("latest_status").is_in(["returned", "lost"]) & col("confirmed_at").is_null()),
        ("delivered_elsewhere", parcel & received.is_null() & col("elsewhere")),
        ("awaiting_buyer", col("info_at").is_null() & (a < info_late)),
        ("buyer_unresponsive", info_late.is_not_null() & (col("info_at") > info_late).fill_null(True)),
        ("wrong_address", (col("reason") == "wrong_address") & col("delivered_at").is_not_null() & col("confirmed_at").is_null()),
        ("delivery_on_record", parcel & (received <= col("opened_at"))),
        ("delivered_in_time", parcel & (received <= col("protected_until"))),
        ("delivered_late", parcel & received.is_not_null()),
        ("parcel_stalled", parcel & (a < col("protected_until")) & (col("latest_at") <= a - days(21))),
        ("awaiting_protection_end", parcel & (a < col("protected_until"))),
        ("not_trackable", parcel & col("latest_at").is_null()),
        ("not_delivered", parcel),
        ("awaiting_evidence", ~col("evidence") & (a < col("escalation_at") + days(3))),
        ("insufficient_evidence", ~col("evidence")),
        ("capacity_genuine", (col("judged") == "fake_capacity") & (10 * col("measured") >= 9 * col("advertised"))),
        ("quantity_complete", (col("judged") == "quantity_short") & (col("quantity_received") >= col("quantity"))),
        ("no_fault", (col("judged") == "ordered_by_mistake") & ~col("wants_return")),
    ]
    (name, holds), *rest = rungs
    rule = when(holds).then(lit(name))
    for name, holds in rest:
        rule = rule.when(holds).then(lit(name))
    return rule.otherwise("judged")


def decide(cases, as_of):
    """Cases with what remains of their orders' money -> outcome, rule, award."""
    rule, remaining, due, goods = col("rule"), col("remaining"), col("due"), col("goods")
    on_merits = ~col("parcel") & (rule == col("judged")) & (rule != "other")
    rounded = (2 * goods * col("share") + col("share_of")) // (2 * col("share_of"))  # halves away from zero
    settled = rule.is_in(["seller_accepted", "seller_silent"])
    return (
        cases.with_columns(rule=ladder(as_of))
        .with_columns(
            due=pl.min_horizontal(
                when(settled).then("asked")
                .when(rule == "offer_accepted").then("offer")
                .when(rule.is_in(WHOLE)).then("remaining")
                .when(rule == "delivered_late").then(pl.min_horizontal("asked", (goods + 1) // 2))
                .when(on_merits).then(pl.min_horizontal("asked_on_merits", pl.max_horizontal(rounded, "offer")))  # an offer is a floor
                .otherwise(0),
                remaining + when(on_merits & col("double")).then(goods).otherwise(0),
            )
        )
        .with_columns(
            # The goods go back where that is wanted, counts, and the award is whole.
            back=(
                settled & col("can_return") & (due >= remaining)
                | on_merits & col("can_return_on_merits") & (due >= remaining) & ~col("posting_too_dear")
                | (rule == "ordered_by_mistake")
            ) & ~col("return_delivered"),
            base_at=when(rule == "seller_accepted").then("responded_at").when(rule == "seller_silent").then("silence_at")
            .otherwise(pl.max_horizontal("escalation_at", "info_at")),
        )
        .with_columns(
            rule=when(~col("back")).then("rule")
            .when(lit(as_of) < pl.coalesce(col("return_shipped_at") + days(60), col("base_at") + days(10))).then(lit("awaiting_return"))
            .when(col("return_shipped_at").is_not_null()).then(lit("return_overdue"))
            .otherwise(lit("return_not_sent")),
        )
        .with_columns(award=when(rule.is_in(["awaiting_return", "return_overdue", "return_not_sent"])).then(0).otherwise(pl.max_horizontal(due, 0)))
        .with_columns(
            outcome=when(rule.is_in(PENDING)).then(lit("pending"))
            .when(rule.is_in(REFERRED)).then(lit("referred"))
            .when(rule == "withdrawn").then(lit("resumed"))
            .when(col("award") == 0).then(lit("denied"))
            .when(col("award") >= remaining).then(lit("refund_full"))
            .otherwise(lit("refund_partial"))
        )
    )


def in_turns(cases, decide_turn):
    """Earlier awards of an order lower what is left for its later disputes, so these are decided in turns."""
    done = []
    for turn in range(1, (cases["turn"].max() or 0) + 1):
        todo = cases.lazy().filter(col("turn") == turn)
        left = col("goods") - col("refunded")
        if done:
            spent = pl.concat(done).lazy().group_by("order_id").agg(spent=col("award").sum())
            todo = todo.join(spent, on="order_id", how="left")
            left -= col("spent").fill_null(0)
        done.append(decide_turn(todo.with_columns(remaining=left)))
    return pl.concat(done).sort("place")


def write(decisions, out):
    """Decisions (with order money) -> decisions.csv, ledger.csv, totals.csv."""
    os.makedirs(out, exist_ok=True)
    all_of_them = decisions.lazy()
    held = col("outcome").is_in(["resumed", "pending", "referred"]).any()
    books = (
        all_of_them.group_by("order_id")
        .agg(col("currency", "power", "goods", "shipping", "refunded").first(), col("award").sum(), held=held)
        .with_columns(escrow=col("goods") + col("shipping") - col("refunded"))
        # The guarantee fund pays what the awards exceed the order's goods money by.
        .with_columns(rest=col("escrow") + pl.max_horizontal(0, col("award") - (col("goods") - col("refunded"))) - col("award"))
        .with_columns(released=when("held").then(0).otherwise("rest"), held=when("held").then("rest").otherwise(0))
        .sort("order_id")
        .select("order_id", "currency", *map(amount_text, ["escrow", "award", "released", "held"]))
    )
    totals = (
        all_of_them.group_by("outcome", "rule", "currency").agg(col("power").first(), disputes=pl.len(), award=col("award").sum())
        .sort("outcome", "rule", "currency").select("outcome", "rule", "currency", "disputes", amount_text("award"))
    )
    rows = all_of_them.select("dispute_id", "order_id", "outcome", "rule", amount_text("award"), "currency")
    pl.collect_all([
        rows.sink_csv(f"{out}/decisions.csv", lazy=True),
        books.sink_csv(f"{out}/ledger.csv", lazy=True),
        totals.sink_csv(f"{out}/totals.csv", lazy=True),
    ], engine="streaming")


def main(folder, out, as_of):
    as_of = pl.select(pl.lit(as_of).str.to_datetime("%+", time_unit="us").dt.replace_time_zone(None)).item()
    kept = ["place", "dispute_id", "order_id", "outcome", "rule", "award", "currency", "power", "goods", "shipping", "refunded"]
    write(in_turns(facts(folder, as_of), lambda cases: decide(cases, as_of).select(kept).collect(engine="streaming")), out)


if __name__ == "__main__":
    main(*sys.argv[1:])
