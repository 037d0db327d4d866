//! The image model.

use std::sync::Arc;

use aqueduct_http::{Downloader, Json, Multipart};
use aqueduct_spec::image::{GenerateImageOptions, GenerateImageResult, ImageFile, ImageUsage};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::{
    Context, Data, Error, JsonObject, ModelInfo, Profile, Result, Timestamp, Warning, media_type,
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use super::metadata::metadata;
use crate::model_calls::model_calls;
use crate::openai::exchange::body;
use crate::openai::settings::Config;
use crate::openai_compatible::image_wire as wire;
use crate::openai_compatible::{Plain, read_json};

/// A model behind `POST /images/generations`.
#[derive(Debug)]
pub(in crate::openai) struct ImageModel {
    info: ModelInfo,
    config: Arc<Config>,
    downloader: Downloader,
}

/// Options under `openai`.
///
/// Source: <https://platform.openai.com/docs/api-reference/images> (2026-11).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ImageOptions {
    quality: Option<String>,
    style: Option<String>,
    background: Option<String>,
    moderation: Option<String>,
    output_format: Option<String>,
    output_compression: Option<u32>,
    input_fidelity: Option<String>,
    user: Option<String>,
}

/// What of the options goes where.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Task {
    Generate,
    Edit,
}

impl ImageOptions {
    fn fields(self, task: Task) -> impl Iterator<Item = (&'static str, Value)> {
        let only = |value: Option<String>, wanted: Task| value.filter(|_| task == wanted);
        let fields = [
            ("quality", self.quality.map(Value::from)),
            ("style", only(self.style, Task::Generate).map(Value::from)),
            ("background", self.background.map(Value::from)),
            ("moderation", only(self.moderation, Task::Generate).map(Value::from)),
            ("output_format", self.output_format.map(Value::from)),
            ("output_compression", self.output_compression.map(Value::from)),
            ("input_fidelity", only(self.input_fidelity, Task::Edit).map(Value::from)),
            ("user", self.user.map(Value::from)),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name, value?)))
    }
}

/// How many images one request makes.
fn max_images(model_id: &str) -> usize {
    let many = ["dall-e-2", "chatgpt-image-latest"].contains(&model_id)
        || model_id.starts_with("gpt-image-");
    if many { 10 } else { 1 }
}

/// Whether images come as base64 without asking; such models refuse the question.
fn answers_base64(model_id: &str) -> bool {
    model_id.starts_with("chatgpt-image-") || model_id.starts_with("gpt-image-")
}

impl ImageModel {
    pub(in crate::openai) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_images_per_call = Some(max_images(model_id));
        let provider = config.provider_string("image");
        let info = ModelInfo::new(provider, model_id).with_profile(profile);
        let downloader = Downloader::new(config.endpoint.client());
        Self { info, config: Arc::clone(config), downloader }
    }

    async fn generate(
        &self,
        call: &GenerateImageOptions,
        cx: &Context,
    ) -> Result<GenerateImageResult> {
        let now = cx.now();
        let mut warnings = Vec::new();
        if call.aspect_ratio.is_some() {
            warnings.push(Warning::unsupported_because(
                "aspectRatio",
                "This model does not support aspect ratio. Use `size` instead.",
            ));
        }
        if call.seed.is_some() {
            warnings.push(Warning::unsupported("seed"));
        }
        let options = call.provider_options.as_ref().map(|it| it.typed("openai")).transpose()?;
        let options: ImageOptions = options.flatten().unwrap_or_default();
        let (headers, model) = (call.headers.as_ref(), self.info.model_id.as_str());
        let response = if call.files.as_ref().is_some_and(|files| !files.is_empty()) {
            let form = self.form(call, options).await?;
            self.config.post("/images/edits", model, headers).multipart(&form).send().await?
        } else {
            let bytes = body(&self.request(call, options))?;
            self.config.send("/images/generations", model, headers, &bytes).await?
        };
        let json = read_json::<wire::Response>(response, &Plain).await?;
        self.result(json, warnings, now, cx)
    }

    fn request(&self, call: &GenerateImageOptions, options: ImageOptions) -> wire::Request {
        let fields = options.fields(Task::Generate);
        let mut rest: JsonObject = fields.map(|(name, it)| (name.to_owned(), it)).collect();
        if !answers_base64(&self.info.model_id) {
            rest.insert("response_format".to_owned(), "b64_json".into());
        }
        wire::Request {
            model: self.info.model_id.clone(),
            prompt: call.prompt.clone(),
            n: Some(call.n),
            size: call.size.clone(),
            rest,
        }
    }

    async fn form(&self, call: &GenerateImageOptions, options: ImageOptions) -> Result<Multipart> {
        let mut form = Multipart::new().text("model", self.info.model_id.as_str());
        if let Some(prompt) = &call.prompt {
            form = form.text("prompt", prompt.as_str());
        }
        let files = call.files.as_deref().unwrap_or_default();
        let name = if files.len() > 1 { "image[]" } else { "image" };
        for file in files {
            let (media_type, bytes) = self.content(file).await?;
            form = form.file(name, "blob", media_type, bytes);
        }
        if let Some(mask) = &call.mask {
            let (media_type, bytes) = self.content(mask).await?;
            form = form.file("mask", "blob", media_type, bytes);
        }
        form = form.text("n", call.n.to_string());
        if let Some(size) = &call.size {
            form = form.text("size", size.as_str());
        }
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Ok(options.fields(Task::Edit).fold(form, |form, (name, it)| form.text(name, text(it))))
    }

    async fn content(&self, file: &ImageFile) -> Result<(String, Bytes)> {
        match file {
            ImageFile::File(file) => Ok((file.media_type.clone(), file.data.to_bytes()?)),
            ImageFile::Url(file) => {
                let file = self.downloader.download(&file.url).await?;
                let media_type = file.media_type.or_else(|| {
                    let data = Data::from(file.bytes.clone());
                    media_type::detect(&data, Some("image")).map(str::to_owned)
                });
                let unknown = || "application/octet-stream".to_owned();
                Ok((media_type.unwrap_or_else(unknown), file.bytes))
            }
            other => Err(Error::unsupported(format_args!("image files of type {}", other.tag()))),
        }
    }

    fn result(
        &self,
        json: Json<wire::Response>,
        warnings: Vec<Warning>,
        now: Timestamp,
        cx: &Context,
    ) -> Result<GenerateImageResult> {
        let metadata = metadata(&json.value);
        let images = json.value.data.into_iter().map(|image| image.b64_json.map(Data::Base64));
        let images = images.collect::<Option<Vec<_>>>().ok_or_else(|| {
            Error::invalid_response("an image of the answer has no base64 content")
        })?;
        let mut result = GenerateImageResult::new(images, warnings);
        result.usage = json.value.usage.map(|usage| {
            let mut account = ImageUsage::default();
            account.input_tokens = usage.input_tokens;
            account.output_tokens = usage.output_tokens;
            account.total_tokens = usage.total_tokens;
            account
        });
        result.provider_metadata = Some(metadata);
        let mut info = ResponseInfo::default().with_headers(&json.headers);
        info.timestamp = Some(now);
        info.model_id = Some(self.info.model_id.clone());
        if cx.include.response_body {
            info.body = serde_json::from_slice(&json.bytes).ok();
        }
        result.response = Some(info);
        Ok(result)
    }
}

model_calls!(ImageModel: GenerateImage => generate -> GenerateImageResult);
