//! What the models of a host share.

use super::endpoint::Endpoint;
use super::generate_content::Dialect;

/// What the models of a host share.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) endpoint: Endpoint,
    pub(crate) dialect: Dialect,
    /// Whether the key may stand in the URL of a video.
    pub(crate) signs_video_urls: bool,
}
