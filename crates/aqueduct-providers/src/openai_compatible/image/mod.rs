//! `POST /images/generations` and, with images to work from, `POST /images/edits`.

mod answer;
mod input;
mod model;
pub mod wire;

#[cfg(any(feature = "openai", feature = "togetherai"))]
pub(crate) use answer::result;
#[cfg(feature = "deepinfra")]
pub(crate) use answer::take_images;
#[cfg(any(feature = "openai", feature = "deepinfra"))]
pub(crate) use input::attach;
#[cfg(feature = "openai")]
pub(crate) use input::{field_name, warn_of_unsupported};
pub(crate) use model::ImageModel;
