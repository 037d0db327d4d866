//! What a call wants done.

use aqueduct_spec::video::GenerateVideoOptions;

use super::options::{Mode, VideoOptions};
use super::pictures::has_picture;

/// The mode that the options name, or that what is given stands for; none is a new video.
pub(super) fn mode(call: &GenerateVideoOptions, options: &VideoOptions) -> Option<Mode> {
    if options.mode.is_some() {
        return options.mode;
    }
    if options.video_url.is_some() {
        return Some(Mode::Edit);
    }
    // Frames go before references.
    let has_frames = call.frame_images.as_ref().is_some_and(|frames| !frames.is_empty());
    let has_references = has_picture(call) || options.reference_image_urls.is_some();
    (!has_frames && has_references).then_some(Mode::Reference)
}

/// Where a mode's jobs are started.
pub(super) fn path(mode: Option<Mode>) -> &'static str {
    match mode {
        Some(Mode::Edit) => "/videos/edits",
        Some(Mode::Extend) => "/videos/extensions",
        Some(Mode::Reference) | None => "/videos/generations",
    }
}
