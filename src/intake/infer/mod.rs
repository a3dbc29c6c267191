//! A first mapping for exports that are not ours (`arbiter map`).

mod mapping_text;
mod matching;
mod sample;

pub use mapping_text::infer_mapping;
