//! What a decision does with the money.

use crate::coded;

coded! {
    /// What a decision does with the money.
    Outcome {
        /// All that was left goes to the buyer.
        RefundFull = "refund_full",
        /// A part goes to the buyer, the rest to the seller.
        RefundPartial = "refund_partial",
        /// Nothing goes to the buyer.
        Denied = "denied",
        /// The dispute is off, the money stays in escrow.
        Resumed = "resumed",
        /// Something is awaited, the money stays in escrow.
        Pending = "pending",
        /// A person decides, the money stays in escrow.
        Referred = "referred",
    }
}

impl Outcome {
    /// Whether the dispute is over: the decision stands from then on.
    pub fn is_final(self) -> bool {
        matches!(self, Self::RefundFull | Self::RefundPartial | Self::Denied)
    }

    /// Whether the rest of the order's money waits for what comes.
    pub fn holds_money(self) -> bool {
        matches!(self, Self::Resumed | Self::Pending | Self::Referred)
    }
}
