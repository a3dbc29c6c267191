//! What people and editors are given to know the parameters by: a page, a schema, and a first policy file.

mod page;
mod schema;
mod starting_overlay;

pub use page::{page, table_of_parameters};
pub use schema::schema;
pub use starting_overlay::starting_overlay;
