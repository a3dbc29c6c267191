//! The facts that are chosen rather than measured, and what else they could be: another code, a thing
//! that is there and could be missing, or the reverse.

use arbiter_model::dispute::{Country, Id, Reason, SellerAnswer, SellerResponse, TrackingEvent, TrackingStatus, Video};
use arbiter_model::instant::Instant;

use super::facts::DATES;
use super::variation::Variation;

/// Another value of a fact.
#[derive(Clone, Debug)]
pub(super) enum Alternative {
    Reason(Reason),
    Video(Video),
    Tampered(bool),
    WantsReturn(bool),
    Usable(Option<bool>),
    Category(Option<Id>),
    /// The seller's answer, where one is known.
    Answer(Option<SellerResponse>),
    /// The dispute is opened by this account.
    Disputant(Id),
    Destination(Option<Country>),
    UnitsReceived(u64),
    /// A date by its place among [`DATES`], stated or taken away.
    Date(usize, Option<Instant>),
    /// An event more.
    Event(TrackingEvent),
    /// An event less, by its place.
    NoEvent(usize),
}

/// An account that nobody has.
const SOMEBODY: &str = "another account";

/// Every alternative there is for a case.
pub(super) fn alternatives(variation: &Variation) -> Vec<Alternative> {
    let mut all = Vec::with_capacity(64);
    answers_and_evidence(variation, &mut all);
    accounts_and_places(variation, &mut all);
    dates(variation, &mut all);
    events(variation, &mut all);
    all
}

fn answers_and_evidence(variation: &Variation, all: &mut Vec<Alternative>) {
    let dispute = variation.original().dispute;
    let others = |reason: &&Reason| **reason != dispute.reason;
    all.extend(
        [Video::Continuous, Video::Cut, Video::None]
            .into_iter()
            .filter(|video| *video != dispute.video)
            .map(Alternative::Video),
    );
    all.push(Alternative::Tampered(!dispute.evidence_tampered));
    all.push(Alternative::WantsReturn(!dispute.wants_return));
    let usable = [Some(true), Some(false), None].into_iter().filter(|usable| *usable != dispute.usable);
    all.extend(usable.map(Alternative::Usable));
    if dispute.exported.responses {
        let now = dispute.response().map(|response| response.answer);
        let at = dispute.response().map_or(variation.as_of(), |response| response.at.min(variation.as_of()));
        let answers = [Some(SellerAnswer::Accepted), Some(SellerAnswer::Rejected), None];
        let others = answers.into_iter().filter(|answer| *answer != now);
        all.extend(others.map(|answer| Alternative::Answer(answer.map(|answer| SellerResponse { answer, at }))));
    }
    if dispute.quantity_received.is_none() {
        let ordered = variation.original().order.quantity;
        all.extend([0, ordered.saturating_sub(1), ordered].map(Alternative::UnitsReceived));
    }
    all.extend(Reason::ALL.iter().filter(others).copied().map(Alternative::Reason));
}

fn accounts_and_places(variation: &Variation, all: &mut Vec<Alternative>) {
    let (order, dispute) = (variation.original().order, variation.original().dispute);
    let is_own = order.buyer_id == dispute.buyer_id;
    all.push(Alternative::Disputant(if is_own { SOMEBODY.into() } else { order.buyer_id.clone() }));
    let categories = variation.with_evaluation(|evaluation| {
        let named = evaluation.terms.double.categories.iter().chain(evaluation.terms.top_up.categories.iter());
        named.map(Id::from).collect::<Vec<_>>()
    });
    let others = categories.into_iter().map(Some).chain([None]).filter(|category| *category != order.category);
    all.extend(others.map(Alternative::Category));
    let countries = variation.original().events.iter().filter_map(|event| event.country).map(Some).chain([None]);
    let mut seen = vec![order.destination];
    for country in countries {
        if !seen.contains(&country) {
            seen.push(country);
            all.push(Alternative::Destination(country));
        }
    }
}

/// When something that is not there could have happened: just now, or when the dispute was opened.
fn moments(variation: &Variation) -> [Instant; 2] {
    [variation.as_of(), variation.original().dispute.opened_at]
}

fn dates(variation: &Variation, all: &mut Vec<Alternative>) {
    for (place, field) in DATES.iter().enumerate().filter(|(_, field)| field.is_optional()) {
        match field.date(&variation.facts) {
            Some(_) => all.push(Alternative::Date(place, None)),
            // Where it is worked out, the end of protection can be moved.
            None if field.name() == "protection_ends_at" => {}
            None => all.extend(moments(variation).map(|at| Alternative::Date(place, Some(at)))),
        }
    }
}

fn events(variation: &Variation, all: &mut Vec<Alternative>) {
    let events = variation.original().events;
    all.extend((0..events.len()).map(Alternative::NoEvent));
    let country = variation.original().order.destination;
    let known = |status, at| events.iter().any(|event| event.status == status && event.at == at);
    for status in TrackingStatus::ALL {
        let moments = moments(variation).into_iter().filter(|at| !known(*status, *at));
        all.extend(moments.map(|at| Alternative::Event(TrackingEvent { country, ..TrackingEvent::new(at, *status) })));
    }
}

impl Alternative {
    /// Puts it in place of what is.
    pub(super) fn apply(&self, variation: &mut Variation) {
        let facts = &mut variation.facts;
        match self {
            Self::Reason(reason) => facts.dispute.reason = *reason,
            Self::Video(video) => facts.dispute.video = *video,
            Self::Tampered(tampered) => facts.dispute.evidence_tampered = *tampered,
            Self::WantsReturn(wants_return) => facts.dispute.wants_return = *wants_return,
            Self::Usable(usable) => facts.dispute.usable = *usable,
            Self::Category(category) => facts.order.category.clone_from(category),
            Self::Answer(response) => facts.dispute.set_response(*response),
            Self::Disputant(buyer) => facts.dispute.buyer_id.clone_from(buyer),
            Self::Destination(country) => facts.order.destination = *country,
            Self::UnitsReceived(units) => facts.dispute.quantity_received = Some(*units),
            Self::Date(place, at) => DATES[*place].set_date(facts, *at),
            Self::Event(event) => facts.events.push(*event),
            Self::NoEvent(place) => {
                facts.events.remove(*place);
            }
        }
    }

    /// What it is about; of each of these the best alternative is kept.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Reason(_) => "reason".to_owned(),
            Self::Video(_) => "video".to_owned(),
            Self::Tampered(_) => "evidence_tampered".to_owned(),
            Self::WantsReturn(_) => "wants_return".to_owned(),
            Self::Usable(_) => "usable".to_owned(),
            Self::Category(_) => "category".to_owned(),
            Self::Answer(_) => "seller_response".to_owned(),
            Self::Disputant(_) => "buyer_id".to_owned(),
            Self::Destination(_) => "destination_country".to_owned(),
            Self::UnitsReceived(_) => "quantity_received".to_owned(),
            Self::Date(place, _) => DATES[*place].name().to_owned(),
            Self::Event(event) => format!("tracking.{}", event.status),
            Self::NoEvent(place) => format!("tracking.{}", place + 1),
        }
    }

    /// What it would be.
    pub(super) fn value(&self) -> String {
        let maybe = |value: Option<String>| value.unwrap_or_else(|| "none".to_owned());
        let flag = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
        match self {
            Self::Reason(reason) => reason.to_string(),
            Self::Video(video) => video.to_string(),
            Self::Tampered(is) | Self::WantsReturn(is) => flag(*is),
            Self::Usable(usable) => maybe(usable.map(flag)),
            Self::Category(category) => maybe(category.as_ref().map(ToString::to_string)),
            Self::Answer(response) => maybe(response.map(|response| response.answer.code().to_owned())),
            Self::Disputant(buyer) => buyer.to_string(),
            Self::Destination(country) => maybe(country.map(|country| country.to_string())),
            Self::UnitsReceived(units) => units.to_string(),
            Self::Date(_, at) => maybe(at.map(Instant::exact)),
            Self::Event(event) => event.at.exact(),
            Self::NoEvent(_) => maybe(None),
        }
    }

    /// The change in words.
    pub(super) fn phrase(&self, variation: &Variation) -> String {
        let either = |is: bool, yes: &str, no: &str| if is { yes } else { no }.to_owned();
        let when =
            |at: Instant| if at == variation.as_of() { "at the as-of".to_owned() } else { format!("on {}", at.date()) };
        match self {
            Self::Reason(reason) => format!("reason {reason}"),
            Self::Video(Video::Continuous) => "a continuous video".to_owned(),
            Self::Video(Video::Cut) => "a video with cuts".to_owned(),
            Self::Video(Video::None) => "no video".to_owned(),
            Self::Tampered(is) => either(*is, "evidence found to be tampered", "evidence not tampered"),
            Self::WantsReturn(is) => either(*is, "goods offered back", "goods not offered back"),
            Self::Usable(Some(is)) => either(*is, "goods that can be used", "goods that cannot be used"),
            Self::Usable(None) => "no word on whether the goods can be used".to_owned(),
            Self::Category(Some(category)) => format!("category {category}"),
            Self::Category(None) => "no category".to_owned(),
            Self::Answer(Some(response)) => {
                let verb = either(response.answer == SellerAnswer::Accepted, "accepted", "rejected");
                format!("the claim {verb} by the seller {}", when(response.at))
            }
            Self::Answer(None) => "no answer of the seller".to_owned(),
            Self::Disputant(buyer) if *buyer == SOMEBODY => "opened from another account than the order's".to_owned(),
            Self::Disputant(_) => "opened from the order's own account".to_owned(),
            Self::Destination(Some(country)) => format!("destination {country}"),
            Self::Destination(None) => "no destination stated".to_owned(),
            Self::UnitsReceived(units) => format!("quantity_received stated as {units}"),
            Self::Date(place, Some(at)) => format!("{} {}", DATES[*place].column().phrase, when(*at)),
            Self::Date(place, None) => format!("no {}", DATES[*place].name()),
            Self::Event(event) => format!("an event {} {}", event.status, when(event.at)),
            Self::NoEvent(place) => match variation.original().events.get(*place) {
                Some(event) => format!("without the event {} of {}", event.status, event.at.date()),
                None => String::new(),
            },
        }
    }

    /// What is, in the place of which it would variation.
    pub(super) fn present(&self, variation: &Variation) -> String {
        let (order, dispute) = (variation.original().order, variation.original().dispute);
        let own = match self {
            Self::Reason(_) => Self::Reason(dispute.reason),
            Self::Video(_) => Self::Video(dispute.video),
            Self::Tampered(is) => Self::Tampered(!is),
            Self::WantsReturn(is) => Self::WantsReturn(!is),
            Self::Usable(_) => Self::Usable(dispute.usable),
            Self::Category(_) => Self::Category(order.category.clone()),
            Self::Answer(_) => Self::Answer(dispute.response()),
            Self::Disputant(_) => Self::Disputant(dispute.buyer_id.clone()),
            Self::Destination(_) => Self::Destination(order.destination),
            Self::Date(place, _) => Self::Date(*place, DATES[*place].date(&variation.facts)),
            Self::NoEvent(place) => match variation.original().events.get(*place) {
                Some(event) => Self::Event(*event),
                None => self.clone(),
            },
            Self::UnitsReceived(_) | Self::Event(_) => return "none".to_owned(),
        };
        own.value()
    }
}
