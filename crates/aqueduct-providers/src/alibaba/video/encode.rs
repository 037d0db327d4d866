//! A call as the request that starts a job.

use aqueduct_spec::video::{GenerateVideoOptions, VideoFile};
use aqueduct_spec::{JsonObject, Warning, json};
use serde_json::{Value, json};

use super::options::VideoOptions;
use super::wan27;

/// What a model starts from, as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Text,
    Image,
    References,
}

impl Mode {
    fn of(model_id: &str) -> Self {
        match model_id {
            id if id.contains("-i2v") => Self::Image,
            id if id.contains("-r2v") => Self::References,
            _ => Self::Text,
        }
    }
}

/// Writes the request.
pub(super) fn encode(
    model_id: &str,
    call: &GenerateVideoOptions,
    options: &VideoOptions,
    warnings: &mut Vec<Warning>,
) -> Value {
    let mode = Mode::of(model_id);
    let is_wan27 = model_id.starts_with("wan2.7");
    let input = input(mode, is_wan27, call, options, warnings);
    let parameters = parameters(mode, is_wan27, call, options, warnings);
    json!({ "model": model_id, "input": input, "parameters": parameters })
}

fn put(object: &mut JsonObject, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object.insert(name.to_owned(), value.into());
    }
}

/// The frame to start from.
pub(super) fn first_frame(call: &GenerateVideoOptions) -> Option<&VideoFile> {
    frame(call, "first_frame")
}

fn frame<'a>(call: &'a GenerateVideoOptions, kind: &str) -> Option<&'a VideoFile> {
    let mut frames = call.frame_images.iter().flatten();
    frames.find(|frame| frame.frame_type == kind).map(|frame| &frame.image)
}

/// An image as the API takes it: its URL, or plain base64.
pub(super) fn image_text(file: &VideoFile) -> Option<String> {
    match file {
        VideoFile::Url(file) => Some(file.url.clone()),
        VideoFile::File(file) => Some(file.data.to_base64()),
        _ => None,
    }
}

fn input(
    mode: Mode,
    is_wan27: bool,
    call: &GenerateVideoOptions,
    options: &VideoOptions,
    warnings: &mut Vec<Warning>,
) -> JsonObject {
    let mut input = JsonObject::new();
    put(&mut input, "prompt", call.prompt.as_deref());
    put(&mut input, "negative_prompt", options.negative_prompt.as_deref());
    put(&mut input, "audio_url", options.audio_url.as_deref());
    match mode {
        Mode::Image => {
            let start = first_frame(call).or(call.image.as_ref());
            put(&mut input, "img_url", start.and_then(image_text));
        }
        Mode::References if is_wan27 => {
            put(&mut input, "media", wan27::media(call, options, warnings));
        }
        Mode::References => {
            put(&mut input, "reference_urls", reference_urls(call, options, warnings));
        }
        Mode::Text => {}
    }
    if frame(call, "last_frame").is_some() {
        warnings.push(Warning::unsupported_because(
            "frameImages",
            "This model does not support last_frame. The last frame image was ignored.",
        ));
    }
    let has_references = call.input_references.as_ref().is_some_and(|list| !list.is_empty());
    if has_references && mode != Mode::References {
        warnings.push(Warning::unsupported_because(
            "inputReferences",
            "Alibaba only supports inputReferences (reference-to-video) on reference-to-video models. The reference images were ignored.",
        ));
    }
    input
}

fn reference_urls(
    call: &GenerateVideoOptions,
    options: &VideoOptions,
    warnings: &mut Vec<Warning>,
) -> Option<Vec<String>> {
    if call.frame_images.as_ref().is_some_and(|frames| !frames.is_empty()) {
        return None;
    }
    let references = call.input_references.as_deref().unwrap_or_default();
    let mut urls = Vec::with_capacity(references.len());
    for reference in references {
        if let VideoFile::Url(file) = reference {
            urls.push(file.url.clone());
        } else {
            warnings.push(Warning::unsupported_because(
                "inputReferences",
                "Alibaba reference-to-video requires URL references. Non-URL reference was skipped.",
            ));
        }
    }
    let urls = if references.is_empty() { options.reference_urls.clone() } else { Some(urls) };
    urls.filter(|urls| !urls.is_empty())
}

fn parameters(
    mode: Mode,
    is_wan27: bool,
    call: &GenerateVideoOptions,
    options: &VideoOptions,
    warnings: &mut Vec<Warning>,
) -> JsonObject {
    let mut parameters = JsonObject::new();
    put(&mut parameters, "duration", call.duration.map(json::number));
    put(&mut parameters, "seed", call.seed);
    if let Some(resolution) = &call.resolution {
        resolution_of(mode, is_wan27, resolution, &mut parameters, warnings);
    }
    let takes_ratio = is_wan27 && mode != Mode::Image;
    if takes_ratio {
        let derived = || wan27::ratio(call.resolution.as_deref()?);
        let ratio = options.ratio.as_deref().or(call.aspect_ratio.as_deref()).or_else(derived);
        put(&mut parameters, "ratio", ratio);
    }
    put(&mut parameters, "prompt_extend", options.prompt_extend);
    if is_wan27 && options.shot_type.is_some() {
        warnings.push(Warning::unsupported_because(
            "shotType",
            "wan2.7 models do not support the shotType option. Describe the shot structure in the prompt instead.",
        ));
    } else {
        put(&mut parameters, "shot_type", options.shot_type.as_deref());
    }
    put(&mut parameters, "watermark", options.watermark);
    let audio = call.generate_audio.or(options.audio);
    if is_wan27 && audio.is_some() {
        warnings.push(Warning::unsupported_because(
            "generateAudio",
            "wan2.7 models always generate audio. The audio option was ignored.",
        ));
    } else {
        put(&mut parameters, "audio", audio);
    }
    warn_of_rest(takes_ratio, call, warnings);
    parameters
}

/// Later models and those that start from an image take classes of resolution, the others pixels.
fn resolution_of(
    mode: Mode,
    is_wan27: bool,
    resolution: &str,
    parameters: &mut JsonObject,
    warnings: &mut Vec<Warning>,
) {
    if mode != Mode::Image && !is_wan27 {
        put(parameters, "size", Some(resolution.replacen('x', "*", 1)));
        return;
    }
    let tier = wan27::tier(resolution);
    if is_wan27 && !matches!(tier, "720P" | "1080P") {
        warnings.push(Warning::unsupported_because(
            "resolution",
            format!(
                "wan2.7 models only support 720P and 1080P resolutions. The resolution \"{resolution}\" was ignored."
            ),
        ));
    } else {
        put(parameters, "resolution", Some(tier));
    }
}

fn warn_of_rest(takes_ratio: bool, call: &GenerateVideoOptions, warnings: &mut Vec<Warning>) {
    if call.aspect_ratio.is_some() && !takes_ratio {
        warnings.push(Warning::unsupported_because(
            "aspectRatio",
            "Alibaba video models use explicit size/resolution dimensions. Use the resolution option or providerOptions.alibaba for size control.",
        ));
    }
    if call.fps.is_some_and(|fps| fps != 0.0) {
        warnings.push(Warning::unsupported_because(
            "fps",
            "Alibaba video models do not support custom FPS.",
        ));
    }
    if call.n > 1 {
        warnings.push(Warning::unsupported_because(
            "n",
            "Alibaba video models only support generating 1 video per call.",
        ));
    }
}
