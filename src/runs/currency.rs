//! Orders whose currency is another than when they were paid for.

use arbiter_intake::Intake;
use arbiter_model::exports::{Cause, Reject};

/// Rejects the open disputes of orders that money was awarded for in another currency: what is left of such an order
/// cannot be told, so it waits until the export is mended. What stands, stands.
pub(crate) fn set_aside_other_currencies(intake: &mut Intake) {
    let Intake { docket, rejects, exports } = intake;
    let mut aside: Vec<Reject> = Vec::new();
    for file in &mut docket.orders {
        let Some(final_decision) = docket.final_decisions.in_another_currency(&file.order) else { continue };
        let expected = format!(
            "an order in {}, as it was when dispute {} was awarded {}; it is in {} now",
            final_decision.currency, final_decision.dispute_id, final_decision.award, file.order.currency
        );
        let disputes = std::mem::take(&mut file.disputes).into_iter().zip(std::mem::take(&mut file.disputants));
        for (dispute, disputant) in disputes {
            if docket.final_decisions.of_dispute(&dispute.id).is_some() {
                file.disputes.push(dispute);
                file.disputants.push(disputant);
                continue;
            }
            let name = docket.sources.get(dispute.origin.file as usize).map_or("", String::as_str);
            aside.push(Reject {
                file: name.into(),
                line: dispute.origin.line.into(),
                column: "order_id".into(),
                value: file.order.id.as_str().into(),
                expected: expected.as_str().into(),
                cause: Cause::Contradiction,
                fix: None,
                dispute: Some(dispute.id.as_str().into()),
                holds_order: Some(file.order.id.as_str().into()),
            });
            file.held_by_reject = true;
        }
    }
    for reject in &aside {
        exports.disputes.reject_record(&reject.file);
    }
    rejects.extend(aside);
}
