//! Parameters of stage 4: until when evidence may come, and how strong it is.

use arbiter_model::dispute::{Dispute, Video};
use arbiter_model::money::Share;

use crate::parameters::node::parameters;
use crate::parameters::values::{Days, Part};

parameters! {
    /// The buyer's time to show what the claim needs.
    pub struct AwaitingEvidence {
        /// Days from the escalation within which evidence must be there.
        pub days: Days,
    }

    /// How far evidence carries into a band of shares.
    pub struct Strength {
        /// Strength of photos alone.
        #[schemars(extend("x-unit" = "strength"))]
        pub photo: Part,
        /// Strength of a video with cuts.
        #[schemars(extend("x-unit" = "strength"))]
        pub cut_video: Part,
        /// Strength of a video that runs unbroken from the sealed parcel on.
        #[schemars(extend("x-unit" = "strength"))]
        pub continuous_video: Part,
    }
}

impl Strength {
    /// The strength of a dispute's best evidence.
    pub(crate) fn of(&self, dispute: &Dispute) -> Share {
        match dispute.video {
            Video::Continuous => self.continuous_video,
            Video::Cut => self.cut_video,
            Video::None => self.photo,
        }
        .into()
    }

    /// What a dispute's best evidence is called.
    pub(crate) fn name(&self, dispute: &Dispute) -> &'static str {
        match dispute.video {
            Video::Continuous => "a continuous video",
            Video::Cut => "a video with cuts",
            Video::None if dispute.photos == 0 => "evidence outside the export",
            Video::None => "photos",
        }
    }
}
