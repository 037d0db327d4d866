//! `POST /images/generations` and `POST /images/edits`.
//!
//! Source: <https://docs.x.ai/docs/guides/image-generations> (2026-11).

use std::sync::Arc;

use aqueduct_http::Downloader;
use aqueduct_spec::image::{GenerateImageOptions, GenerateImageResult, ImageFile};
use aqueduct_spec::{
    Context, Data, Error, ErrorKind, JsonObject, ModelInfo, Profile, ProviderMetadata, Result,
    Warning,
};
use futures_util::future::try_join_all;
use serde::Deserialize;
use serde_json::{Value, json};

use super::KEY;
use super::error::Errors;
use crate::answer_info::answer_info;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Endpoint, read_json};
use crate::vendor_options;

/// How many images one request makes.
const MAX_IMAGES: usize = 3;

/// An image model.
#[derive(Debug)]
pub(super) struct Image {
    info: ModelInfo,
    endpoint: Arc<Endpoint>,
    downloader: Downloader,
}

/// Options under `xai`, in the host's own names.
#[derive(Debug, Default, Deserialize)]
struct ImageOptions {
    aspect_ratio: Option<String>,
    output_format: Option<String>,
    sync_mode: Option<bool>,
    resolution: Option<Resolution>,
    quality: Option<Quality>,
    user: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
enum Resolution {
    #[serde(rename = "1k")]
    OneK,
    #[serde(rename = "2k")]
    TwoK,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Quality {
    Low,
    Medium,
    High,
}

#[derive(Debug, Deserialize)]
struct Answer {
    data: Vec<Made>,
    usage: Option<JsonObject>,
}

/// An image that was made.
#[derive(Debug, Deserialize)]
struct Made {
    url: Option<String>,
    b64_json: Option<String>,
    revised_prompt: Option<String>,
    /// Whether it may be shown.
    respect_moderation: Option<bool>,
}

impl Image {
    pub(super) fn new(endpoint: &Arc<Endpoint>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_images_per_call = Some(MAX_IMAGES);
        let info = ModelInfo::new("xai.image", model_id).with_profile(profile);
        let downloader = Downloader::new(endpoint.client());
        Self { info, endpoint: Arc::clone(endpoint), downloader }
    }

    async fn generate(
        &self,
        call: &GenerateImageOptions,
        cx: &Context,
    ) -> Result<GenerateImageResult> {
        let now = cx.now();
        let warnings = warnings(call);
        let body = self.body(call)?;
        let is_edit = call.files.as_ref().is_some_and(|files| !files.is_empty());
        let path = if is_edit { "/images/edits" } else { "/images/generations" };
        let request = self.endpoint.post(path, call.headers.as_ref()).json(&body);
        let json = read_json::<Answer>(request.send().await?, &Errors).await?;
        if json.value.data.iter().any(|image| image.respect_moderation == Some(false)) {
            let message = "Image generation was blocked due to a content policy violation.";
            return Err(
                Error::new(ErrorKind::Provider, message).with_response(json.headers, json.bytes)
            );
        }
        let images = try_join_all(json.value.data.iter().map(|image| self.content(image))).await?;
        let mut result = GenerateImageResult::new(images, warnings);
        result.provider_metadata = Some(metadata(&json.value));
        let mut info = answer_info(&json, cx);
        info.timestamp = Some(now);
        info.model_id = Some(self.info.model_id.clone());
        result.response = Some(info);
        Ok(result)
    }

    fn body(&self, call: &GenerateImageOptions) -> Result<JsonObject> {
        let options: ImageOptions = vendor_options::read(call.provider_options.as_ref(), KEY)?;
        let mut files = call.files.iter().flatten().map(by_url).collect::<Result<Vec<_>>>()?;
        let (image, images) = match files.len() {
            0 => (None, None),
            1 => (files.pop(), None),
            _ => (None, Some(Value::Array(files))),
        };
        let resolution = options.resolution.map(|resolution| match resolution {
            Resolution::OneK => "1k",
            Resolution::TwoK => "2k",
        });
        let quality = options.quality.map(|quality| match quality {
            Quality::Low => "low",
            Quality::Medium => "medium",
            Quality::High => "high",
        });
        let fields = [
            ("model", Some(self.info.model_id.as_str().into())),
            ("prompt", call.prompt.as_deref().map(Value::from)),
            ("n", Some(call.n.into())),
            ("response_format", Some("b64_json".into())),
            ("aspect_ratio", call.aspect_ratio.clone().or(options.aspect_ratio).map(Value::from)),
            ("output_format", options.output_format.map(Value::from)),
            ("sync_mode", options.sync_mode.map(Value::from)),
            ("resolution", resolution.map(Value::from)),
            ("quality", quality.map(Value::from)),
            ("user", options.user.map(Value::from)),
            ("image", image),
            ("images", images),
        ];
        let fields = fields.into_iter();
        Ok(fields.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
    }

    async fn content(&self, image: &Made) -> Result<Data> {
        match (&image.b64_json, &image.url) {
            (Some(base64), _) => Ok(Data::Base64(base64.clone())),
            (None, Some(url)) => Ok(Data::Bytes(self.downloader.download(url).await?.bytes)),
            (None, None) => {
                Err(Error::invalid_response("an image of the answer has no content and no URL"))
            }
        }
    }
}

/// A file by its URL, or as a `data:` URL.
fn by_url(file: &ImageFile) -> Result<Value> {
    let url = match file {
        ImageFile::File(file) => file.data.to_data_url(&file.media_type),
        ImageFile::Url(file) => file.url.clone(),
        other => {
            let what = format_args!("image files of type {}", other.tag());
            return Err(Error::unsupported(what));
        }
    };
    Ok(json!({ "url": url, "type": "image_url" }))
}

fn warnings(call: &GenerateImageOptions) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if call.size.is_some() {
        warnings.push(Warning::unsupported_because(
            "size",
            "This model does not support the `size` option. Use `aspectRatio` instead.",
        ));
    }
    if call.seed.is_some() {
        warnings.push(Warning::unsupported("seed"));
    }
    if call.mask.is_some() {
        warnings.push(Warning::unsupported("mask"));
    }
    warnings
}

/// What the host made of the prompts, and what the call cost in ten-billionths of a dollar.
fn metadata(answer: &Answer) -> ProviderMetadata {
    let images = answer.data.iter().map(|image| {
        let prompt = image.revised_prompt.as_deref().filter(|prompt| !prompt.is_empty());
        prompt.map_or_else(|| json!({}), |prompt| json!({ "revisedPrompt": prompt }))
    });
    let mut object = JsonObject::from_iter([("images".to_owned(), images.collect())]);
    let cost = answer.usage.as_ref().and_then(|usage| usage.get("cost_in_usd_ticks"));
    if let Some(cost) = cost.filter(|cost| !cost.is_null()) {
        object.insert("costInUsdTicks".to_owned(), cost.clone());
    }
    ProviderMetadata::of(KEY, object)
}

model_calls!(Image: GenerateImage => generate -> GenerateImageResult);
