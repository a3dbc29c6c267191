//! Stage 4, for claims about the goods themselves, once the evidence gate is passed.

use arbiter_model::dispute::{Reason, Video};
use arbiter_model::money::{Money, Share};

use crate::disposition::{Award, Basis, Disposition, GoodsBack, Queue, Worth};
use crate::evaluation::Evaluation;
use crate::named;
use crate::parameters::{Band, BandOrShare, FixedShare};
use crate::rule::{Rule, Stage};
use crate::tables;
use crate::tracer::{Relation, Tracer};
use crate::value::Value;

const fn merits(code: &'static str) -> Rule {
    Rule { scrutinised: true, ..Rule::at(Stage::GoodsMerits, code) }
}

/// Whether a claim is judged by a reason.
fn is_about(e: &Evaluation, reason: Reason, t: &mut Tracer) -> bool {
    t.same(named::JUDGED_REASON.of(e.judged_reason()), reason)
}

/// Whether the goods of a claim go back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Return {
    Never,
    IfWanted,
}

/// The common award for the goods: the least of what was asked, the ceiling and what is left, and
/// never less than the least of the seller's offer, what was asked and what is left.
fn award(e: &Evaluation, worth: (Share, Worth), back: Return) -> Disposition {
    let amount_by_share = worth.0.of(e.goods());
    award_of(e, worth, amount_by_share.min(e.asked()).min(e.left()), e.asked().min(e.left()), back)
}

/// A share that a parameter says.
fn fixed(share: impl Into<Share>) -> (Share, Worth) {
    (share.into(), Worth::Fixed)
}

/// A share in a band.
fn in_band(e: &Evaluation, band: Band) -> (Share, Worth) {
    let strength = e.strength();
    (band.at(strength), Worth::Band { band, strength })
}

/// The same where more than the price of the goods may be paid: what may be asked and what is left
/// are both measured from the doubled price.
fn award_doubled(e: &Evaluation) -> Disposition {
    let ceiling = e.terms.double.share;
    let doubled_price = ceiling.of(e.goods());
    let left = doubled_price - (e.goods() - e.left());
    let most = e.requested().min(doubled_price).min(left);
    award_of(e, fixed(ceiling), most, most, Return::IfWanted)
}

fn award_of(
    e: &Evaluation,
    (ceiling, worth): (Share, Worth),
    by_share: Money,
    most: Money,
    back: Return,
) -> Disposition {
    let floor = e.offer().map(|offer| offer.min(most));
    let amount = floor.map_or(by_share, |floor| floor.max(by_share));
    let goods_back = match back == Return::IfWanted && e.return_is_offered() && amount >= e.left() {
        true => return_from_merits(e, true),
        false => GoodsBack::Kept,
    };
    let basis = Basis::Share { ceiling, worth, raised_to_offer: amount > by_share, doubled: ceiling > Share::FULL };
    Disposition::Award(Award { amount, basis, goods_back })
}

fn return_from_merits(e: &Evaluation, waivable: bool) -> GoodsBack {
    let supplied = e.happened(e.case.dispute.info_supplied_at);
    let from = supplied.map_or(e.escalation, |at| at.max(e.escalation));
    GoodsBack::Sent { from, waivable }
}

fn band_text(e: &Evaluation, band: Band) -> String {
    format!(
        "in the band of {} to {} by {} (strength {})",
        band.low.percent(),
        band.high.percent(),
        e.best_evidence(),
        e.strength()
    )
}

fn claim_text(e: &Evaluation, claim: &str) -> String {
    format!("The claim of {} that {claim} is upheld ({})", e.opened(), e.seller_position())
}

/// Declares the rule of a reason whose claims lie in a band; the rule's code and its parameters have
/// the reason's name.
macro_rules! banded {
    ($(#[$doc:meta])* $rule:ident: $reason:ident, $code:ident, $claim:literal) => {
        $(#[$doc])*
        pub(crate) const $rule: Rule = Rule {
            when: concat!("reason `", stringify!($code), "`, with a photo or video"),
            outcome: concat!("`", stringify!($code), ".band` of the goods by strength"),
            reads: tables![$code, strength],
            find: |e, t| {
                let applies = is_about(e, Reason::$reason, t);
                applies.then(|| award(e, in_band(e, e.terms.$code.band), Return::Never))
            },
            tell: |e, f| {
                let worth = band_text(e, e.terms.$code.band);
                format!("{}, {worth}: {}", claim_text(e, $claim), e.refunds(f))
            },
            ..merits(stringify!($code))
        };
    };
}

banded! {
    /// Another colour.
    COLOUR_MISMATCH: ColourMismatch, colour_mismatch, "the colour is not the one ordered"
}

banded! {
    /// Another size.
    SIZE_MISMATCH: SizeMismatch, size_mismatch, "the size is not the one ordered"
}

banded! {
    /// A small deviation.
    MINOR_MISMATCH: MinorMismatch, minor_mismatch, "the goods differ a little from their description"
}

banded! {
    /// A cheaper way of sending.
    SHIPPING_METHOD: ShippingMethod, shipping_method, "the parcel was sent by another way than agreed"
}

/// Whether the measured capacity is not below what the tolerance allows; no where either is not known.
fn is_genuine(e: &Evaluation, t: &mut Tracer) -> bool {
    let measured = t.known(named::MEASURED.of(e.case.dispute.measured_capacity));
    let advertised = t.known(named::ADVERTISED.of(e.case.dispute.advertised_capacity));
    measured.zip(advertised).is_some_and(|(measured, advertised)| {
        let share = Share::from(e.terms.fake_capacity.tolerance).complement();
        let genuine_from = share.of_decimal(advertised);
        let limit = named::GENUINE_FROM.of(Value::Product { of: advertised, share, comes_to: genuine_from });
        t.record(named::MEASURED.of(measured), Relation::AtLeast, limit, measured >= genuine_from)
    })
}

fn capacity_text(e: &Evaluation) -> String {
    let gigabytes = |capacity: Option<rust_decimal::Decimal>| capacity.map(|gb| gb.normalize().to_string());
    format!(
        "{} GB measured of {} GB advertised, with a tolerance of {}",
        gigabytes(e.case.dispute.measured_capacity).unwrap_or_default(),
        gigabytes(e.case.dispute.advertised_capacity).unwrap_or_default(),
        Share::from(e.terms.fake_capacity.tolerance).percent()
    )
}

/// The capacity is what a genuine device shows.
pub(crate) const CAPACITY_GENUINE: Rule = Rule {
    when: "reason `fake_capacity`, measured within `fake_capacity.tolerance` of what was advertised",
    outcome: "denied",
    reads: tables![fake_capacity],
    find: |e, t| (is_about(e, Reason::FakeCapacity, t) && is_genuine(e, t)).then_some(Disposition::Deny),
    tell: |e, _| format!("The device is genuine ({}), so the claim of {} is denied", capacity_text(e), e.opened()),
    ..merits("capacity_genuine")
};

/// The capacity is less than claimed.
pub(crate) const FAKE_CAPACITY: Rule = Rule {
    when: "reason `fake_capacity`, measured below that",
    outcome: "`fake_capacity.share` of the goods",
    reads: tables![fake_capacity],
    find: |e, t| {
        is_about(e, Reason::FakeCapacity, t).then(|| award(e, fixed(e.terms.fake_capacity.share), Return::Never))
    },
    tell: |e, f| {
        let claim = claim_text(e, "the device holds less than it claims");
        format!("{claim}, with {}: {}", capacity_text(e), e.refunds(f))
    },
    ..merits("fake_capacity")
};

/// In which band a defective item falls; none where it cannot be used.
fn defect_band(e: &Evaluation, t: &mut Tracer) -> Option<Band> {
    t.same(named::USABLE.of(e.case.dispute.usable), Some(true)).then_some(e.terms.defective.band)
}

/// In which band a damaged item falls; none where the damage was filmed from the sealed parcel on.
fn damage_band(e: &Evaluation, t: &mut Tracer) -> Option<Band> {
    (!t.same(named::VIDEO.of(e.case.dispute.video), Video::Continuous)).then_some(e.terms.damaged.band)
}

/// The award of a claim with a lesser and a plain case: the goods go back only at their full price.
fn band_or_share(e: &Evaluation, band: Option<Band>, terms: &BandOrShare) -> Disposition {
    let worth = band.map_or_else(|| fixed(terms.share), |band| in_band(e, band));
    let back = if worth.0 >= Share::FULL { Return::IfWanted } else { Return::Never };
    award(e, worth, back)
}

/// It does not work.
pub(crate) const DEFECTIVE: Rule = Rule {
    when: "reason `defective`, with a photo or video",
    outcome: "`defective.band` of the goods by strength where they can be used, else `defective.share`",
    reads: tables![defective, strength],
    find: |e, t| {
        let applies = is_about(e, Reason::Defective, t);
        applies.then(|| band_or_share(e, defect_band(e, t), &e.terms.defective))
    },
    tell: |e, f| {
        let (claim, worth) = match defect_band(e, &mut Tracer::off()) {
            Some(band) => ("the goods are defective but can be used", format!(", {}", band_text(e, band))),
            None => ("the goods are defective", format!(", by {}", e.best_evidence())),
        };
        format!("{}{worth}: {}", claim_text(e, claim), e.refunds(f))
    },
    ..merits("defective")
};

/// It came damaged.
pub(crate) const DAMAGED: Rule = Rule {
    when: "reason `damaged`, with a photo or video",
    outcome: "`damaged.share` of the goods with a continuous video, else `damaged.band` by strength",
    reads: tables![damaged, strength],
    find: |e, t| {
        let applies = is_about(e, Reason::Damaged, t);
        applies.then(|| band_or_share(e, damage_band(e, t), &e.terms.damaged))
    },
    tell: |e, f| {
        let worth = match damage_band(e, &mut Tracer::off()) {
            Some(band) => band_text(e, band),
            None => "as a continuous video shows".to_owned(),
        };
        format!("{}, {worth}: {}", claim_text(e, "the goods came damaged"), e.refunds(f))
    },
    ..merits("damaged")
};

/// Whether more than the price of the goods may be paid.
fn is_doubled<'a>(e: &Evaluation<'a>, t: &mut Tracer<'a>) -> bool {
    let double = &e.terms.double;
    let category = named::CATEGORY.of(e.case.order.category.as_deref());
    t.is_one_of(category, named::DOUBLED_CATEGORIES.of(&double.categories))
        && t.above(named::REQUESTED.of(e.requested()), named::GOODS.of(e.goods()))
        && t.at_least(named::STRENGTH.of(e.strength()), named::DOUBLING_STRENGTH.of(double.strength.into()))
}

/// The evidence, and that it wins more than the price of the goods where it does.
fn doubled_text(e: &Evaluation) -> String {
    match (is_doubled(e, &mut Tracer::off()), e.case.order.category.as_deref()) {
        (true, Some(category)) => format!("{}, which doubles what {category} are worth", e.best_evidence()),
        _ => e.best_evidence().to_owned(),
    }
}

fn wrong_goods<'a>(e: &Evaluation<'a>, reason: Reason, terms: &FixedShare, t: &mut Tracer<'a>) -> Option<Disposition> {
    is_about(e, reason, t).then(|| match is_doubled(e, t) {
        true => award_doubled(e),
        false => award(e, fixed(terms.share), Return::IfWanted),
    })
}

/// It is something else.
pub(crate) const WRONG_ITEM: Rule = Rule {
    when: "reason `wrong_item`, with a photo or video",
    outcome: "`wrong_item.share` of the goods; `double.share` where *double* holds",
    reads: tables![wrong_item, double],
    find: |e, t| wrong_goods(e, Reason::WrongItem, &e.terms.wrong_item, t),
    tell: |e, f| {
        let claim = claim_text(e, "another item than the one ordered was sent");
        format!("{claim}, by {}: {}", doubled_text(e), e.refunds(f))
    },
    ..merits("wrong_item")
};

/// It is an imitation.
pub(crate) const COUNTERFEIT: Rule = Rule {
    when: "reason `counterfeit`, with a photo or video",
    outcome: "`counterfeit.share` of the goods; `double.share` where *double* holds",
    reads: tables![counterfeit, double],
    find: |e, t| wrong_goods(e, Reason::Counterfeit, &e.terms.counterfeit, t),
    tell: |e, f| {
        let claim = claim_text(e, "the goods are an imitation");
        format!("{claim}, by {}: {}", doubled_text(e), e.refunds(f))
    },
    ..merits("counterfeit")
};

/// How many units of the order are missing; nothing where that is not known, or not what is claimed.
fn units_missing(e: &Evaluation, t: &mut Tracer) -> Option<u64> {
    let claimed = is_about(e, Reason::QuantityShort, t);
    let received = e.case.dispute.quantity_received.filter(|_| claimed)?;
    Some(e.case.order.quantity.saturating_sub(received))
}

fn units_text(e: &Evaluation) -> String {
    let received = e.case.dispute.quantity_received.unwrap_or_default();
    format!("{received} of {} units arrived", e.case.order.quantity)
}

/// Nothing is missing.
pub(crate) const QUANTITY_COMPLETE: Rule = Rule {
    when: "reason `quantity_short`, and no unit is missing",
    outcome: "denied",
    find: |e, t| {
        let missing = units_missing(e, t)?;
        t.same(named::UNITS_MISSING.of(missing), 0).then_some(Disposition::Deny)
    },
    tell: |e, _| format!("{}, so none is missing and the claim of {} is denied", units_text(e), e.opened()),
    ..merits("quantity_complete")
};

/// Some units are missing.
pub(crate) const QUANTITY_SHORT: Rule = Rule {
    when: "reason `quantity_short`, with a photo or video",
    outcome: "missing units / units, of the goods",
    find: |e, t| {
        let missing = units_missing(e, t)?;
        let ordered = e.case.order.quantity;
        Some(award(e, (Share::units(missing, ordered), Worth::Units { missing, ordered }), Return::Never))
    },
    tell: |e, f| {
        let claim = claim_text(e, "units are missing");
        format!("{claim}, as {}: {}", units_text(e), e.refunds(f))
    },
    ..merits("quantity_short")
};

/// Nothing was in it.
pub(crate) const EMPTY_PARCEL: Rule = Rule {
    when: "reason `empty_parcel`, or `quantity_short` with no unit received, with a continuous video",
    outcome: "`empty_parcel.share` of the goods",
    reads: tables![empty_parcel],
    find: |e, t| {
        is_about(e, Reason::EmptyParcel, t).then(|| award(e, fixed(e.terms.empty_parcel.share), Return::Never))
    },
    tell: |e, f| {
        let claim = claim_text(e, "the parcel was empty");
        format!("{claim}, by {}: {}", e.best_evidence(), e.refunds(f))
    },
    ..merits("empty_parcel")
};

/// Customs kept it.
pub(crate) const CUSTOMS: Rule = Rule {
    when: "reason `customs`, with an official paper",
    outcome: "`customs.share` of the goods",
    reads: tables![customs],
    find: |e, t| is_about(e, Reason::Customs, t).then(|| award(e, fixed(e.terms.customs.share), Return::Never)),
    tell: |e, f| format!("{}: {}", claim_text(e, "customs held the goods, by official papers,"), e.refunds(f)),
    ..merits("customs")
};

/// The buyer's mistake, with the goods staying where they are.
pub(crate) const NO_FAULT: Rule = Rule {
    when: "reason `ordered_by_mistake`, and the buyer does not offer the goods back",
    outcome: "denied",
    find: |e, t| {
        let wants_return = named::WANTS_RETURN.of(e.case.dispute.wants_return);
        let keeps = is_about(e, Reason::OrderedByMistake, t) && t.is_not(wants_return);
        keeps.then_some(Disposition::Deny)
    },
    tell: |e, _| {
        format!(
            "The claim of {} is that the order was a mistake, without the goods being offered back, so it is denied",
            e.opened()
        )
    },
    ..merits("no_fault")
};

/// The buyer's mistake, made good by sending the goods back.
pub(crate) const ORDERED_BY_MISTAKE: Rule = Rule {
    when: "reason `ordered_by_mistake`, and the buyer offers the goods back",
    outcome: "`ordered_by_mistake.share` of the goods, always through the return",
    reads: tables![ordered_by_mistake],
    find: |e, t| {
        if !is_about(e, Reason::OrderedByMistake, t) {
            return None;
        }
        match award(e, fixed(e.terms.ordered_by_mistake.share), Return::Never) {
            Disposition::Award(award) => {
                Some(Disposition::Award(Award { goods_back: return_from_merits(e, false), ..award }))
            }
            other => Some(other),
        }
    },
    tell: |e, f| {
        format!(
            "The order was a mistake of the buyer, who sends the goods back ({}): {}",
            e.seller_position(),
            e.refunds(f)
        )
    },
    ..merits("ordered_by_mistake")
};

/// What no rule can judge; it stands last and always holds.
pub(crate) const OTHER: Rule = Rule {
    when: "reason `other`",
    outcome: "referred to `complaint`",
    reads: tables![arbitration],
    find: |_, t| {
        t.always();
        Some(Disposition::Refer { queue: Queue::Complaint })
    },
    tell: |e, _| {
        format!(
            "The claim of {} falls under none of the usual reasons ({}), so a person decides, usually within {}",
            e.opened(),
            e.seller_position(),
            e.terms.arbitration.days
        )
    },
    ..merits("other")
};
