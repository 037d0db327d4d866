//! The image model: a pattern of squares that the prompt decides.

use aqueduct_spec::image::{GenerateImageResult, ImageUsage};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::{
    BoxFuture, Context, Data, Describe, Error, GenerateImage, Model, ModelInfo, Result, Warning,
};
use serde_json::{Value, json};

use super::calls::{located, metadata};
use super::digest::{fnv1a, scatter};
use super::png::Picture;
use super::provider::Seat;
use super::script::{Script, take_markers};
use super::words;

const DEFAULT_SIDE: u32 = 64;
const MAX_SIDE: u32 = 4096;
const MAX_IMAGES: u32 = 10;

/// The image model of the simulator.
#[derive(Debug)]
pub(super) struct SimulatedImage(pub(super) Seat);

impl Describe for SimulatedImage {
    fn info(&self) -> &ModelInfo {
        &self.0.info
    }
}

impl Model<GenerateImage> for SimulatedImage {
    fn call<'a>(
        &'a self,
        call: GenerateImage,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateImageResult>> {
        Box::pin(async move {
            let Seat { calls, info } = &self.0;
            let locate = |error| located(error, info);
            let given = call.prompt.as_deref().unwrap_or_default();
            let (prompt, markers) = take_markers(given).map_err(locate)?;
            let options = call.provider_options.as_ref();
            let script = Script::read(&calls.name, options, &markers, 0).map_err(locate)?;
            let script = calls.begin_whole(info, script, given).await?;
            if call.n > MAX_IMAGES {
                let message = format!("n must be at most {MAX_IMAGES}");
                return Err(locate(Error::invalid_request(message)));
            }
            let (width, height) =
                size(call.size.as_deref(), call.aspect_ratio.as_deref()).map_err(locate)?;
            let seed = call.seed.unwrap_or_default();
            let images: Vec<Data> = (0..call.n)
                .map(|at| {
                    draw(width, height, fnv1a(format!("{seed} {at} {prompt}").as_bytes())).into()
                })
                .collect();
            let mut warnings = script.warnings.clone();
            if call.files.as_ref().is_some_and(|files| !files.is_empty()) {
                warnings
                    .push(Warning::unsupported_because("files", "the simulator looks at no image"));
            }
            if call.mask.is_some() {
                warnings
                    .push(Warning::unsupported_because("mask", "the simulator looks at no image"));
            }
            let each = json!({ "width": width, "height": height, "mediaType": "image/png" });
            let mut told = metadata(info, &script);
            told.entry("simulator")
                .insert("images".to_owned(), Value::Array(vec![each; images.len()]));
            let words = words::count(&prompt);
            let mut usage = ImageUsage::default();
            usage.input_tokens = Some(words);
            usage.output_tokens = Some(0);
            usage.total_tokens = Some(words);
            let mut result = GenerateImageResult::new(images, warnings);
            result.usage = Some(usage);
            result.provider_metadata = Some(told);
            result.response = Some(response_info(info, cx));
            Ok(result)
        })
    }
}

/// What is said about an answer that is made in one piece.
pub(super) fn response_info(info: &ModelInfo, cx: &Context) -> ResponseInfo {
    let mut response = ResponseInfo::default();
    response.timestamp = Some(cx.now());
    response.model_id = Some(info.model_id.clone());
    response
}

fn size(size: Option<&str>, ratio: Option<&str>) -> Result<(u32, u32)> {
    if let Some(text) = size {
        let sides = text.split_once('x').and_then(|(width, height)| {
            Some((width.parse::<u32>().ok()?, height.parse::<u32>().ok()?))
        });
        let in_range = |(width, height): &(u32, u32)| {
            (1..=MAX_SIDE).contains(width) && (1..=MAX_SIDE).contains(height)
        };
        return sides.filter(in_range).ok_or_else(|| {
            Error::invalid_request(format!("size must be WIDTHxHEIGHT, each 1 to {MAX_SIDE}"))
        });
    }
    let Some(text) = ratio else { return Ok((DEFAULT_SIDE, DEFAULT_SIDE)) };
    let sides = text.split_once(':').and_then(|(width, height)| {
        Some((width.parse::<u32>().ok()?, height.parse::<u32>().ok()?))
    });
    let Some((width, height)) =
        sides.filter(|sides| (1..=64).contains(&sides.0) && (1..=64).contains(&sides.1))
    else {
        return Err(Error::invalid_request("aspectRatio must be WIDTH:HEIGHT, each 1 to 64"));
    };
    // The longer side keeps the default length.
    let longer = width.max(height);
    Ok(((DEFAULT_SIDE * width / longer).max(1), (DEFAULT_SIDE * height / longer).max(1)))
}

/// Draws eight by eight squares, the right half mirroring the left.
pub(super) fn draw(width: u32, height: u32, hash: u64) -> Vec<u8> {
    let pattern = scatter(hash);
    let [red, green, blue, ..] = scatter(pattern).to_be_bytes();
    let is_set = |x: u32, y: u32| pattern >> square(x, y, width, height) & 1 == 1;
    // Dark enough to stand out on the ground.
    let ink = [red / 2, green / 2, blue / 2];
    Picture { width, height, colours: [[0xf4, 0xf4, 0xf0], ink], is_set: &is_set }.encode()
}

/// Which of the 32 different squares a pixel is in.
pub(super) fn square(x: u32, y: u32, width: u32, height: u32) -> u32 {
    let column = x * 8 / width.max(1);
    let row = y * 8 / height.max(1);
    (row * 4 + column.min(7_u32.saturating_sub(column))).min(63)
}
