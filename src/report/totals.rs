//! Decisions and their money, added up by what they have in common.

use rustc_hash::FxHashMap;

use arbiter_engine::decision::Decision;
use arbiter_model::money::{Currency, Money};

use super::Run;

/// The decisions in one currency that have something in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Group<'a> {
    /// What they have in common: a code or an id.
    pub key: &'a str,
    /// The currency of the amounts.
    pub currency: Currency,
    /// How many decisions.
    pub disputes: u64,
    /// How many of them award something.
    pub refunds: u64,
    /// What they award.
    pub award: Money,
    /// What of it the guarantee fund pays.
    pub guarantee: Money,
}

/// What decisions may have in common.
pub(super) type KeyOf = for<'a> fn(&Run<'a>, &'a Decision) -> &'a str;

/// The outcome.
pub(super) const OUTCOME: KeyOf = |_, decision| decision.outcome.code();

/// The rule that decided.
pub(super) const RULE: KeyOf = |_, decision| decision.rule().code;

/// The buyer's reason.
pub(super) const REASON: KeyOf = |run, decision| decision.at.case(run.docket).dispute.reason.code();

/// The seller.
pub(super) const SELLER: KeyOf = |run, decision| &decision.at.case(run.docket).order.seller_id;

/// Adds up the decisions of a night by what they have in common and the currency, sorted by both.
pub(super) fn totals<'a>(run: &Run<'a>, key_of: KeyOf) -> Vec<Group<'a>> {
    let mut groups: FxHashMap<(&str, Currency), Group> = FxHashMap::default();
    for decision in &run.decisions.made {
        let (key, currency) = (key_of(run, decision), decision.at.case(run.docket).order.currency);
        let nothing = Money::zero(currency);
        let new = || Group { key, currency, disputes: 0, refunds: 0, award: nothing, guarantee: nothing };
        let group = groups.entry((key, currency)).or_insert_with(new);
        group.disputes += 1;
        group.refunds += u64::from(decision.award.is_positive());
        group.award = group.award + decision.award;
        group.guarantee = group.guarantee + decision.guarantee;
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_unstable_by_key(|group| (group.key, group.currency.code()));
    groups
}
