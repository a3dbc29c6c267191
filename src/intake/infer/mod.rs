//! Infers a first mapping for exports of another form (`arbiter map`).

mod mapping_text;
mod matching;
mod sample;

pub use mapping_text::infer_mapping;
