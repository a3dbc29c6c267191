//! What a claim must show, by its reason.

use arbiter_model::dispute::Reason;

/// What a claim must show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// Nothing: there is no gate.
    None,
    /// A photo or any video.
    PhotoOrVideo,
    /// A video that runs unbroken from the sealed parcel on.
    ContinuousVideo,
    /// An official paper.
    Document,
}

impl Requirement {
    /// What a reason must show.
    pub fn of(reason: Reason) -> Self {
        match reason {
            Reason::NotReceived | Reason::NotTrackable | Reason::WrongAddress => Self::None,
            Reason::OrderedByMistake | Reason::Other => Self::None,
            Reason::EmptyParcel => Self::ContinuousVideo,
            Reason::Customs => Self::Document,
            Reason::ColourMismatch
            | Reason::SizeMismatch
            | Reason::MinorMismatch
            | Reason::ShippingMethod
            | Reason::FakeCapacity
            | Reason::Defective
            | Reason::Damaged
            | Reason::WrongItem
            | Reason::Counterfeit
            | Reason::QuantityShort => Self::PhotoOrVideo,
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "nothing",
            Self::PhotoOrVideo => "a photo or a video",
            Self::ContinuousVideo => "a continuous video from the sealed parcel on",
            Self::Document => "an official paper",
        }
    }
}
