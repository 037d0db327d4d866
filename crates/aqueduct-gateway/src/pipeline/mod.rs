//! What every request goes through, whatever its dialect. Each stage takes the former's type and returns a richer one; none
//! of them parses a body.
//!
//! ```text
//! Inbound ─ authenticate → Authenticated ─ admit → Admitted ─ (ingress decodes) ─ route → Routed → Outcome
//! ```

mod admit;
mod authenticate;
mod inbound;
mod meter;
mod route;

pub(crate) use admit::{Admitted, admit};
pub(crate) use authenticate::{Keys, authenticate};
pub(crate) use inbound::{Exchange, Inbound};
pub(crate) use meter::{Account, Meter, metered};
pub(crate) use route::Routed;
