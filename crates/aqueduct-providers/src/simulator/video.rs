//! The video model: the image model's pattern, sliding.

use aqueduct_spec::video::{
    FailedVideo, GenerateVideoOptions, GenerateVideoResult, InlineVideo, StartVideoResult, Video,
    VideoStatus,
};
use aqueduct_spec::{
    BoxFuture, Context, Describe, Error, GenerateVideo, GetVideoStatus, Model, ModelInfo, Result,
    StartVideo, Warning,
};
use serde_json::json;

use super::calls::{located, metadata};
use super::digest::{fnv1a, scatter};
use super::image::{response_info, square};
use super::provider::Seat;
use super::script::{Script, take_markers};
use super::wav::chunk;

const SIDE: u32 = 64;
const FRAMES_PER_SECOND: u32 = 8;
const MAX_SECONDS: f64 = 4.0;
const MAX_VIDEOS: u32 = 4;

/// The video model of the simulator.
#[derive(Debug)]
pub(super) struct SimulatedVideo(pub(super) Seat);

impl SimulatedVideo {
    async fn begin(&self, options: &GenerateVideoOptions) -> Result<Script> {
        let Seat { calls, info } = &self.0;
        let locate = |error| located(error, info);
        let prompt = options.prompt.as_deref().unwrap_or_default();
        let (_, markers) = take_markers(prompt).map_err(locate)?;
        let script = Script::read(&calls.name, options.provider_options.as_ref(), &markers, 0)
            .map_err(locate)?;
        let script = calls.begin_whole(info, script, prompt).await?;
        if options.n > MAX_VIDEOS {
            return Err(locate(Error::invalid_request(format!("n must be at most {MAX_VIDEOS}"))));
        }
        Ok(script)
    }

    fn film(&self, options: &GenerateVideoOptions) -> Vec<Video> {
        let prompt = options.prompt.as_deref().unwrap_or_default();
        let seed = options.seed.unwrap_or_default();
        let seconds = options.duration.filter(|seconds| seconds.is_finite()).unwrap_or(1.0);
        (0..options.n.min(MAX_VIDEOS))
            .map(|at| {
                let hash = fnv1a(format!("{seed} {at} {prompt}").as_bytes());
                let file = encode(scatter(hash), seconds.clamp(0.125, MAX_SECONDS));
                InlineVideo::new(file, "video/x-msvideo").into()
            })
            .collect()
    }
}

fn warnings(options: &GenerateVideoOptions, script: &Script) -> Vec<Warning> {
    let given = [
        ("resolution", options.resolution.is_some()),
        ("aspectRatio", options.aspect_ratio.is_some()),
        ("fps", options.fps.is_some()),
        ("duration", options.duration.is_some_and(|seconds| seconds > MAX_SECONDS)),
        ("image", options.image.is_some()),
        ("frameImages", options.frame_images.is_some()),
        ("inputReferences", options.input_references.is_some()),
        ("generateAudio", options.generate_audio == Some(true)),
        ("webhookUrl", options.webhook_url.is_some()),
    ];
    let details = format!(
        "videos are {SIDE}x{SIDE}, silent, {FRAMES_PER_SECOND} frames a second, up to {MAX_SECONDS} s"
    );
    let mut warnings = script.warnings.clone();
    warnings.extend(
        given
            .into_iter()
            .filter(|(_, is_given)| *is_given)
            .map(|(feature, _)| Warning::unsupported_because(feature, details.clone())),
    );
    warnings
}

impl Describe for SimulatedVideo {
    fn info(&self) -> &ModelInfo {
        &self.0.info
    }
}

impl Model<GenerateVideo> for SimulatedVideo {
    fn call<'a>(
        &'a self,
        call: GenerateVideo,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateVideoResult>> {
        Box::pin(async move {
            let script = self.begin(&call).await?;
            let mut result = GenerateVideoResult::new(self.film(&call), warnings(&call, &script));
            result.provider_metadata = Some(metadata(&self.0.info, &script));
            result.response = Some(response_info(&self.0.info, cx));
            Ok(result)
        })
    }
}

impl Model<StartVideo> for SimulatedVideo {
    fn call<'a>(
        &'a self,
        call: StartVideo,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<StartVideoResult>> {
        Box::pin(async move {
            let script = self.begin(&call).await?;
            // The job is its own description, so that any instance can finish it.
            let operation = json!({
                "n": call.n, "prompt": call.prompt.as_deref().unwrap_or_default(),
                "seed": call.seed.unwrap_or_default(), "duration": call.duration.unwrap_or(1.0),
            });
            let mut result = StartVideoResult::new(operation, warnings(&call, &script));
            result.provider_metadata = Some(metadata(&self.0.info, &script));
            result.response = Some(response_info(&self.0.info, cx));
            Ok(result)
        })
    }
}

impl Model<GetVideoStatus> for SimulatedVideo {
    fn call<'a>(
        &'a self,
        call: GetVideoStatus,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<VideoStatus>> {
        Box::pin(async move {
            let Seat { calls, info } = &self.0;
            let script = Script::read(&calls.name, call.provider_options.as_ref(), &[], 0)
                .map_err(|error| located(error, info))?;
            let script = calls.begin_whole(info, script, &call.operation.to_string()).await?;
            let Ok(options) =
                serde_json::from_value::<GenerateVideoOptions>(call.operation.clone())
            else {
                let mut failed = FailedVideo::new("the operation is not one of the simulator's");
                failed.provider_metadata = Some(metadata(info, &script));
                return Ok(failed.into());
            };
            let mut result = GenerateVideoResult::new(self.film(&options), script.warnings.clone());
            result.provider_metadata = Some(metadata(info, &script));
            result.response = Some(response_info(info, cx));
            Ok(VideoStatus::Completed(result))
        })
    }
}

/// Writes an AVI file of uncompressed frames, 24 bits a pixel.
///
/// Source: <https://learn.microsoft.com/windows/win32/directshow/avi-riff-file-reference>, retrieved 2026-02.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most four seconds")]
fn encode(pattern: u64, seconds: f64) -> Vec<u8> {
    const FRAME_BYTES: u32 = SIDE * SIDE * 3;
    let frames = ((seconds * f64::from(FRAMES_PER_SECOND)) as u32).max(1);
    let numbers = |numbers: &[u32]| -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    };
    let main = numbers(&[
        1_000_000 / FRAMES_PER_SECOND,
        FRAME_BYTES * FRAMES_PER_SECOND,
        0,
        0,
        frames,
        0,
        1,
        FRAME_BYTES,
        SIDE,
        SIDE,
        0,
        0,
        0,
        0,
    ]);
    let mut stream = b"vidsDIB ".to_vec();
    stream.extend(numbers(&[
        0,
        0,
        0,
        1,
        FRAMES_PER_SECOND,
        0,
        frames,
        FRAME_BYTES,
        u32::MAX,
        0,
        0,
        SIDE << 16 | SIDE,
    ]));
    // One plane in the low half, 24 bits a pixel in the high half.
    let format = numbers(&[40, SIDE, SIDE, 24 << 16 | 1, 0, FRAME_BYTES, 0, 0, 0, 0]);

    let mut stream_list = b"strl".to_vec();
    chunk(&mut stream_list, b"strh", &stream);
    chunk(&mut stream_list, b"strf", &format);
    let mut header_list = b"hdrl".to_vec();
    chunk(&mut header_list, b"avih", &main);
    chunk(&mut header_list, b"LIST", &stream_list);
    let mut movie = b"movi".to_vec();
    for at in 0..frames {
        chunk(&mut movie, b"00db", &frame(pattern, at));
    }
    let mut body = b"AVI ".to_vec();
    chunk(&mut body, b"LIST", &header_list);
    chunk(&mut body, b"LIST", &movie);
    let mut file = Vec::new();
    chunk(&mut file, b"RIFF", &body);
    file
}

fn frame(pattern: u64, at: u32) -> Vec<u8> {
    let [ink, ..] = scatter(pattern).to_be_bytes();
    (0..SIDE * SIDE)
        .flat_map(|pixel| {
            let (x, y) = ((pixel + at * 4) % SIDE, pixel / SIDE);
            let is_set = pattern >> square(x, y, SIDE, SIDE) & 1 == 1;
            if is_set { [ink, ink / 2, 0x40] } else { [0xf0, 0xf4, 0xf4] }
        })
        .collect()
}
