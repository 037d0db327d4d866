//! Images: each family of models has a URL of its own kind, and one of them is a job that is asked after.
//!
//! Source: <https://docs.fireworks.ai/api-reference/generate-a-new-image-from-a-text-prompt> (2026-11).

use std::sync::Arc;
use std::time::Duration;

use aqueduct_http::{Downloader, Response};
use aqueduct_spec::image::{GenerateImageOptions, GenerateImageResult, ImageFile};
use aqueduct_spec::language::{Headers, ResponseInfo};
use aqueduct_spec::{
    Context, Data, Error, ErrorKind, JsonObject, ModelInfo, Profile, Result, Warning,
};
use bytes::Bytes;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::file_answer::read_file;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, check, read_json};
use crate::pace::Pace;
use crate::vendor_options;

const POLL_INTERVAL: Duration = Duration::from_millis(500);
const POLL_TIMEOUT: Duration = Duration::from_secs(120);

/// How a model is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// `POST /workflows/<model>/text_to_image`
    Workflow,
    /// `POST /workflows/<model>`, then `POST /workflows/<model>/get_result` until it is there.
    Job,
    /// `POST /image_generation/<model>`, which takes sizes in pixels.
    Generation,
}

impl Family {
    /// Source: <https://docs.fireworks.ai/models> (2026-11).
    fn of(model_id: &str) -> Self {
        match model_id.strip_prefix("accounts/fireworks/models/").unwrap_or_default() {
            "flux-kontext-pro" | "flux-kontext-max" => Self::Job,
            "playground-v2-5-1024px-aesthetic"
            | "japanese-stable-diffusion-xl"
            | "playground-v2-1024px-aesthetic"
            | "stable-diffusion-xl-1024-v1-0"
            | "SSD-1B" => Self::Generation,
            _ => Self::Workflow,
        }
    }
}

/// An image model.
#[derive(Debug)]
pub(super) struct Image {
    info: ModelInfo,
    config: Arc<Config>,
    family: Family,
    downloader: Downloader,
}

/// Options under `fireworks` that are known. They are read to find mistakes; everything goes into the request as it is.
#[derive(Debug, Default, Deserialize)]
#[expect(dead_code, reason = "only the types are checked")]
struct ImageOptions {
    guidance_scale: Option<f64>,
    num_inference_steps: Option<i64>,
    output_format: Option<OutputFormat>,
    webhook_url: Option<String>,
    webhook_secret: Option<String>,
    prompt_upsampling: Option<bool>,
    safety_tolerance: Option<u8>,
    cfg_scale: Option<f64>,
    steps: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OutputFormat {
    Jpeg,
    Png,
}

#[derive(Deserialize)]
struct Submitted {
    request_id: String,
}

#[derive(Deserialize)]
struct Job {
    status: String,
    result: Option<Sample>,
}

#[derive(Deserialize)]
struct Sample {
    sample: Option<String>,
}

impl Image {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_images_per_call = Some(1);
        let info = ModelInfo::new("fireworks.image", model_id).with_profile(profile);
        let downloader = Downloader::new(config.endpoint.client());
        Self { info, config: Arc::clone(config), family: Family::of(model_id), downloader }
    }

    async fn generate(
        &self,
        call: &GenerateImageOptions,
        cx: &Context,
    ) -> Result<GenerateImageResult> {
        let now = cx.now();
        let _: ImageOptions = vendor_options::read(call.provider_options.as_ref(), "fireworks")?;
        let (body, warnings) = self.body(call)?;
        let model = self.info.model_id.as_str();
        let headers = call.headers.as_ref();
        let (image, answer_headers) = match self.family {
            Family::Job => self.job(&body, headers).await?,
            Family::Workflow => {
                self.image(&format!("/workflows/{model}/text_to_image"), &body, headers).await?
            }
            Family::Generation => {
                self.image(&format!("/image_generation/{model}"), &body, headers).await?
            }
        };
        let mut result = GenerateImageResult::new(vec![Data::from(image)], warnings);
        let mut info = ResponseInfo::default().with_headers(&answer_headers);
        info.timestamp = Some(now);
        info.model_id = Some(self.info.model_id.clone());
        result.response = Some(info);
        Ok(result)
    }

    async fn post(
        &self,
        path: &str,
        body: &(impl serde::Serialize + Sync),
        headers: Option<&Headers>,
    ) -> Result<Response> {
        self.config.endpoint.post(path, headers).json(body).send().await
    }

    /// The bytes of an image are the answer.
    async fn image(
        &self,
        path: &str,
        body: &JsonObject,
        headers: Option<&Headers>,
    ) -> Result<(Bytes, HeaderMap)> {
        let response = self.post(path, body, headers).await?;
        let response = check(response, &*self.config.host.dialect).await?;
        let answer_headers = response.headers().clone();
        Ok((read_file(response).await?, answer_headers))
    }

    async fn job(
        &self,
        body: &JsonObject,
        headers: Option<&Headers>,
    ) -> Result<(Bytes, HeaderMap)> {
        let path = format!("/workflows/{}", self.info.model_id);
        let dialect = &*self.config.host.dialect;
        let response = self.post(&path, body, headers).await?;
        let submitted = read_json::<Submitted>(response, dialect).await?;
        let url = self.wait(&submitted.value, headers).await?;
        if let Some(path) = url.strip_prefix(self.config.endpoint.base_url())
            && path.starts_with('/')
        {
            // Fireworks' own storage wants the key.
            let response = self.config.endpoint.get(path, headers).send().await?;
            let response = check(response, dialect).await?;
            let answer_headers = response.headers().clone();
            return Ok((read_file(response).await?, answer_headers));
        }
        let file = self.downloader.download(&url).await?;
        Ok((file.bytes, HeaderMap::new()))
    }

    /// Asks until the image is there.
    async fn wait(&self, submitted: &Submitted, headers: Option<&Headers>) -> Result<String> {
        let path = format!("/workflows/{}/get_result", self.info.model_id);
        let question = json!({ "id": submitted.request_id });
        let pace = Pace::new(POLL_INTERVAL, POLL_TIMEOUT);
        loop {
            let response = self.post(&path, &question, headers).await?;
            let job = read_json::<Job>(response, &*self.config.host.dialect).await?.value;
            match job.status.as_str() {
                "Ready" => {
                    return job.result.and_then(|result| result.sample).ok_or_else(|| {
                        Error::invalid_response(
                            "Fireworks poll response is Ready but missing result.sample",
                        )
                    });
                }
                "Error" | "Failed" => {
                    let message =
                        format!("Fireworks image generation failed with status: {}", job.status);
                    return Err(Error::new(ErrorKind::Provider, message));
                }
                _ => pace.next(&submitted.request_id).await?,
            }
        }
    }

    fn body(&self, call: &GenerateImageOptions) -> Result<(JsonObject, Vec<Warning>)> {
        let warnings = self.warnings(call);
        let mut body = JsonObject::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                body.insert(name.to_owned(), value);
            }
        };
        put("prompt", call.prompt.as_deref().map(Value::from));
        put("aspect_ratio", call.aspect_ratio.as_deref().map(Value::from));
        put("seed", call.seed.map(Value::from));
        put("samples", Some(call.n.into()));
        let input = call.files.iter().flatten().next().map(url).transpose()?;
        put("input_image", input.map(Value::from));
        if let Some(size) = &call.size {
            let (width, height) = size.split_once('x').ok_or_else(|| {
                Error::invalid_request("size must be width and height in pixels, as in 1024x768")
            })?;
            put("width", Some(width.into()));
            put("height", Some(height.into()));
        }
        let options = call.provider_options.as_ref().and_then(|all| all.get("fireworks"));
        for (name, value) in options.into_iter().flatten() {
            put(name, Some(value.clone()));
        }
        Ok((body, warnings))
    }

    fn warnings(&self, call: &GenerateImageOptions) -> Vec<Warning> {
        let takes_size = self.family == Family::Generation;
        let mut warnings = Vec::new();
        if !takes_size && call.size.is_some() {
            warnings.push(Warning::unsupported_because(
                "size",
                "This model does not support the `size` option. Use `aspectRatio` instead.",
            ));
        }
        if takes_size && call.aspect_ratio.is_some() {
            warnings.push(Warning::unsupported_because(
                "aspectRatio",
                "This model does not support the `aspectRatio` option.",
            ));
        }
        if call.files.as_ref().is_some_and(|files| files.len() > 1) {
            warnings.push(Warning::other(
                "Fireworks only supports a single input image. Additional images are ignored.",
            ));
        }
        if call.mask.is_some() {
            warnings.push(Warning::unsupported_because(
                "mask",
                "Fireworks Kontext models do not support explicit masks. Use the prompt to describe the areas to edit.",
            ));
        }
        warnings
    }
}

fn url(file: &ImageFile) -> Result<String> {
    match file {
        ImageFile::File(file) => Ok(file.data.to_data_url(&file.media_type)),
        ImageFile::Url(file) => Ok(file.url.clone()),
        other => Err(Error::unsupported(format_args!("image files of type {}", other.tag()))),
    }
}

model_calls!(Image: GenerateImage => generate -> GenerateImageResult);
