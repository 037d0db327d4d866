//! A call as a request.

use aqueduct_spec::json::number;
use aqueduct_spec::video::GenerateVideoOptions;
use aqueduct_spec::{Result, Warning};

use super::inputs::{Inputs, ResolvedInputs};
use super::options::{MiniMaxVideoOptions, Ratio};
use super::wire::Request;

const RESOLUTION: &str = "2K";
const DEFAULT_RATIO: Ratio = Ratio::W16H9;
const MIN_SECONDS: f64 = 5.0;
const MAX_SECONDS: f64 = 15.0;

/// The frames that are 2K, one for each ratio.
const FRAMES_OF_2K: &[&str] =
    &["2048x2048", "2560x1080", "2560x1440", "2048x1536", "1440x2560", "1536x2048"];

/// A request, and what to know of it.
#[derive(Debug)]
pub(super) struct Encoded {
    pub(super) request: Request,
    pub(super) options: MiniMaxVideoOptions,
    pub(super) warnings: Vec<Warning>,
    pub(super) inputs: ResolvedInputs,
}

pub(super) fn encode(call: &GenerateVideoOptions, model_id: &str) -> Result<Encoded> {
    let options = call.provider_options.as_ref();
    let options: MiniMaxVideoOptions =
        options.map(|options| options.typed("minimax")).transpose()?.flatten().unwrap_or_default();
    let mut warnings = unknown_settings(call);
    check_resolution(call, &options, &mut warnings);
    let inputs = Inputs::of(call, &options, &mut warnings);
    let ratio = ratio(call, &options, &inputs, &mut warnings);
    let duration = duration(call, &mut warnings);
    let request = Request {
        model: model_id.to_owned(),
        content: inputs.content,
        resolution: RESOLUTION,
        duration,
        ratio: ratio.map(Ratio::as_str),
        aigc_watermark: options.aigc_watermark,
    };
    Ok(Encoded { request, options, warnings, inputs: inputs.resolved })
}

fn warn(warnings: &mut Vec<Warning>, feature: &str, details: impl Into<String>) {
    warnings.push(Warning::unsupported_because(feature, details));
}

fn unknown_settings(call: &GenerateVideoOptions) -> Vec<Warning> {
    let settings = [
        ("fps", call.fps.is_some(), "MiniMax-H3 does not support a custom frame rate."),
        ("seed", call.seed.is_some(), "MiniMax-H3 does not support a seed."),
        (
            "n",
            call.n > 1,
            "MiniMax-H3 generates a single video per call. Only 1 video will be generated.",
        ),
        (
            "generateAudio",
            call.generate_audio.is_some(),
            "The MiniMax-H3 API does not expose an audio parameter. The generateAudio option was ignored.",
        ),
    ];
    let mut warnings = Vec::new();
    for (feature, _, details) in settings.into_iter().filter(|(_, is_set, _)| *is_set) {
        warn(&mut warnings, feature, details);
    }
    warnings
}

/// There is one resolution, under several names.
fn check_resolution(
    call: &GenerateVideoOptions,
    options: &MiniMaxVideoOptions,
    warnings: &mut Vec<Warning>,
) {
    let Some(resolution) = &call.resolution else { return };
    if resolution.eq_ignore_ascii_case(RESOLUTION) || FRAMES_OF_2K.contains(&&**resolution) {
        return;
    }
    let details = if options.resolution.is_some() {
        format!(
            "Unrecognized resolution \"{resolution}\". MiniMax-H3 only supports \"2K\", so providerOptions.minimax.resolution (\"{RESOLUTION}\") was used instead."
        )
    } else {
        format!("Unrecognized resolution \"{resolution}\". MiniMax-H3 only supports \"2K\".")
    };
    warn(warnings, "resolution", details);
}

/// Words alone need a ratio; a frame has one already.
fn ratio(
    call: &GenerateVideoOptions,
    options: &MiniMaxVideoOptions,
    inputs: &Inputs,
    warnings: &mut Vec<Warning>,
) -> Option<Ratio> {
    let from_words = inputs.content.len() == 1;
    let default = DEFAULT_RATIO.as_str();
    let mut ratio = options.ratio;
    if let (None, Some(wanted)) = (ratio, &call.aspect_ratio) {
        ratio = Ratio::parse(wanted);
        if ratio.is_none() {
            let instead = if from_words {
                format!("the default ({default})")
            } else {
                "the provider default (adaptive)".to_owned()
            };
            warn(
                warnings,
                "aspectRatio",
                format!(
                    "MiniMax-H3 does not support the aspect ratio \"{wanted}\". Using {instead}."
                ),
            );
            ratio = from_words.then_some(DEFAULT_RATIO);
        }
    }
    if ratio == Some(Ratio::Adaptive) && from_words {
        warn(
            warnings,
            "aspectRatio",
            format!(
                "MiniMax-H3 text-to-video does not support the adaptive aspect ratio. Using the default ({default})."
            ),
        );
        ratio = Some(DEFAULT_RATIO);
    }
    if inputs.has_frames && ratio.take().is_some() {
        warn(
            warnings,
            "aspectRatio",
            "MiniMax-H3 derives the aspect ratio from the frame image; the requested ratio was ignored.",
        );
    }
    ratio.or(from_words.then_some(DEFAULT_RATIO))
}

/// Whole seconds, 5 to 15.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded just before")]
fn duration(call: &GenerateVideoOptions, warnings: &mut Vec<Warning>) -> u64 {
    let Some(wanted) = call.duration else { return MIN_SECONDS as u64 };
    let shown = number(wanted);
    // As JavaScript rounds: halves go up.
    let rounded = (wanted + 0.5).floor();
    let whole = if wanted.fract() == 0.0 { wanted } else { rounded };
    if wanted.fract() != 0.0 {
        let to = number(whole);
        warn(
            warnings,
            "duration",
            format!(
                "MiniMax-H3 requires a whole number of seconds. The requested duration of {shown} was rounded to {to}."
            ),
        );
    }
    if whole > MAX_SECONDS {
        warn(
            warnings,
            "duration",
            format!(
                "MiniMax-H3 supports at most 15 seconds. The requested duration of {shown} was clamped to 15."
            ),
        );
    } else if whole < MIN_SECONDS {
        warn(
            warnings,
            "duration",
            format!(
                "MiniMax-H3 requires at least 5 seconds. The requested duration of {shown} was clamped to 5."
            ),
        );
    }
    whole.clamp(MIN_SECONDS, MAX_SECONDS) as u64
}
