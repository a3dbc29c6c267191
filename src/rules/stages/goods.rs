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
fn is_about(h: &Evaluation, reason: Reason, t: &mut Tracer) -> bool {
    t.same(named::JUDGED_REASON.of(h.judged_reason()), reason)
}

/// Whether the goods of a claim go back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Return {
    Never,
    IfWanted,
}

/// The common award for the goods: the least of what was asked, the ceiling and what is left, and
/// never less than the least of the seller's offer, what was asked and what is left.
fn award(h: &Evaluation, worth: (Share, Worth), back: Return) -> Disposition {
    let amount_by_share = worth.0.of(h.goods());
    award_of(h, worth, amount_by_share.min(h.asked()).min(h.left()), h.asked().min(h.left()), back)
}

/// A share that a parameter says.
fn fixed(share: impl Into<Share>) -> (Share, Worth) {
    (share.into(), Worth::Fixed)
}

/// A share in a band.
fn in_band(h: &Evaluation, band: Band) -> (Share, Worth) {
    let strength = h.strength();
    (band.at(strength), Worth::Band { band, strength })
}

/// The same where more than the price of the goods may be paid: what may be asked and what is left
/// are both measured from the doubled price.
fn award_doubled(h: &Evaluation) -> Disposition {
    let ceiling = h.terms.double.share;
    let doubled_price = ceiling.of(h.goods());
    let left = doubled_price - (h.goods() - h.left());
    let most = h.requested().min(doubled_price).min(left);
    award_of(h, fixed(ceiling), most, most, Return::IfWanted)
}

fn award_of(
    h: &Evaluation,
    (ceiling, worth): (Share, Worth),
    by_share: Money,
    most: Money,
    back: Return,
) -> Disposition {
    let floor = h.offer().map(|offer| offer.min(most));
    let amount = floor.map_or(by_share, |floor| floor.max(by_share));
    let goods_back = match back == Return::IfWanted && h.return_is_offered() && amount >= h.left() {
        true => return_from_merits(h, true),
        false => GoodsBack::Kept,
    };
    let basis = Basis::Share { ceiling, worth, raised_to_offer: amount > by_share, doubled: ceiling > Share::FULL };
    Disposition::Award(Award { amount, basis, goods_back })
}

fn return_from_merits(h: &Evaluation, waivable: bool) -> GoodsBack {
    let supplied = h.happened(h.case.dispute.info_supplied_at);
    let from = supplied.map_or(h.escalation, |at| at.max(h.escalation));
    GoodsBack::Sent { from, waivable }
}

fn band_text(h: &Evaluation, band: Band) -> String {
    format!(
        "in the band of {} to {} by {} (strength {})",
        band.low.percent(),
        band.high.percent(),
        h.best_evidence(),
        h.strength()
    )
}

fn claim_text(h: &Evaluation, claim: &str) -> String {
    format!("The claim of {} that {claim} is upheld ({})", h.opened(), h.seller_position())
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
            find: |h, t| {
                let applies = is_about(h, Reason::$reason, t);
                applies.then(|| award(h, in_band(h, h.terms.$code.band), Return::Never))
            },
            tell: |h, f| {
                let worth = band_text(h, h.terms.$code.band);
                format!("{}, {worth}: {}", claim_text(h, $claim), h.refunds(f))
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
fn is_genuine(h: &Evaluation, t: &mut Tracer) -> bool {
    let measured = t.known(named::MEASURED.of(h.case.dispute.measured_capacity));
    let advertised = t.known(named::ADVERTISED.of(h.case.dispute.advertised_capacity));
    measured.zip(advertised).is_some_and(|(measured, advertised)| {
        let share = Share::from(h.terms.fake_capacity.tolerance).complement();
        let genuine_from = share.of_decimal(advertised);
        let limit = named::GENUINE_FROM.of(Value::Product { of: advertised, share, comes_to: genuine_from });
        t.record(named::MEASURED.of(measured), Relation::AtLeast, limit, measured >= genuine_from)
    })
}

fn capacity_text(h: &Evaluation) -> String {
    let gigabytes = |capacity: Option<rust_decimal::Decimal>| capacity.map(|gb| gb.normalize().to_string());
    format!(
        "{} GB measured of {} GB advertised, with a tolerance of {}",
        gigabytes(h.case.dispute.measured_capacity).unwrap_or_default(),
        gigabytes(h.case.dispute.advertised_capacity).unwrap_or_default(),
        Share::from(h.terms.fake_capacity.tolerance).percent()
    )
}

/// The capacity is what a genuine device shows.
pub(crate) const CAPACITY_GENUINE: Rule = Rule {
    when: "reason `fake_capacity`, measured within `fake_capacity.tolerance` of what was advertised",
    outcome: "denied",
    reads: tables![fake_capacity],
    find: |h, t| (is_about(h, Reason::FakeCapacity, t) && is_genuine(h, t)).then_some(Disposition::Deny),
    tell: |h, _| format!("The device is genuine ({}), so the claim of {} is denied", capacity_text(h), h.opened()),
    ..merits("capacity_genuine")
};

/// The capacity is less than claimed.
pub(crate) const FAKE_CAPACITY: Rule = Rule {
    when: "reason `fake_capacity`, measured below that",
    outcome: "`fake_capacity.share` of the goods",
    reads: tables![fake_capacity],
    find: |h, t| {
        is_about(h, Reason::FakeCapacity, t).then(|| award(h, fixed(h.terms.fake_capacity.share), Return::Never))
    },
    tell: |h, f| {
        let claim = claim_text(h, "the device holds less than it claims");
        format!("{claim}, with {}: {}", capacity_text(h), h.refunds(f))
    },
    ..merits("fake_capacity")
};

/// In which band a defective item falls; none where it cannot be used.
fn defect_band(h: &Evaluation, t: &mut Tracer) -> Option<Band> {
    t.same(named::USABLE.of(h.case.dispute.usable), Some(true)).then_some(h.terms.defective.band)
}

/// In which band a damaged item falls; none where the damage was filmed from the sealed parcel on.
fn damage_band(h: &Evaluation, t: &mut Tracer) -> Option<Band> {
    (!t.same(named::VIDEO.of(h.case.dispute.video), Video::Continuous)).then_some(h.terms.damaged.band)
}

/// The award of a claim with a lesser and a plain case: the goods go back only at their full price.
fn band_or_share(h: &Evaluation, band: Option<Band>, terms: &BandOrShare) -> Disposition {
    let worth = band.map_or_else(|| fixed(terms.share), |band| in_band(h, band));
    let back = if worth.0 >= Share::FULL { Return::IfWanted } else { Return::Never };
    award(h, worth, back)
}

/// It does not work.
pub(crate) const DEFECTIVE: Rule = Rule {
    when: "reason `defective`, with a photo or video",
    outcome: "`defective.band` of the goods by strength where they can be used, else `defective.share`",
    reads: tables![defective, strength],
    find: |h, t| {
        let applies = is_about(h, Reason::Defective, t);
        applies.then(|| band_or_share(h, defect_band(h, t), &h.terms.defective))
    },
    tell: |h, f| {
        let (claim, worth) = match defect_band(h, &mut Tracer::off()) {
            Some(band) => ("the goods are defective but can be used", format!(", {}", band_text(h, band))),
            None => ("the goods are defective", format!(", by {}", h.best_evidence())),
        };
        format!("{}{worth}: {}", claim_text(h, claim), h.refunds(f))
    },
    ..merits("defective")
};

/// It came damaged.
pub(crate) const DAMAGED: Rule = Rule {
    when: "reason `damaged`, with a photo or video",
    outcome: "`damaged.share` of the goods with a continuous video, else `damaged.band` by strength",
    reads: tables![damaged, strength],
    find: |h, t| {
        let applies = is_about(h, Reason::Damaged, t);
        applies.then(|| band_or_share(h, damage_band(h, t), &h.terms.damaged))
    },
    tell: |h, f| {
        let worth = match damage_band(h, &mut Tracer::off()) {
            Some(band) => band_text(h, band),
            None => "as a continuous video shows".to_owned(),
        };
        format!("{}, {worth}: {}", claim_text(h, "the goods came damaged"), h.refunds(f))
    },
    ..merits("damaged")
};

/// Whether more than the price of the goods may be paid.
fn is_doubled<'a>(h: &Evaluation<'a>, t: &mut Tracer<'a>) -> bool {
    let double = &h.terms.double;
    let category = named::CATEGORY.of(h.case.order.category.as_deref());
    t.is_one_of(category, named::DOUBLED_CATEGORIES.of(&double.categories))
        && t.above(named::REQUESTED.of(h.requested()), named::GOODS.of(h.goods()))
        && t.at_least(named::STRENGTH.of(h.strength()), named::DOUBLING_STRENGTH.of(double.strength.into()))
}

/// The evidence, and that it wins more than the price of the goods where it does.
fn doubled_text(h: &Evaluation) -> String {
    match (is_doubled(h, &mut Tracer::off()), h.case.order.category.as_deref()) {
        (true, Some(category)) => format!("{}, which doubles what {category} are worth", h.best_evidence()),
        _ => h.best_evidence().to_owned(),
    }
}

fn wrong_goods<'a>(h: &Evaluation<'a>, reason: Reason, terms: &FixedShare, t: &mut Tracer<'a>) -> Option<Disposition> {
    is_about(h, reason, t).then(|| match is_doubled(h, t) {
        true => award_doubled(h),
        false => award(h, fixed(terms.share), Return::IfWanted),
    })
}

/// It is something else.
pub(crate) const WRONG_ITEM: Rule = Rule {
    when: "reason `wrong_item`, with a photo or video",
    outcome: "`wrong_item.share` of the goods; `double.share` where *double* holds",
    reads: tables![wrong_item, double],
    find: |h, t| wrong_goods(h, Reason::WrongItem, &h.terms.wrong_item, t),
    tell: |h, f| {
        let claim = claim_text(h, "another item than the one ordered was sent");
        format!("{claim}, by {}: {}", doubled_text(h), h.refunds(f))
    },
    ..merits("wrong_item")
};

/// It is an imitation.
pub(crate) const COUNTERFEIT: Rule = Rule {
    when: "reason `counterfeit`, with a photo or video",
    outcome: "`counterfeit.share` of the goods; `double.share` where *double* holds",
    reads: tables![counterfeit, double],
    find: |h, t| wrong_goods(h, Reason::Counterfeit, &h.terms.counterfeit, t),
    tell: |h, f| {
        let claim = claim_text(h, "the goods are an imitation");
        format!("{claim}, by {}: {}", doubled_text(h), h.refunds(f))
    },
    ..merits("counterfeit")
};

/// How many units of the order are missing; nothing where that is not known, or not what is claimed.
fn units_missing(h: &Evaluation, t: &mut Tracer) -> Option<u64> {
    let claimed = is_about(h, Reason::QuantityShort, t);
    let received = h.case.dispute.quantity_received.filter(|_| claimed)?;
    Some(h.case.order.quantity.saturating_sub(received))
}

fn units_text(h: &Evaluation) -> String {
    let received = h.case.dispute.quantity_received.unwrap_or_default();
    format!("{received} of {} units arrived", h.case.order.quantity)
}

/// Nothing is missing.
pub(crate) const QUANTITY_COMPLETE: Rule = Rule {
    when: "reason `quantity_short`, and no unit is missing",
    outcome: "denied",
    find: |h, t| {
        let missing = units_missing(h, t)?;
        t.same(named::UNITS_MISSING.of(missing), 0).then_some(Disposition::Deny)
    },
    tell: |h, _| format!("{}, so none is missing and the claim of {} is denied", units_text(h), h.opened()),
    ..merits("quantity_complete")
};

/// Some units are missing.
pub(crate) const QUANTITY_SHORT: Rule = Rule {
    when: "reason `quantity_short`, with a photo or video",
    outcome: "missing units / units, of the goods",
    find: |h, t| {
        let missing = units_missing(h, t)?;
        let ordered = h.case.order.quantity;
        Some(award(h, (Share::units(missing, ordered), Worth::Units { missing, ordered }), Return::Never))
    },
    tell: |h, f| {
        let claim = claim_text(h, "units are missing");
        format!("{claim}, as {}: {}", units_text(h), h.refunds(f))
    },
    ..merits("quantity_short")
};

/// Nothing was in it.
pub(crate) const EMPTY_PARCEL: Rule = Rule {
    when: "reason `empty_parcel`, or `quantity_short` with no unit received, with a continuous video",
    outcome: "`empty_parcel.share` of the goods",
    reads: tables![empty_parcel],
    find: |h, t| {
        is_about(h, Reason::EmptyParcel, t).then(|| award(h, fixed(h.terms.empty_parcel.share), Return::Never))
    },
    tell: |h, f| {
        let claim = claim_text(h, "the parcel was empty");
        format!("{claim}, by {}: {}", h.best_evidence(), h.refunds(f))
    },
    ..merits("empty_parcel")
};

/// Customs kept it.
pub(crate) const CUSTOMS: Rule = Rule {
    when: "reason `customs`, with an official paper",
    outcome: "`customs.share` of the goods",
    reads: tables![customs],
    find: |h, t| is_about(h, Reason::Customs, t).then(|| award(h, fixed(h.terms.customs.share), Return::Never)),
    tell: |h, f| format!("{}: {}", claim_text(h, "customs held the goods, by official papers,"), h.refunds(f)),
    ..merits("customs")
};

/// The buyer's mistake, with the goods staying where they are.
pub(crate) const NO_FAULT: Rule = Rule {
    when: "reason `ordered_by_mistake`, and the buyer does not offer the goods back",
    outcome: "denied",
    find: |h, t| {
        let wants_return = named::WANTS_RETURN.of(h.case.dispute.wants_return);
        let keeps = is_about(h, Reason::OrderedByMistake, t) && t.is_not(wants_return);
        keeps.then_some(Disposition::Deny)
    },
    tell: |h, _| {
        format!(
            "The claim of {} is that the order was a mistake, without the goods being offered back, so it is denied",
            h.opened()
        )
    },
    ..merits("no_fault")
};

/// The buyer's mistake, made good by sending the goods back.
pub(crate) const ORDERED_BY_MISTAKE: Rule = Rule {
    when: "reason `ordered_by_mistake`, and the buyer offers the goods back",
    outcome: "`ordered_by_mistake.share` of the goods, always through the return",
    reads: tables![ordered_by_mistake],
    find: |h, t| {
        if !is_about(h, Reason::OrderedByMistake, t) {
            return None;
        }
        match award(h, fixed(h.terms.ordered_by_mistake.share), Return::Never) {
            Disposition::Award(award) => {
                Some(Disposition::Award(Award { goods_back: return_from_merits(h, false), ..award }))
            }
            other => Some(other),
        }
    },
    tell: |h, f| {
        format!(
            "The order was a mistake of the buyer, who sends the goods back ({}): {}",
            h.seller_position(),
            h.refunds(f)
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
    tell: |h, _| {
        format!(
            "The claim of {} falls under none of the usual reasons ({}), so a person decides, usually within {}",
            h.opened(),
            h.seller_position(),
            h.terms.arbitration.days
        )
    },
    ..merits("other")
};
