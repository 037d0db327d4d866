//! The image model.

use std::sync::Arc;

use aqueduct_http::{Downloader, Multipart};
use aqueduct_spec::image::{GenerateImageOptions, GenerateImageResult};
use aqueduct_spec::{Context, JsonObject, ModelInfo, Profile, Result};
use serde::Deserialize;
use serde_json::Value;

use super::metadata::metadata;
use crate::model_calls::model_calls;
use crate::openai::exchange::body;
use crate::openai::settings::Config;
use crate::openai_compatible::{Plain, image, image_wire as wire, read_json};

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
        image::warn_of_unsupported(call, &mut warnings);
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
        let metadata = metadata(&json.value);
        let mut result = image::result(json, model, warnings, now, cx)?;
        result.provider_metadata = Some(metadata);
        Ok(result)
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
        form = image::attach(form, image::field_name(call), call, &self.downloader).await?;
        form = form.text("n", call.n.to_string());
        if let Some(size) = &call.size {
            form = form.text("size", size.as_str());
        }
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Ok(options.fields(Task::Edit).fold(form, |form, (name, it)| form.text(name, text(it))))
    }
}

model_calls!(ImageModel: GenerateImage => generate -> GenerateImageResult);
