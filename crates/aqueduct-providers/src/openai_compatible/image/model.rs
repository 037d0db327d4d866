//! The image model of a host.

use std::sync::Arc;

use aqueduct_http::{Downloader, Json, Multipart};
use aqueduct_spec::image::{GenerateImageOptions, GenerateImageResult, ImageFile, ImageUsage};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::{
    Context, Data, Error, JsonObject, ModelInfo, Profile, Result, Timestamp, Warning,
};
use bytes::Bytes;
use serde_json::Value;

use super::wire;
use crate::model_calls::model_calls;
use crate::openai_compatible::config::Config;
use crate::openai_compatible::error;
use crate::openai_compatible::options::Keys;

/// A model behind `POST /images/generations`.
#[derive(Debug)]
pub(crate) struct ImageModel {
    info: ModelInfo,
    config: Arc<Config>,
    downloader: Downloader,
}

impl ImageModel {
    pub(crate) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_images_per_call = Some(10);
        let info =
            ModelInfo::new(format!("{}.image", config.host.name), model_id).with_profile(profile);
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
        let keys = Keys::new(self.config.host.options_name(), call.provider_options.as_ref());
        keys.warn_of_name(&mut warnings);
        let mut options = keys.own();
        options.retain(|_, value| !value.is_null());

        let headers = call.headers.as_ref();
        let request = if call.files.as_ref().is_some_and(|files| !files.is_empty()) {
            let form = self.form(call, &options).await?;
            self.config.endpoint.post("/images/edits", headers).multipart(&form)
        } else {
            let body = self.body(call, options);
            self.config.endpoint.post("/images/generations", headers).json(&body)
        };
        let response = request.send().await?;
        let json = error::json::<wire::Response>(response, &*self.config.host.dialect).await?;
        self.result(json, warnings, now, cx)
    }

    fn body(&self, call: &GenerateImageOptions, options: JsonObject) -> JsonObject {
        let mut body = JsonObject::new();
        body.insert("model".to_owned(), self.info.model_id.as_str().into());
        if let Some(prompt) = &call.prompt {
            body.insert("prompt".to_owned(), prompt.as_str().into());
        }
        body.insert("n".to_owned(), call.n.into());
        if let Some(size) = &call.size {
            body.insert("size".to_owned(), size.as_str().into());
        }
        body.extend(options);
        body
    }

    async fn form(&self, call: &GenerateImageOptions, options: &JsonObject) -> Result<Multipart> {
        let mut form = Multipart::new();
        // An option takes the place of the field of its name.
        let field = |form: Multipart, name: &str, value: Option<String>| match value {
            Some(value) if !options.contains_key(name) => form.text(name, value),
            _ => form,
        };
        form = field(form, "model", Some(self.info.model_id.clone()));
        form = field(form, "prompt", call.prompt.clone());
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
        form = field(form, "n", Some(call.n.to_string()));
        form = field(form, "size", call.size.clone());
        for (name, value) in options {
            form = option(form, name, value);
        }
        Ok(form)
    }

    async fn content(&self, file: &ImageFile) -> Result<(String, Bytes)> {
        match file {
            ImageFile::File(file) => Ok((file.media_type.clone(), file.data.to_bytes()?)),
            ImageFile::Url(file) => {
                let file = self.downloader.download(&file.url).await?;
                let media_type = file.media_type.or_else(|| {
                    let data = Data::from(file.bytes.clone());
                    aqueduct_spec::media_type::detect(&data, Some("image")).map(str::to_owned)
                });
                let media_type =
                    media_type.unwrap_or_else(|| "application/octet-stream".to_owned());
                Ok((media_type, file.bytes))
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

/// Adds an option to a form; of a list, each item is a field.
fn option(form: Multipart, name: &str, value: &Value) -> Multipart {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Array(items) => {
            let name = if items.len() == 1 { name.to_owned() } else { format!("{name}[]") };
            items.iter().fold(form, |form, item| form.text(name.as_str(), text(item)))
        }
        value => form.text(name, text(value)),
    }
}

model_calls!(ImageModel: GenerateImage => generate -> GenerateImageResult);
