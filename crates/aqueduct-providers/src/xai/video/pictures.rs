//! The pictures that a video starts from or follows.

use aqueduct_spec::video::{GenerateVideoOptions, VideoFile};
use aqueduct_spec::{JsonObject, Warning, media_type};
use serde_json::{Value, json};

use super::options::VideoOptions;

const NO_VIDEO_REFERENCE: &str = "xAI reference-to-video accepts image references only. The video reference was ignored. Use \
     providerOptions.xai.mode \"extend-video\" to continue from a video.";
const NO_OTHER_REFERENCE: &str =
    "xAI reference-to-video accepts image references only. The non-image reference was ignored.";
const NO_VIDEO_START: &str = "xAI does not accept a video as a start/frame image. The video was ignored. Use \
     providerOptions.xai.mode \"extend-video\" to continue from a video instead.";
const NO_VIDEO_END: &str = "xAI does not accept a video as a start/frame image. The video last frame was ignored. Use \
     providerOptions.xai.mode \"extend-video\" to continue from a video instead.";
const NO_END: &str = "xAI video models do not support last_frame. Use providerOptions.xai.mode \"extend-video\" to continue \
     from a video's last frame. The last frame image was ignored.";

fn top_level(file: &VideoFile) -> Option<&str> {
    match file {
        VideoFile::File(file) => Some(media_type::top_level(&file.media_type)),
        VideoFile::Url(file) => file.media_type.as_deref().map(media_type::top_level),
        _ => None,
    }
}

fn is_video(file: &VideoFile) -> bool {
    top_level(file) == Some("video")
}

/// A URL that does not say what it leads to is taken to lead to an image.
fn is_picture(file: &VideoFile) -> bool {
    top_level(file).is_none_or(|kind| kind == "image")
}

/// Whether a reference is an image.
pub(super) fn has_picture(call: &GenerateVideoOptions) -> bool {
    call.input_references.iter().flatten().any(is_picture)
}

/// A file by its URL, or as a `data:` URL.
fn by_url(file: &VideoFile) -> Option<Value> {
    let url = match file {
        VideoFile::File(file) => file.data.to_data_url(&file.media_type),
        VideoFile::Url(file) => file.url.clone(),
        _ => return None,
    };
    Some(json!({ "url": url }))
}

fn frame<'a>(call: &'a GenerateVideoOptions, kind: &str) -> Option<&'a VideoFile> {
    let mut frames = call.frame_images.iter().flatten();
    frames.find(|frame| frame.frame_type == kind).map(|frame| &frame.image)
}

/// Writes the picture to start from; there is no place for one to end with.
pub(super) fn start(
    call: &GenerateVideoOptions,
    body: &mut JsonObject,
    warnings: &mut Vec<Warning>,
) {
    let first = frame(call, "first_frame");
    if let Some(image) = first.or(call.image.as_ref()) {
        if is_video(image) {
            let feature = if first.is_some() { "frameImages" } else { "image" };
            warnings.push(Warning::unsupported_because(feature, NO_VIDEO_START));
        } else if let Some(image) = by_url(image) {
            body.insert("image".to_owned(), image);
        }
    }
    if let Some(last) = frame(call, "last_frame") {
        let details = if is_video(last) { NO_VIDEO_END } else { NO_END };
        warnings.push(Warning::unsupported_because("frameImages", details));
    }
}

/// The pictures to follow: the call's own, else those of the options; `None` if there are none.
pub(super) fn references(
    call: &GenerateVideoOptions,
    options: &VideoOptions,
    warnings: &mut Vec<Warning>,
) -> Option<Value> {
    let given = call.input_references.as_deref().filter(|references| !references.is_empty());
    let Some(given) = given else {
        let urls = options.reference_image_urls.as_ref()?;
        return Some(urls.iter().map(|url| json!({ "url": url })).collect());
    };
    let mut pictures = Vec::with_capacity(given.len());
    for reference in given {
        if is_picture(reference) {
            pictures.extend(by_url(reference));
        } else {
            let is_video = is_video(reference);
            let details = if is_video { NO_VIDEO_REFERENCE } else { NO_OTHER_REFERENCE };
            warnings.push(Warning::unsupported_because("inputReferences", details));
        }
    }
    (!pictures.is_empty()).then_some(Value::Array(pictures))
}
