//! Parameters of stage 2: what silence settles, and the time to negotiate.

use arbiter_model::dispute::{SellerAnswer, SellerResponse};
use arbiter_model::instant::Instant;

use crate::parameters::node::parameters;
use crate::parameters::values::{DayRange, Days};

parameters! {
    /// The seller's time to answer.
    pub struct SellerSilent {
        /// Days from the dispute's start within which the seller must answer.
        pub days: Days,
    }

    /// When the platform is called in.
    pub struct Escalation {
        /// Days from the dispute's start before which a manual escalation takes no effect.
        pub manual_days: Days,
        /// Days after which a dispute escalates by itself: from its start, or from a counter-offer made
        /// by then.
        pub automatic_days: Days,
    }

    /// How long people take; for reports, never for decisions.
    pub struct Arbitration {
        /// Days from a referral to a person's decision.
        pub days: DayRange,
    }
}

impl Escalation {
    /// When a dispute escalates by itself.
    pub(crate) fn automatic(&self, start: Instant, response: Option<SellerResponse>) -> Instant {
        let unanswered = self.automatic_days.after(start);
        match response {
            Some(SellerResponse { answer: SellerAnswer::Countered { .. }, at }) if at <= unanswered => {
                self.automatic_days.after(start.max(at))
            }
            _ => unanswered,
        }
    }
}
