//! `POST /images/generations` and, with images to work from, `POST /images/edits`.

mod metadata;
mod model;

pub(super) use model::ImageModel;
