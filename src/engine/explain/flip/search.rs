//! The search for the nearest change of one thing that changes the outcome.
//!
//! Along one thing, every comparison that the rules make comes out otherwise at most once in each
//! direction, so the way through the rules changes at single points, and between two of them the outcome
//! is the same. The search goes from one of these points to the next, each found exactly, until one has
//! another outcome. So what it finds is the nearest, and one step less is no flip.

use super::variation::{Evaluated, Variation, Verdict};

/// Something that can be turned up and down, in steps from where it is.
pub(super) trait Dial {
    /// Puts it so many steps from where it was. Every number within the [reach](Self::reach) is a value
    /// that it can have.
    fn turn(&self, variation: &mut Variation, steps: i64);

    /// The most steps down (not above zero) and up.
    fn reach(&self) -> (i64, i64);
}

/// The nearest turn of a dial that changes the outcome, at most so many steps away; what it comes to.
pub(super) fn nearest(
    variation: &mut Variation,
    base: &Evaluated,
    dial: &dyn Dial,
    most_steps: i64,
) -> Option<(i64, Verdict)> {
    let (down, up) = dial.reach();
    let (down, up) = (down.max(-most_steps), up.min(most_steps));
    let below = Walk { dial, direction: -1, far: -down }.first_flip(variation, base);
    let most_up = below.map_or(up, |(steps, _)| up.min(steps - 1));
    let above = Walk { dial, direction: 1, far: most_up }.first_flip(variation, base);
    dial.turn(variation, 0);
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
    fn evaluate(&self, variation: &mut Variation, steps: i64) -> Evaluated {
        self.dial.turn(variation, steps * self.direction);
        variation.evaluate()
    }

    fn first_flip(&self, variation: &mut Variation, base: &Evaluated) -> Option<(i64, Verdict)> {
        let (mut at, mut here) = self.first_change(variation, 0, base)?;
        while here.verdict.outcome == base.verdict.outcome {
            (at, here) = self.first_change(variation, at, &here)?;
        }
        Some((at, here.verdict))
    }

    /// The first point after `near` at which a test comes out otherwise than there.
    fn first_change(&self, variation: &mut Variation, mut near: i64, here: &Evaluated) -> Option<(i64, Evaluated)> {
        if near >= self.far {
            return None;
        }
        let (mut far, mut there) = (self.far, self.evaluate(variation, self.far));
        if there.is_like(here) {
            return None;
        }
        let mut last: Option<Evaluated> = None;
        for guesses in 0.. {
            if far - near <= 1 {
                break;
            }
            let guess = match guesses < GUESSES {
                true => crossing(last.as_ref().unwrap_or(here), &there, near, far),
                false => near + (far - near) / 2,
            };
            let evaluated = self.evaluate(variation, guess);
            match evaluated.is_like(here) {
                true => (near, last) = (guess, Some(evaluated)),
                false => (far, there) = (guess, evaluated),
            }
        }
        Some((far, there))
    }
}

/// Where, between two points, the first test that comes out otherwise is likely to: on a straight line
/// between how far it was from that at either.
fn crossing(here: &Evaluated, there: &Evaluated, near: i64, far: i64) -> i64 {
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
