//! Work in parallel whose results are handed on in order, a few at a time.

use rayon::prelude::*;

/// Makes something of each chunk of some items, in parallel, and hands it on in the items' order. Some chunks are made
/// while those before them are handed on, so that memory holds only a few of them. `make` has the chunk with the place
/// of its first item.
///
/// # Errors
///
/// What was made of a chunk cannot be handed on.
pub fn make_ahead<T: Sync, M: Send, E>(
    items: &[T],
    chunk: usize,
    make: impl Fn(usize, &[T]) -> M + Sync,
    mut hand_on: impl FnMut(M) -> Result<(), E>,
) -> Result<(), E> {
    let batch_length = chunk * 2 * rayon::current_num_threads();
    let mut made: Vec<M> = Vec::new();
    for (number, batch) in items.chunks(batch_length).enumerate() {
        let make = |(place, items): (usize, _)| make(number * batch_length + place * chunk, items);
        let (done, mut handed_on) = (std::mem::take(&mut made), Ok(()));
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| made = batch.par_chunks(chunk).enumerate().map(make).collect());
            handed_on = done.into_iter().try_for_each(&mut hand_on);
        });
        handed_on?;
    }
    made.into_iter().try_for_each(hand_on)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_come_in_order_and_know_their_place() {
        let items: Vec<usize> = (0..1000).collect();
        let mut next = 0;
        let handed_on: Result<(), ()> = make_ahead(
            &items,
            7,
            |start, chunk| (start, chunk.to_vec()),
            |(start, chunk)| {
                assert_eq!((start, chunk[0]), (next, next));
                next += chunk.len();
                Ok(())
            },
        );
        assert_eq!((handed_on, next), (Ok(()), 1000));
    }

    #[test]
    fn the_first_error_ends_it() {
        let items = [0; 100];
        let mut seen = 0;
        let handed_on = make_ahead(
            &items,
            1,
            |start, _| start,
            |start| {
                seen = start;
                if start == 40 { Err(start) } else { Ok(()) }
            },
        );
        assert_eq!((handed_on, seen), (Err(40), 40));
    }
}
