"""Decides a night's disputes with DuckDB: python3 duckdb_sql.py FOLDER OUT AS_OF"""

import csv
import os
import sys

import duckdb

# Codes are compared without case, blanks and hyphens. A fact dated after as-of has not happened.
# Money is counted in whole minor units; `power` is how many of them make one unit of the currency.
MACROS = """
CREATE MACRO code(t) AS replace(replace(lower(trim(t)), ' ', '_'), '-', '_');
CREATE MACRO yes(t) AS coalesce(lower(trim(t)) IN ('yes', 'true', '1'), false);
CREATE MACRO past(t) AS CASE WHEN t::TIMESTAMP <= getvariable('as_of') THEN t::TIMESTAMP END;
CREATE MACRO minor(amount, power) AS (amount * power)::BIGINT;
CREATE MACRO amount_text(units, power) AS CASE WHEN power = 1 THEN units::VARCHAR ELSE
    (units // power)::VARCHAR || '.' || right((power + units % power)::VARCHAR, log10(power)::INTEGER) END;
"""

# posting: what it costs to send a parcel back, in minor units, where known.
CURRENCIES = """
CREATE TABLE currencies AS FROM (VALUES
    ('USD', 100, 1250), ('RUB', 100, 100000), ('KZT', 100, 600000), ('EUR', 100, NULL), ('GBP', 100, NULL),
    ('CNY', 100, NULL), ('UAH', 100, NULL), ('BYN', 100, NULL), ('PLN', 100, NULL), ('BRL', 100, NULL),
    ('TRY', 100, NULL), ('CHF', 100, NULL), ('JPY', 1, NULL), ('KRW', 1, NULL), ('VND', 1, NULL), ('CLP', 1, NULL),
    ('KWD', 1000, NULL), ('BHD', 1000, NULL), ('JOD', 1000, NULL), ('OMR', 1000, NULL), ('TND', 1000, NULL)
) t(currency, power, posting);
"""

# What is not text. A row with a value that is not of its type is a faulty row, and dropped.
TYPES = {
    "TIMESTAMPTZ": "opened_at seller_responded_at buyer_accepted_at escalated_at info_requested_at info_supplied_at withdrawn_at"
                   " paid_at shipped_at protection_ends_at confirmed_at",
    "DECIMAL(18,3)": "requested_amount seller_offer goods_total shipping_fee refunded_total",
    "DECIMAL(18,6)": "advertised_capacity_gb measured_capacity_gb",
    "BIGINT": "photos documents quantity_received quantity",
}

# The disputes come first: they say which orders and events matter, and the two big files are cut down while read.
READ = """
CREATE TABLE disputes AS
SELECT * EXCLUDE (comment) FROM {disputes};

CREATE TABLE order_rows AS
SELECT order_id, buyer_id, upper(trim(currency)) AS currency, goods_total, paid_at::TIMESTAMP AS paid_at, code(category) AS category,
    coalesce(quantity, 1) AS quantity, coalesce(shipping_fee, 0) AS shipping_fee, coalesce(refunded_total, 0) AS refunded_total,
    past(shipped_at) AS shipped_at, protection_ends_at::TIMESTAMP AS protection_ends_at, past(confirmed_at) AS confirmed_at,
    upper(trim(destination_country)) AS destination
FROM {orders}
WHERE order_id IN (SELECT order_id FROM disputes);

-- The semi join does not keep the file's order, which decides between events of one instant: hence `place`.
CREATE TABLE events AS
SELECT place, order_id, TRY_CAST(event_at AS TIMESTAMPTZ)::TIMESTAMP AS event_at, code(status) AS status, tracking_no,
    upper(trim(country)) AS country
FROM (SELECT row_number() OVER () AS place, * FROM {tracking})
WHERE order_id IN (SELECT order_id FROM disputes);
"""

# Orders and disputes count once, however often they are repeated. `parcels`: one row for each order with what its events say.
FIRSTS = """
CREATE TABLE orders AS
FROM order_rows QUALIFY row_number() OVER (PARTITION BY order_id ORDER BY rowid) = 1;

CREATE TABLE parcels AS
WITH happened AS (
    SELECT e.order_id, event_at, status, tracking_no, country, destination, min(place) AS place,
        status NOT IN ('credited', 'return_shipped', 'return_delivered') AS parcel,
        coalesce(country = destination, true) AS at_home
    FROM events e JOIN orders USING (order_id)
    WHERE event_at <= getvariable('as_of')
    GROUP BY ALL
)
SELECT order_id,
    min(event_at) FILTER (parcel) AS first_event_at,
    max(event_at) FILTER (parcel) AS latest_at,
    arg_max(status, (event_at, place)) FILTER (parcel) AS latest_status,
    min(event_at) FILTER (status = 'delivered' AND at_home) AS delivered_at,
    count(*) FILTER (status = 'delivered' AND NOT at_home) > 0 AS elsewhere,
    count(*) FILTER (status = 'credited') > 0 AS credited,
    min(event_at) FILTER (status = 'return_shipped') AS return_shipped_at,
    count(*) FILTER (status = 'return_delivered') > 0 AS return_delivered
FROM happened GROUP BY order_id;
"""

# One row for each dispute, with every date and amount the rules look at, and its turn among the disputes of its order.
# greatest() and least() pass over NULLs.
FACTS = """
CREATE TABLE facts AS
WITH opened AS (
    SELECT rowid AS place, dispute_id, order_id, buyer_id, opened_at::TIMESTAMP AS opened_at, code(reason) AS reason,
        requested_amount, yes(wants_return) AS wants_return, coalesce(photos, 0) AS photos,
        coalesce(code(video), 'none') AS video, coalesce(documents, 0) AS documents, yes(evidence_tampered) AS tampered,
        quantity_received, advertised_capacity_gb AS advertised, measured_capacity_gb AS measured, yes(usable) AS usable,
        past(seller_responded_at) AS responded_at, seller_offer,
        CASE WHEN past(seller_responded_at) IS NOT NULL THEN code(seller_response) ELSE 'none' END AS response,
        past(buyer_accepted_at) AS offer_taken_at, past(escalated_at) AS escalated_at,
        past(info_requested_at) AS info_asked_at, past(info_supplied_at) AS info_at, past(withdrawn_at) AS withdrawn_at
    FROM disputes WHERE opened_at <= getvariable('as_of')
    QUALIFY row_number() OVER (PARTITION BY dispute_id ORDER BY rowid) = 1
), joined AS (
    SELECT d.* EXCLUDE (buyer_id, requested_amount, seller_offer), d.buyer_id <> o.buyer_id AS somebody_else,
        currency, power, paid_at, quantity, confirmed_at, coalesce(category, '') AS category,
        minor(goods_total, power) AS goods, minor(shipping_fee, power) AS shipping, minor(refunded_total, power) AS refunded,
        minor(coalesce(requested_amount, goods_total), power) AS requested,
        CASE WHEN response = 'countered' THEN minor(seller_offer, power) END AS offer,
        coalesce(2 * posting >= goods, false) AS posting_too_dear,
        delivered_at, least(delivered_at, confirmed_at) AS received_at, latest_at, latest_status,
        coalesce(elsewhere, false) AS elsewhere, coalesce(credited, false) AS credited,
        return_shipped_at, coalesce(return_delivered, false) AS return_delivered,
        coalesce(shipped_at, first_event_at, confirmed_at) AS sent_at,
        coalesce(protection_ends_at, sent_at + INTERVAL 60 DAY) AS protected_until,
        greatest(d.opened_at, sent_at + INTERVAL 5 DAY) AS start_at,
        reason IN ('not_received', 'not_trackable', 'wrong_address') AS parcel,
        CASE WHEN reason = 'quantity_short' AND quantity_received = 0 THEN 'empty_parcel' ELSE reason END AS judged,
        CASE video WHEN 'continuous' THEN 4 WHEN 'cut' THEN 3 ELSE 2 END AS strength  -- in quarters
    FROM opened d JOIN orders o USING (order_id) JOIN currencies USING (currency) LEFT JOIN parcels USING (order_id)
    WHERE d.opened_at >= paid_at AND goods > 0 AND reason IN (
        'not_received', 'not_trackable', 'wrong_address', 'colour_mismatch', 'size_mismatch', 'minor_mismatch', 'shipping_method',
        'fake_capacity', 'defective', 'damaged', 'wrong_item', 'counterfeit', 'quantity_short', 'empty_parcel', 'customs',
        'ordered_by_mistake', 'other')
), dated AS (
    SELECT *,
        CASE WHEN escalated_at IS NOT NULL THEN greatest(escalated_at, start_at + INTERVAL 3 DAY) END AS manual_at,
        CASE WHEN response = 'countered' AND responded_at <= start_at + INTERVAL 15 DAY
             THEN greatest(start_at, responded_at) ELSE start_at END + INTERVAL 15 DAY AS automatic_at,
        judged IN ('wrong_item', 'counterfeit') AND category IN ('electronics', 'jewellery')
            AND requested > goods AND strength = 4 AS double
    FROM joined
)
SELECT * EXCLUDE (escalated_at, automatic_at),
    row_number() OVER (PARTITION BY order_id ORDER BY opened_at, dispute_id COLLATE "C") AS turn,
    start_at + INTERVAL 5 DAY AS silence_at,
    least(manual_at, automatic_at) AS escalation_at,
    CASE WHEN received_at IS NULL THEN protected_until + INTERVAL 15 DAY
         ELSE greatest(protected_until, received_at + INTERVAL 15 DAY) END AS closes_at,
    CASE WHEN judged IN ('other', 'ordered_by_mistake') THEN true
         WHEN tampered THEN false
         WHEN judged = 'customs' THEN documents > 0
         WHEN judged = 'empty_parcel' THEN video = 'continuous'
         ELSE (photos > 0 OR video <> 'none')
              AND (judged <> 'fake_capacity' OR (advertised IS NOT NULL AND measured IS NOT NULL))
              AND (judged <> 'quantity_short' OR quantity_received IS NOT NULL) END AS evidence,
    CASE judged WHEN 'colour_mismatch' THEN 300 + 50 * strength
                WHEN 'size_mismatch' THEN 400 + 75 * strength
                WHEN 'minor_mismatch' THEN 200 + 25 * strength
                WHEN 'shipping_method' THEN 200 + 25 * strength
                WHEN 'defective' THEN CASE WHEN usable THEN 500 + 100 * strength ELSE 1000 END
                WHEN 'damaged' THEN CASE WHEN strength = 4 THEN 1000 ELSE 500 + 100 * strength END
                WHEN 'quantity_short' THEN quantity - quantity_received
                ELSE CASE WHEN double THEN 2000 ELSE 1000 END END AS share,
    CASE WHEN judged = 'quantity_short' THEN quantity ELSE 1000 END AS share_of,
    least(requested, goods) AS asked,
    least(requested, CASE WHEN double THEN 2 * goods ELSE goods END) AS asked_on_merits,
    wants_return AND NOT parcel AND judged <> 'empty_parcel' AND category <> 'mobile_top_up' AND sent_at IS NOT NULL AS can_return,
    can_return AND (judged IN ('wrong_item', 'counterfeit', 'ordered_by_mistake') OR (judged = 'defective' AND NOT usable)
        OR (judged = 'damaged' AND strength = 4)) AS can_return_on_merits
FROM dated;

CREATE TABLE decisions (place BIGINT, dispute_id VARCHAR, order_id VARCHAR, outcome VARCHAR, rule VARCHAR, award BIGINT, currency VARCHAR);
"""

# Earlier awards of an order lower what is left for its later disputes, so these are decided in turns.
# The ladder: the first rule that holds. Then the money, then the goods' way back.
DECIDE = """
CREATE MACRO decide(this_turn, a) AS TABLE
WITH ladder AS (
    SELECT f.*, goods - refunded - coalesce(spent, 0) AS remaining,
        CASE
        WHEN somebody_else THEN 'buyer_mismatch'
        WHEN remaining <= 0 THEN 'already_refunded'
        WHEN withdrawn_at >= escalation_at AND (sent_at IS NOT NULL OR credited) THEN 'withdrawn_after_escalation'
        WHEN withdrawn_at IS NOT NULL AND sent_at IS NOT NULL AND a >= protected_until THEN 'withdrawn_after_protection'
        WHEN withdrawn_at IS NOT NULL THEN 'withdrawn'
        WHEN response = 'accepted' THEN 'seller_accepted'
        WHEN offer_taken_at IS NOT NULL AND offer IS NOT NULL THEN 'offer_accepted'
        WHEN category = 'mobile_top_up' THEN CASE WHEN credited THEN 'top_up_credited'
            WHEN a >= paid_at + INTERVAL 24 HOUR THEN 'top_up_not_credited' ELSE 'awaiting_credit' END
        WHEN sent_at IS NULL THEN CASE WHEN a >= paid_at + INTERVAL 14 DAY THEN 'never_shipped' ELSE 'awaiting_dispatch' END
        WHEN a < start_at THEN 'too_early'
        WHEN opened_at > closes_at THEN 'too_late'
        WHEN a >= silence_at AND (response = 'none' OR responded_at > silence_at)
            AND (manual_at IS NULL OR manual_at >= silence_at) AND NOT tampered THEN 'seller_silent'
        WHEN a < escalation_at THEN 'negotiating'
        WHEN parcel AND latest_status IN ('returned', 'lost') AND confirmed_at IS NULL THEN 'parcel_returned'
        WHEN parcel AND received_at IS NULL AND elsewhere THEN 'delivered_elsewhere'
        WHEN info_asked_at IS NOT NULL AND info_at IS NULL AND a < info_asked_at + INTERVAL 3 DAY THEN 'awaiting_buyer'
        WHEN info_asked_at IS NOT NULL AND (info_at IS NULL OR info_at > info_asked_at + INTERVAL 3 DAY) THEN 'buyer_unresponsive'
        WHEN reason = 'wrong_address' AND delivered_at IS NOT NULL AND confirmed_at IS NULL THEN 'wrong_address'
        WHEN parcel AND received_at <= opened_at THEN 'delivery_on_record'
        WHEN parcel AND received_at <= protected_until THEN 'delivered_in_time'
        WHEN parcel AND received_at IS NOT NULL THEN 'delivered_late'
        WHEN parcel AND a < protected_until AND latest_at <= a - INTERVAL 21 DAY THEN 'parcel_stalled'
        WHEN parcel AND a < protected_until THEN 'awaiting_protection_end'
        WHEN parcel AND latest_at IS NULL THEN 'not_trackable'
        WHEN parcel THEN 'not_delivered'
        WHEN NOT evidence THEN CASE WHEN a < escalation_at + INTERVAL 3 DAY THEN 'awaiting_evidence' ELSE 'insufficient_evidence' END
        WHEN judged = 'fake_capacity' AND 10 * measured >= 9 * advertised THEN 'capacity_genuine'
        WHEN judged = 'quantity_short' AND quantity_received >= quantity THEN 'quantity_complete'
        WHEN judged = 'ordered_by_mistake' AND NOT wants_return THEN 'no_fault'
        ELSE judged END AS rule,
        NOT parcel AND rule = judged AND rule <> 'other' AS on_merits
    FROM facts f LEFT JOIN (SELECT order_id, sum(award)::BIGINT AS spent FROM decisions GROUP BY order_id) USING (order_id)
    WHERE turn = this_turn
), money AS (
    SELECT *, least(
        CASE WHEN rule IN ('seller_accepted', 'seller_silent') THEN asked
             WHEN rule = 'offer_accepted' THEN offer
             WHEN rule IN ('top_up_not_credited', 'never_shipped', 'parcel_returned', 'delivered_elsewhere', 'parcel_stalled',
                           'not_delivered') OR (rule = 'not_trackable' AND parcel) THEN remaining
             WHEN rule = 'delivered_late' THEN least(asked, (goods + 1) // 2)
             WHEN on_merits THEN greatest(least(asked_on_merits, (2 * goods * share + share_of) // (2 * share_of)),
                                          least(coalesce(offer, 0), asked_on_merits))  -- the offer is a floor
             ELSE 0 END,
        CASE WHEN on_merits AND double THEN remaining + goods ELSE remaining END) AS due
    FROM ladder
), returns AS (
    SELECT *, CASE
        WHEN NOT ((rule IN ('seller_accepted', 'seller_silent') AND can_return AND due >= remaining)
               OR (on_merits AND can_return_on_merits AND due >= remaining AND NOT posting_too_dear)
               OR rule = 'ordered_by_mistake') OR return_delivered THEN NULL
        WHEN a < return_shipped_at + INTERVAL 60 DAY THEN 'awaiting_return'
        WHEN return_shipped_at IS NOT NULL THEN 'return_overdue'
        WHEN a < CASE rule WHEN 'seller_accepted' THEN responded_at WHEN 'seller_silent' THEN silence_at
                 ELSE greatest(escalation_at, info_at) END + INTERVAL 10 DAY THEN 'awaiting_return'
        ELSE 'return_not_sent' END AS on_return
    FROM money
)
SELECT place, dispute_id, order_id,
    CASE WHEN on_return = 'awaiting_return' OR rule IN ('awaiting_credit', 'awaiting_dispatch', 'too_early', 'negotiating',
              'awaiting_buyer', 'awaiting_protection_end', 'awaiting_evidence') THEN 'pending'
         WHEN on_return = 'return_overdue' OR rule IN ('buyer_mismatch', 'wrong_address', 'other') THEN 'referred'
         WHEN rule = 'withdrawn' THEN 'resumed'
         WHEN on_return = 'return_not_sent' OR due <= 0 THEN 'denied'
         WHEN due >= remaining THEN 'refund_full'
         ELSE 'refund_partial' END AS outcome,
    coalesce(on_return, rule) AS rule,
    CASE WHEN on_return IS NULL THEN greatest(due, 0) ELSE 0 END AS award,
    currency
FROM returns;
"""

WRITE = """
COPY (SELECT dispute_id, order_id, outcome, rule, amount_text(award, power) AS award, currency
      FROM decisions JOIN currencies USING (currency) ORDER BY place)
TO '{out}/decisions.csv' (HEADER);

COPY (WITH spent AS (
          SELECT order_id, sum(award)::BIGINT AS award, bool_or(outcome IN ('resumed', 'pending', 'referred')) AS open
          FROM decisions GROUP BY order_id
      ), books AS (
          SELECT order_id, currency, power, open, spent.award, goods + shipping - refunded AS escrow,
              escrow + greatest(0, spent.award - (goods - refunded)) - spent.award AS rest  -- the guarantee fund pays the excess
          FROM spent JOIN facts USING (order_id) WHERE turn = 1
      )
      SELECT order_id, currency, amount_text(escrow, power) AS escrow, amount_text(award, power) AS award,
          amount_text(CASE WHEN open THEN 0 ELSE rest END, power) AS released,
          amount_text(CASE WHEN open THEN rest ELSE 0 END, power) AS held
      FROM books ORDER BY order_id)
TO '{out}/ledger.csv' (HEADER);

COPY (SELECT outcome, rule, currency, count(*) AS disputes, amount_text(sum(award)::BIGINT, any_value(power)) AS award
      FROM decisions JOIN currencies USING (currency) GROUP BY ALL ORDER BY ALL)
TO '{out}/totals.csv' (HEADER);
"""


def read_csv(folder, name):
    """The call that reads an export, with the type of each column, in the file's order."""
    path = f"{folder}/{name}.csv"
    with open(path, encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    types = {column: kind for kind, columns in TYPES.items() for column in columns.split()}
    columns = {column: types.get(column, "VARCHAR") for column in header}
    return f"read_csv('{path}', columns = {columns}, header = true, delim = ',', quote = '\"', escape = '\"', ignore_errors = true)"


def main(folder, out, as_of):
    os.makedirs(out, exist_ok=True)
    db = duckdb.connect()
    db.execute("SET threads = 2; SET TimeZone = 'UTC'")
    db.execute("SET VARIABLE as_of = CAST(CAST(? AS TIMESTAMPTZ) AS TIMESTAMP)", [as_of])
    db.execute(MACROS + CURRENCIES)
    db.execute(READ.format(**{name: read_csv(folder, name) for name in ("disputes", "orders", "tracking")}))
    db.execute(FIRSTS + FACTS + DECIDE)
    for turn in range(1, (db.execute("SELECT max(turn) FROM facts").fetchone()[0] or 0) + 1):
        db.execute("INSERT INTO decisions FROM decide(?, getvariable('as_of'))", [turn])
    db.execute(WRITE.format(out=out))


if __name__ == "__main__":
    main(*sys.argv[1:])
