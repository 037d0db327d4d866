//! A call as the request that starts a job.

use aqueduct_spec::video::GenerateVideoOptions;
use aqueduct_spec::{JsonObject, Warning, json};
use serde_json::{Value, json};

use super::options::{Mode, Resolution, VideoOptions};
use super::pictures;

/// The model that has no 1080p.
const OLD_MODEL: &str = "grok-imagine-video";

/// Writes the request.
pub(super) fn encode(
    model_id: &str,
    mode: Option<Mode>,
    call: &GenerateVideoOptions,
    options: VideoOptions,
    warnings: &mut Vec<Warning>,
) -> JsonObject {
    warn_of_settings(mode, call, &options, warnings);
    let mut body = JsonObject::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    let is_edit = mode == Some(Mode::Edit);
    let is_new = !is_edit && mode != Some(Mode::Extend);
    put("model", Some(model_id.into()));
    put("prompt", call.prompt.as_deref().map(Value::from));
    put("duration", call.duration.filter(|_| !is_edit).map(json::number));
    let ratio = call.aspect_ratio.as_deref().filter(|_| is_new);
    put("aspect_ratio", ratio.map(Value::from));
    let mut resolution = if is_new { resolution(call, &options, warnings) } else { None };
    if !is_new {
        let url = options.video_url.as_deref().map(|url| json!({ "url": url }));
        put("video", Some(url.unwrap_or_else(|| json!({}))));
    }
    pictures::start(call, &mut body, warnings);
    if mode == Some(Mode::Reference) {
        follow(call, &options, &mut body, warnings);
        resolution = resolution.map(|asked| at_most_720p(asked, warnings));
    }
    if resolution == Some(Resolution::P1080) && model_id == OLD_MODEL {
        warnings.push(Warning::unsupported_because(
            "resolution",
            "xAI model \"grok-imagine-video\" does not support 1080p. Use \"grok-imagine-video-1.5\" for 1080p, or a lower \
             resolution. The request was sent with 1080p.",
        ));
    }
    if let Some(resolution) = resolution {
        body.insert("resolution".to_owned(), resolution.as_str().into());
    }
    warn_of_references(mode, call, &options, warnings);
    if let Some(user) = options.user.filter(|_| mode != Some(Mode::Extend)) {
        body.insert("user".to_owned(), user.into());
    }
    body.extend(options.rest);
    body
}

/// The height: the option's, else that of the pixels.
fn resolution(
    call: &GenerateVideoOptions,
    options: &VideoOptions,
    warnings: &mut Vec<Warning>,
) -> Option<Resolution> {
    if options.resolution.is_some() {
        return options.resolution;
    }
    let pixels = call.resolution.as_deref()?;
    let known = Resolution::of_pixels(pixels);
    if known.is_none() {
        let details = format!(
            "Unrecognized resolution \"{pixels}\". Use providerOptions.xai.resolution with \"480p\", \"720p\", or \"1080p\" instead."
        );
        warnings.push(Warning::unsupported_because("resolution", details));
    }
    known
}

fn at_most_720p(asked: Resolution, warnings: &mut Vec<Warning>) -> Resolution {
    if asked != Resolution::P1080 {
        return asked;
    }
    warnings.push(Warning::unsupported_because(
        "resolution",
        "xAI reference-to-video is limited to 720p. The request was downgraded from 1080p to 720p.",
    ));
    Resolution::P720
}

/// Writes what the video follows.
fn follow(
    call: &GenerateVideoOptions,
    options: &VideoOptions,
    body: &mut JsonObject,
    warnings: &mut Vec<Warning>,
) {
    match pictures::references(call, options, warnings) {
        Some(pictures) => {
            body.insert("reference_images".to_owned(), pictures);
        }
        None => warnings.push(Warning::unsupported_because(
            "referenceImages",
            "xAI reference-to-video requires at least one image reference. The video will be generated without reference images.",
        )),
    }
    let voices = options.reference_voice_ids.iter().flatten();
    let voices: Vec<Value> = voices.map(|id| json!({ "voice_id": id })).collect();
    if !voices.is_empty() {
        body.insert("reference_audios".to_owned(), voices.into());
    }
}

/// Warns of settings that there is no place for.
fn warn_of_settings(
    mode: Option<Mode>,
    call: &GenerateVideoOptions,
    options: &VideoOptions,
    warnings: &mut Vec<Warning>,
) {
    let mut warn = |is_given: bool, feature: &str, details: &str| {
        if is_given {
            warnings.push(Warning::unsupported_because(feature, details));
        }
    };
    warn(call.fps.is_some(), "fps", "xAI video models do not support custom FPS.");
    warn(call.seed.is_some(), "seed", "xAI video models do not support seed.");
    warn(
        call.n > 1,
        "n",
        "xAI video models do not support generating multiple videos per call. Only 1 video will be generated.",
    );
    let has_ratio = call.aspect_ratio.is_some();
    let has_resolution = options.resolution.is_some() || call.resolution.is_some();
    match mode {
        Some(Mode::Edit) => {
            let no_duration = "xAI video editing does not support custom duration.";
            warn(call.duration.is_some(), "duration", no_duration);
            let no_ratio = "xAI video editing does not support custom aspect ratio.";
            warn(has_ratio, "aspectRatio", no_ratio);
            let no_resolution = "xAI video editing does not support custom resolution.";
            warn(has_resolution, "resolution", no_resolution);
        }
        Some(Mode::Extend) => {
            let no_ratio = "xAI video extension does not support custom aspect ratio.";
            warn(has_ratio, "aspectRatio", no_ratio);
            let no_resolution = "xAI video extension does not support custom resolution.";
            warn(has_resolution, "resolution", no_resolution);
        }
        Some(Mode::Reference) | None => {}
    }
}

/// Warns of pictures and voices to follow where nothing is followed.
fn warn_of_references(
    mode: Option<Mode>,
    call: &GenerateVideoOptions,
    options: &VideoOptions,
    warnings: &mut Vec<Warning>,
) {
    if mode == Some(Mode::Reference) {
        return;
    }
    if call.input_references.as_ref().is_some_and(|references| !references.is_empty()) {
        let details = if pictures::has_picture(call) {
            "xAI only supports inputReferences for reference-to-video generation. The reference images were ignored."
        } else {
            "xAI reference-to-video requires at least one image reference. The references were ignored."
        };
        warnings.push(Warning::unsupported_because("inputReferences", details));
    }
    if options.reference_voice_ids.as_ref().is_some_and(|voices| !voices.is_empty()) {
        warnings.push(Warning::unsupported_because(
            "referenceVoiceIds",
            "xAI only supports reference voices for reference-to-video generation. The reference voices were ignored.",
        ));
    }
}
