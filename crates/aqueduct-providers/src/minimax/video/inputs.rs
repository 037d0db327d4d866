//! What a video is made from: frames, or pictures, videos and sounds to follow.

use aqueduct_spec::video::{GenerateVideoOptions, VideoFile};
use aqueduct_spec::{Warning, media_type};
use serde::{Deserialize, Serialize};

use super::options::MiniMaxVideoOptions;
use super::wire::{Input, Place};

const MAX_IMAGES: usize = 9;
const MAX_VIDEOS: usize = 3;
const MAX_AUDIOS: usize = 3;

/// What is sent in the end, after everything that the API does not take was left out.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    pub(super) content: Vec<Input>,
    pub(super) resolved: ResolvedInputs,
    /// Whether the video begins with a picture that is given.
    pub(super) has_frames: bool,
}

/// How much was sent: the price depends on it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResolvedInputs {
    pub(super) image_count: usize,
    pub(super) reference_video_urls: Vec<String>,
}

impl Inputs {
    pub(super) fn of(
        call: &GenerateVideoOptions,
        options: &MiniMaxVideoOptions,
        warnings: &mut Vec<Warning>,
    ) -> Self {
        let mut inputs = Self::default();
        let text = call.prompt.clone().unwrap_or_default();
        inputs.content.push(Input::Text { text });
        let (first, last) = frames(call, warnings);
        let references = call.input_references.as_deref().unwrap_or_default();
        let audios = options.reference_audio_urls.as_deref().unwrap_or_default();
        let has_references = !references.is_empty() || !audios.is_empty();
        if let Some(first) = first {
            inputs.has_frames = true;
            inputs.image(first, "first_frame");
            if let Some(last) = last {
                inputs.image(last, "last_frame");
            }
            if has_references {
                warnings.push(ignored(
                    "inputReferences",
                    "MiniMax-H3 cannot combine frame images with reference inputs. The references were ignored.",
                ));
            }
        } else if has_references {
            inputs.references(references, audios, warnings);
        }
        inputs
    }

    fn image(&mut self, file: &VideoFile, role: &'static str) {
        self.content.push(Input::ImageUrl { image_url: Place { url: url(file) }, role });
        self.resolved.image_count += 1;
    }

    fn references(&mut self, files: &[VideoFile], audios: &[String], warnings: &mut Vec<Warning>) {
        let (images, videos) = sorted(files, warnings);
        for image in images.iter().take(MAX_IMAGES) {
            self.image(image, "reference_image");
        }
        let too_many = |kind: &str, most: usize| {
            format!(
                "MiniMax-H3 accepts at most {most} reference {kind}s. Extra {kind}s were ignored."
            )
        };
        if images.len() > MAX_IMAGES {
            warnings.push(ignored("inputReferences", too_many("image", MAX_IMAGES)));
        }
        for video in videos.iter().take(MAX_VIDEOS) {
            let place = Place { url: url(video) };
            // A file that is sent itself is not worth telling back.
            if matches!(video, VideoFile::Url(_)) {
                self.resolved.reference_video_urls.push(place.url.clone());
            }
            self.content.push(Input::VideoUrl { video_url: place, role: "reference_video" });
        }
        if videos.len() > MAX_VIDEOS {
            warnings.push(ignored("inputReferences", too_many("video", MAX_VIDEOS)));
        }
        if audios.is_empty() {
            return;
        }
        if images.is_empty() && videos.is_empty() {
            warnings.push(ignored(
                "referenceAudioUrls",
                "MiniMax-H3 reference audio must be paired with at least one reference image or video. The audio was ignored.",
            ));
            return;
        }
        for audio in audios.iter().take(MAX_AUDIOS) {
            let audio_url = Place { url: audio.clone() };
            self.content.push(Input::AudioUrl { audio_url, role: "reference_audio" });
        }
        if audios.len() > MAX_AUDIOS {
            warnings.push(ignored("referenceAudioUrls", too_many("audio", MAX_AUDIOS)));
        }
    }
}

fn ignored(feature: &str, details: impl Into<String>) -> Warning {
    Warning::unsupported_because(feature, details)
}

fn url(file: &VideoFile) -> String {
    match file {
        VideoFile::Url(file) => file.url.clone(),
        VideoFile::File(file) => file.data.to_data_url(&file.media_type),
        _ => String::new(),
    }
}

fn media_type_of(file: &VideoFile) -> Option<&str> {
    match file {
        VideoFile::Url(file) => file.media_type.as_deref(),
        VideoFile::File(file) => Some(&file.media_type),
        _ => None,
    }
}

/// The media type of a frame that is no picture. One of no type is taken to be a picture.
fn not_an_image(file: &VideoFile) -> Option<&str> {
    media_type_of(file).filter(|media_type| media_type::top_level(media_type) != "image")
}

/// The first and the last frame, as far as they can be used.
fn frames<'a>(
    call: &'a GenerateVideoOptions,
    warnings: &mut Vec<Warning>,
) -> (Option<&'a VideoFile>, Option<&'a VideoFile>) {
    let frame = |kind: &str| {
        let frames = call.frame_images.iter().flatten();
        frames.into_iter().find(|frame| frame.frame_type == kind).map(|frame| &frame.image)
    };
    let named = frame("first_frame");
    let mut first = named.or(call.image.as_ref());
    if let Some(wrong) = first.and_then(not_an_image) {
        let feature = if named.is_some() { "frameImages" } else { "image" };
        warnings.push(ignored(feature, no_frame(wrong, "The video", "file")));
        first = None;
    }
    let Some(last) = frame("last_frame") else { return (first, None) };
    if first.is_none() {
        warnings.push(ignored(
            "frameImages",
            "MiniMax-H3 requires a first_frame when a last_frame is provided. The last_frame was ignored.",
        ));
        return (None, None);
    }
    if let Some(wrong) = not_an_image(last) {
        let details = no_frame(wrong, "The last_frame video", "last_frame");
        warnings.push(ignored("frameImages", details));
        return (first, None);
    }
    (first, Some(last))
}

fn no_frame(media_type: &str, video: &str, file: &str) -> String {
    if media_type::top_level(media_type) == "video" {
        format!("MiniMax-H3 does not accept a video as a frame image. {video} was ignored.")
    } else {
        format!(
            "MiniMax-H3 only accepts an image as a frame image; the \"{media_type}\" {file} was ignored."
        )
    }
}

/// Tells pictures from videos.
fn sorted<'a>(
    files: &'a [VideoFile],
    warnings: &mut Vec<Warning>,
) -> (Vec<&'a VideoFile>, Vec<&'a VideoFile>) {
    let (mut images, mut videos) = (Vec::new(), Vec::new());
    for file in files {
        match media_type_of(file).map(|it| (media_type::top_level(it), it)) {
            Some(("video", _)) => videos.push(file),
            Some(("image", _)) => images.push(file),
            None => {
                warnings.push(ignored(
                    "inputReferences",
                    "MiniMax-H3 requires an explicit mediaType to route URL references as video or image. Pass { data: url, mediaType: \"video/mp4\" } for video references. The reference was treated as an image.",
                ));
                images.push(file);
            }
            Some((_, media_type)) => warnings.push(ignored(
                "inputReferences",
                format!(
                    "MiniMax-H3 only accepts image and video references; the \"{media_type}\" reference was ignored. Pass reference audio via providerOptions.minimax.referenceAudioUrls."
                ),
            )),
        }
    }
    (images, videos)
}
