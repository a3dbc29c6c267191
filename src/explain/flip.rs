//! stub
use serde::Serialize;
pub struct Flip;
#[derive(Debug, Serialize)]
pub struct FlipShown {
    pub text: String,
}
impl FlipShown {
    pub fn of(_: &Flip) -> Self {
        Self { text: String::new() }
    }
}
pub fn flips(
    _: &crate::case::Docket,
    _: &crate::policy::Policy,
    _: crate::instant::Instant,
    _: &crate::arbitrate::Rulings,
    _: &crate::decision::Decision,
) -> Vec<Flip> {
    Vec::new()
}
