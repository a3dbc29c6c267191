//! The tests of the whole program and of its library, as one program: what they link is linked once.
//!
//! The tables of the rules are a program of their own (`tests/rules`), which needs no part of the program that reads
//! or writes files.

#[path = "common/mod.rs"]
mod common;
#[path = "common/fixtures.rs"]
mod fixtures;
#[path = "common/redecide.rs"]
mod redecide;
#[path = "common/run.rs"]
mod run;
#[path = "common/table.rs"]
mod table;

mod catalogue;
mod cli;
mod desk;
mod dialects;
mod errors;
mod explain;
mod explain_properties;
mod flip;
mod flip_properties;
mod folders;
mod generate;
mod hostile;
mod night;
mod nights;
mod policy;
mod policy_commands;
mod policy_identity;
mod policy_schema;
mod properties;
mod sixty_nights;
mod torn;
mod unattended;
mod walls;
mod whatif;
mod whatif_commands;
mod whatif_properties;
