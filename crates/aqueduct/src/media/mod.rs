//! Files that are given to models and made by them: images, audio, videos.

mod generated;
mod input;

pub use generated::{GeneratedFile, NoOutput};
pub use input::{MediaInput, text_from_data_url};

pub(crate) use input::Media;
