//! The search for the nearest change of one thing that changes the outcome.
//!
//! Along one thing, every comparison that the rules make comes out otherwise at most once in each
//! direction, so the way through the rules changes at single points, and between two of them the outcome
//! is the same. The search goes from one of these points to the next, each found exactly, until one has
//! another outcome. So what it finds is the nearest, and one step less is no flip.

use super::stand::{Heard, Stand, Verdict};

/// Something that can be turned up and down, in steps from where it is.
pub(super) trait Dial {
    /// Puts it so many steps from where it was. Every number within the [reach](Self::reach) is a value
    /// that it can have.
    fn turn(&self, stand: &mut Stand, steps: i64);

    /// The most steps down (not above zero) and up.
    fn reach(&self) -> (i64, i64);
}

/// The nearest turn of a dial that changes the outcome, at most so many steps away; what it comes to.
pub(super) fn nearest(stand: &mut Stand, base: &Heard, dial: &dyn Dial, most_steps: i64) -> Option<(i64, Verdict)> {
    let (down, up) = dial.reach();
    let (down, up) = (down.max(-most_steps), up.min(most_steps));
    let below = Walk { dial, direction: -1, far: -down }.first_flip(stand, base);
    let most_up = below.map_or(up, |(steps, _)| up.min(steps - 1));
    let above = Walk { dial, direction: 1, far: most_up }.first_flip(stand, base);
    dial.turn(stand, 0);
    let signed = |direction: i64| move |(steps, verdict)| (steps * direction, verdict);
    above.map(signed(1)).or(below.map(signed(-1)))
}

/// One direction.
struct Walk<'d> {
    dial: &'d dyn Dial,
    direction: i64,
    /// The most steps.
    far: i64,
}

/// From so many steps on that did not end it, the search for a point halves what is left.
const GUESSES: usize = 8;

impl Walk<'_> {
    fn hear(&self, stand: &mut Stand, steps: i64) -> Heard {
        self.dial.turn(stand, steps * self.direction);
        stand.hear()
    }

    fn first_flip(&self, stand: &mut Stand, base: &Heard) -> Option<(i64, Verdict)> {
        let (mut at, mut here) = self.first_change(stand, 0, base)?;
        while here.verdict.outcome == base.verdict.outcome {
            (at, here) = self.first_change(stand, at, &here)?;
        }
        Some((at, here.verdict))
    }

    /// The first point after `near` at which a test comes out otherwise than there.
    fn first_change(&self, stand: &mut Stand, mut near: i64, here: &Heard) -> Option<(i64, Heard)> {
        if near >= self.far {
            return None;
        }
        let (mut far, mut there) = (self.far, self.hear(stand, self.far));
        if there.is_like(here) {
            return None;
        }
        let mut last: Option<Heard> = None;
        for guesses in 0.. {
            if far - near <= 1 {
                break;
            }
            let guess = match guesses < GUESSES {
                true => crossing(last.as_ref().unwrap_or(here), &there, near, far),
                false => near + (far - near) / 2,
            };
            let heard = self.hear(stand, guess);
            match heard.is_like(here) {
                true => (near, last) = (guess, Some(heard)),
                false => (far, there) = (guess, heard),
            }
        }
        Some((far, there))
    }
}

/// Where, between two points, the first test that comes out otherwise is likely to: on a straight line
/// between how far it was from that at either.
fn crossing(here: &Heard, there: &Heard, near: i64, far: i64) -> i64 {
    let other = here.marks.iter().zip(&there.marks).find(|(here, there)| here.holds != there.holds);
    let guess = match other.map(|(here, there)| (here.gap, there.gap)) {
        Some((Some(from), Some(to))) if from != to => {
            let (whole, part) = ((from - to).abs(), from.abs());
            // Gaps of dates are in nanoseconds: below 2^68, and steps below 2^40.
            let steps = i128::from(far - near) * part;
            i128::from(near) + steps.div_euclid(whole) + i128::from(steps.rem_euclid(whole) > 0)
        }
        _ => i128::from(near + (far - near) / 2),
    };
    i64::try_from(guess).unwrap_or(far).clamp(near + 1, far - 1)
}
