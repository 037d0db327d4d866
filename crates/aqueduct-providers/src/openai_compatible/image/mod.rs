//! `POST /images/generations` and, with images to work from, `POST /images/edits`.

mod model;
pub mod wire;

pub(crate) use model::ImageModel;
