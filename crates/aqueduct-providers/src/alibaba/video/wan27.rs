//! What the models of version 2.7 want in another form: classes of resolution with a ratio, and references with a kind.

use aqueduct_spec::video::{GenerateVideoOptions, VideoFile};
use aqueduct_spec::{JsonObject, Warning};
use serde_json::{Value, json};

use super::encode::{first_frame, image_text};
use super::options::VideoOptions;

const RATIOS: [&str; 5] = ["16:9", "9:16", "1:1", "4:3", "3:4"];

/// The class of a resolution in pixels.
pub(super) fn tier(resolution: &str) -> &str {
    match resolution {
        "1280x720" | "720x1280" | "960x960" | "1088x832" | "832x1088" => "720P",
        "1920x1080" | "1080x1920" | "1440x1440" | "1632x1248" | "1248x1632" => "1080P",
        "832x480" | "480x832" | "624x624" => "480P",
        other => other,
    }
}

/// The ratio of a resolution in pixels, if it is one of those that the models know.
pub(super) fn ratio(resolution: &str) -> Option<&'static str> {
    let (width, height) = resolution.split_once('x')?;
    let (width, height): (u32, u32) = (width.parse().ok()?, height.parse().ok()?);
    if width == 0 || height == 0 {
        return None;
    }
    let (mut a, mut b) = (width, height);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let ratio = format!("{}:{}", width / a, height / a);
    RATIOS.into_iter().find(|known| *known == ratio)
}

/// What to follow, each with its kind.
pub(super) fn media(
    call: &GenerateVideoOptions,
    options: &VideoOptions,
    warnings: &mut Vec<Warning>,
) -> Option<Value> {
    let mut media = Vec::new();
    for medium in options.media.iter().flatten() {
        let mut entry = entry(&medium.kind, &medium.url);
        if let Some(voice) = &medium.reference_voice {
            entry.insert("reference_voice".to_owned(), voice.as_str().into());
        }
        media.push(entry);
    }
    if media.is_empty() {
        for reference in call.input_references.iter().flatten() {
            match reference {
                VideoFile::Url(file) => {
                    let kind =
                        if is_video(&file.url) { "reference_video" } else { "reference_image" };
                    media.push(entry(kind, &file.url));
                }
                VideoFile::File(file) if file.media_type.starts_with("image/") => {
                    let url = file.data.to_data_url(&file.media_type);
                    media.push(entry("reference_image", &url));
                }
                _ => warnings.push(Warning::unsupported_because(
                    "inputReferences",
                    "Alibaba reference-to-video requires URL references for videos. Non-URL video reference was skipped.",
                )),
            }
        }
        match first_frame(call) {
            Some(VideoFile::File(file)) => {
                media.push(entry("first_frame", &file.data.to_data_url(&file.media_type)));
            }
            Some(file) => media.extend(image_text(file).map(|url| entry("first_frame", &url))),
            None => {}
        }
    }
    (!media.is_empty()).then(|| json!(media))
}

fn entry(kind: &str, url: &str) -> JsonObject {
    JsonObject::from_iter([("type".to_owned(), kind.into()), ("url".to_owned(), url.into())])
}

/// Whether a URL names a file with the ending of a video.
fn is_video(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    path.ends_with(".mp4") || path.ends_with(".mov")
}
