//! Veo by `:predictLongRunning`: a job is started, and asked for until it is done.
//!
//! Source: <https://ai.google.dev/gemini-api/docs/video> (2026-11).

use std::sync::Arc;
use std::time::Duration;

use aqueduct_http::Json;
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::video::{
    FailedVideo, GenerateVideoOptions, GenerateVideoResult, GetVideoStatusOptions, PendingVideo,
    StartVideoResult, UrlVideo, Video as Film, VideoFile, VideoStatus,
};
use aqueduct_spec::{
    Context, Error, JsonObject, ModelInfo, Profile, ProviderMetadata, Result, Warning,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::config::Config;
use super::error;
use super::generate_content::encode;
use super::options::{GoogleVideoOptions, ReferenceImage};
use crate::model_calls::model_calls;
use crate::pace::Pace;
use crate::video_job;

/// How long to wait between two questions after a job.
const POLL_INTERVAL: Duration = Duration::from_secs(10);

/// How long to wait for a job.
const POLL_TIMEOUT: Duration = Duration::from_secs(600);

/// A model behind `:predictLongRunning`.
#[derive(Debug)]
pub(super) struct Video {
    info: ModelInfo,
    config: Arc<Config>,
}

/// A job as the API tells of it.
#[derive(Debug, Deserialize)]
struct Operation {
    name: Option<String>,
    done: Option<bool>,
    error: Option<OperationError>,
    response: Option<OperationResponse>,
}

#[derive(Debug, Deserialize)]
struct OperationError {
    message: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OperationResponse {
    generate_video_response: Option<GenerateVideoResponse>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct GenerateVideoResponse {
    generated_samples: Option<Vec<Sample>>,
}

#[derive(Debug, Deserialize)]
struct Sample {
    video: Option<SampleVideo>,
}

#[derive(Debug, Deserialize)]
struct SampleVideo {
    uri: Option<String>,
}

impl Video {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_videos_per_call = Some(4);
        let info = ModelInfo::new(config.dialect.provider.as_str(), model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    async fn start(&self, call: &GenerateVideoOptions, cx: &Context) -> Result<StartVideoResult> {
        let now = cx.now();
        let mut warnings = Vec::new();
        let body = body(call, &mut warnings)?;
        let path = format!("/models/{}:predictLongRunning", self.info.model_id);
        let request = self.config.endpoint.post(&path, call.headers.as_ref()).json(&body);
        let json: Json<Operation> = error::json(request.send().await?).await?;
        let info = self.response(&json, now, cx);
        let name = json.value.name.filter(|name| !name.is_empty());
        let name =
            name.ok_or_else(|| Error::invalid_response("No operation name returned from API"))?;
        let mut result = StartVideoResult::new(json!({ "operationName": name }), warnings);
        result.response = Some(info);
        Ok(result)
    }

    async fn status(&self, call: &GetVideoStatusOptions, cx: &Context) -> Result<VideoStatus> {
        let now = cx.now();
        let name = operation_name(&call.operation)?;
        let request = self.config.endpoint.get(&format!("/{name}"), call.headers.as_ref());
        let json: Json<Operation> = error::json(request.send().await?).await?;
        let response = Some(self.response(&json, now, cx));
        let operation = json.value;
        if operation.done != Some(true) {
            let mut status = PendingVideo::default();
            status.response = response;
            return Ok(status.into());
        }
        if let Some(error) = operation.error {
            let text = format!("Video generation failed: {}", error.message);
            let mut status = FailedVideo::new(text);
            status.response = response;
            return Ok(status.into());
        }
        let mut result = self.films(operation.response)?;
        result.response = response;
        Ok(result.into())
    }

    /// The API has jobs alone: this one starts a job and waits for it.
    async fn generate(
        &self,
        call: &GenerateVideoOptions,
        cx: &Context,
    ) -> Result<GenerateVideoResult> {
        let options = video_options(call)?;
        let pace = Pace::new(
            video_job::milliseconds(options.poll_interval_ms).unwrap_or(POLL_INTERVAL),
            video_job::milliseconds(options.poll_timeout_ms).unwrap_or(POLL_TIMEOUT),
        );
        let started = self.start(call, cx).await?;
        let name = operation_name(&started.operation)?.to_owned();
        let mut question = GetVideoStatusOptions::new(started.operation);
        question.headers = call.headers.clone();
        video_job::wait(&pace, &name, started.warnings, || self.status(&question, cx)).await
    }

    fn films(&self, response: Option<OperationResponse>) -> Result<GenerateVideoResult> {
        let samples = response
            .and_then(|response| response.generate_video_response?.generated_samples)
            .unwrap_or_default();
        let uris: Vec<String> = samples
            .into_iter()
            .filter_map(|sample| sample.video?.uri.filter(|uri| !uri.is_empty()))
            .collect();
        if uris.is_empty() {
            return Err(Error::invalid_response("No videos in response."));
        }
        let facts: Vec<Value> = uris.iter().map(|uri| json!({ "uri": uri })).collect();
        let films: Vec<Film> =
            uris.iter().map(|uri| UrlVideo::new(self.signed(uri), "video/mp4").into()).collect();
        let mut result = GenerateVideoResult::new(films, Vec::new());
        let metadata = JsonObject::from_iter([("videos".to_owned(), facts.into())]);
        result.provider_metadata = Some(ProviderMetadata::of("google", metadata));
        Ok(result)
    }

    /// The vendor's own files need the key, which must go nowhere else.
    fn signed(&self, uri: &str) -> String {
        let endpoint = &self.config.endpoint;
        match endpoint.api_key() {
            Some(key)
                if self.config.signs_video_urls
                    && origin(uri).is_some()
                    && origin(uri) == origin(endpoint.base_url()) =>
            {
                let separator = if uri.contains('?') { '&' } else { '?' };
                format!("{uri}{separator}key={}", key.expose())
            }
            _ => uri.to_owned(),
        }
    }

    fn response(
        &self,
        json: &Json<Operation>,
        now: aqueduct_spec::Timestamp,
        cx: &Context,
    ) -> ResponseInfo {
        let mut info = ResponseInfo::default().with_headers(&json.headers);
        info.timestamp = Some(now);
        info.model_id = Some(self.info.model_id.clone());
        if cx.include.response_body {
            info.body = serde_json::from_slice(&json.bytes).ok();
        }
        info
    }
}

/// Scheme, host and port, in lower case.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    // A user's name before the host, or a backslash, could make one host look like another.
    let is_plain = !host.is_empty() && !host.contains(['@', '\\']);
    is_plain.then(|| format!("{scheme}://{host}").to_ascii_lowercase())
}

/// The name of a job, which becomes a path: nothing else of the API can be reached by it.
fn operation_name(operation: &Value) -> Result<&str> {
    let name = operation.get("operationName").and_then(Value::as_str).unwrap_or_default();
    let is_plain = name.split('/').all(|segment| {
        let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.~:".contains(c);
        !segment.is_empty() && segment.chars().all(is_word) && !matches!(segment, "." | "..")
    });
    if is_plain && name.split('/').rev().nth(1) == Some("operations") {
        return Ok(name);
    }
    Err(Error::invalid_request("operation.operationName is not the name of an operation"))
}

fn video_options(call: &GenerateVideoOptions) -> Result<GoogleVideoOptions> {
    encode::options(call.provider_options.as_ref(), &["google"])
}

fn body(call: &GenerateVideoOptions, warnings: &mut Vec<Warning>) -> Result<Value> {
    let options = video_options(call)?;
    let mut instance = JsonObject::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            instance.insert(name.to_owned(), value);
        }
    };
    put("prompt", call.prompt.clone().map(Value::from));
    let frames = call.frame_images.as_deref().unwrap_or_default();
    let frame = |kind: &str| frames.iter().find(|it| it.frame_type == kind).map(|it| &it.image);
    let first = frame("first_frame").or(call.image.as_ref());
    put("image", first.and_then(|file| image(file, warnings)));
    put("lastFrame", frame("last_frame").and_then(|file| image(file, warnings)));
    let references = call.input_references.as_deref().unwrap_or_default();
    if frames.is_empty() && !references.is_empty() {
        let references: Vec<Value> = references
            .iter()
            .filter_map(|file| image(file, warnings))
            .map(|image| json!({ "image": image, "referenceType": "asset" }))
            .collect();
        put("referenceImages", Some(references.into()));
    } else if let Some(references) = &options.reference_images {
        let references: Vec<Value> = references.iter().map(reference).collect();
        put("referenceImages", Some(references.into()));
    }
    Ok(json!({ "instances": [instance], "parameters": parameters(call, options) }))
}

fn parameters(call: &GenerateVideoOptions, options: GoogleVideoOptions) -> JsonObject {
    let mut parameters = JsonObject::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            parameters.insert(name.to_owned(), value);
        }
    };
    put("sampleCount", Some(call.n.into()));
    put("aspectRatio", call.aspect_ratio.clone().map(Value::from));
    let resolution = call.resolution.as_deref().map(|resolution| match resolution {
        "1280x720" => "720p",
        "1920x1080" => "1080p",
        "3840x2160" => "4k",
        other => other,
    });
    put("resolution", resolution.map(Value::from));
    put("durationSeconds", call.duration.filter(|it| *it != 0.0).map(aqueduct_spec::json::number));
    put("seed", call.seed.filter(|seed| *seed != 0).map(Value::from));
    put("personGeneration", options.person_generation.map(Value::from));
    put("negativePrompt", options.negative_prompt.map(Value::from));
    parameters.extend(options.rest);
    parameters
}

/// An image as this API has it, which is not as `generateContent` has it; `None`, with a warning, if it is elsewhere.
fn image(file: &VideoFile, warnings: &mut Vec<Warning>) -> Option<Value> {
    match file {
        VideoFile::File(file) => {
            let media_type =
                if file.media_type.is_empty() { "image/png" } else { &file.media_type };
            Some(json!({ "bytesBase64Encoded": file.data.to_base64(), "mimeType": media_type }))
        }
        VideoFile::Url(file) if file.url.starts_with("gs://") => {
            Some(json!({ "gcsUri": file.url, "mimeType": "image/png" }))
        }
        _ => {
            warnings.push(Warning::unsupported_because(
                "URL-based image input",
                "Google Generative AI video models require base64-encoded images or GCS URIs. URL will be ignored.",
            ));
            None
        }
    }
}

fn reference(image: &ReferenceImage) -> Value {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let image = match (given(&image.bytes_base64_encoded), given(&image.gcs_uri)) {
        (Some(bytes), _) => json!({ "bytesBase64Encoded": bytes, "mimeType": "image/png" }),
        (None, Some(uri)) => json!({ "gcsUri": uri, "mimeType": "image/png" }),
        (None, None) => return json!({}),
    };
    json!({ "image": image, "referenceType": "asset" })
}

model_calls!(Video:
    GenerateVideo => generate -> GenerateVideoResult,
    StartVideo => start -> StartVideoResult,
    GetVideoStatus => status -> VideoStatus,
);
