//! `POST /inference/<model>` and `POST /openai/images/edits`.
//!
//! Source: <https://deepinfra.com/docs> (2026-11).

use std::sync::Arc;

use aqueduct_http::{Downloader, Multipart};
use aqueduct_spec::image::{GenerateImageOptions, GenerateImageResult};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::{Context, Data, Error, JsonObject, ModelInfo, Profile, Result};
use serde::Deserialize;
use serde_json::Value;

use crate::answer_info::answer_info;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, image, image_wire, read_json};

/// An image model.
#[derive(Debug)]
pub(super) struct Image {
    info: ModelInfo,
    config: Arc<Config>,
    downloader: Downloader,
}

#[derive(Deserialize)]
struct Answer {
    images: Vec<String>,
}

impl Image {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_images_per_call = Some(1);
        let info = ModelInfo::new("deepinfra.image", model_id).with_profile(profile);
        let downloader = Downloader::new(config.endpoint.client());
        Self { info, config: Arc::clone(config), downloader }
    }

    async fn generate(
        &self,
        call: &GenerateImageOptions,
        cx: &Context,
    ) -> Result<GenerateImageResult> {
        let now = cx.now();
        let is_edit = call.files.as_ref().is_some_and(|files| !files.is_empty());
        let (images, mut info) =
            if is_edit { self.edit(call, cx).await? } else { self.make(call, cx).await? };
        info.timestamp = Some(now);
        info.model_id = Some(self.info.model_id.clone());
        let mut result = GenerateImageResult::new(images, Vec::new());
        result.response = Some(info);
        Ok(result)
    }

    async fn make(
        &self,
        call: &GenerateImageOptions,
        cx: &Context,
    ) -> Result<(Vec<Data>, ResponseInfo)> {
        let path = format!("/inference/{}", self.info.model_id);
        let request = self.config.endpoint.post(&path, call.headers.as_ref());
        let response = request.json(&body(call)?).send().await?;
        let json = read_json::<Answer>(response, &*self.config.host.dialect).await?;
        let images = json.value.images.iter().map(|image| Data::Base64(base64(image).to_owned()));
        Ok((images.collect(), answer_info(&json, cx)))
    }

    async fn edit(
        &self,
        call: &GenerateImageOptions,
        cx: &Context,
    ) -> Result<(Vec<Data>, ResponseInfo)> {
        let form = self.form(call).await?;
        let request = self.config.endpoint.post("/openai/images/edits", call.headers.as_ref());
        let response = request.multipart(&form).send().await?;
        let dialect = &*self.config.host.dialect;
        let mut json = read_json::<image_wire::Response>(response, dialect).await?;
        let images = image::take_images(&mut json.value)?;
        Ok((images, answer_info(&json, cx)))
    }

    async fn form(&self, call: &GenerateImageOptions) -> Result<Multipart> {
        let mut form = Multipart::new().text("model", self.info.model_id.as_str());
        if let Some(prompt) = &call.prompt {
            form = form.text("prompt", prompt.as_str());
        }
        form = image::attach(form, "image", call, &self.downloader).await?;
        form = form.text("n", call.n.to_string());
        if let Some(size) = &call.size {
            form = form.text("size", size.as_str());
        }
        for (name, value) in options(call) {
            let text =
                |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            form = match &value {
                Value::Array(items) => {
                    items.iter().fold(form, |form, item| form.text(name.as_str(), text(item)))
                }
                value => form.text(name.as_str(), text(value)),
            };
        }
        Ok(form)
    }
}

fn options(call: &GenerateImageOptions) -> JsonObject {
    let options = call.provider_options.as_ref().and_then(|all| all.get("deepinfra"));
    let mut options = options.cloned().unwrap_or_default();
    options.retain(|_, value| !value.is_null());
    options
}

fn body(call: &GenerateImageOptions) -> Result<JsonObject> {
    let mut body = JsonObject::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    };
    put("prompt", call.prompt.as_deref().map(Value::from));
    put("num_images", Some(call.n.into()));
    put("aspect_ratio", call.aspect_ratio.as_deref().map(Value::from));
    if let Some(size) = &call.size {
        let (width, height) = size.split_once('x').ok_or_else(|| {
            Error::invalid_request("size must be width and height in pixels, as in 1024x768")
        })?;
        put("width", Some(width.into()));
        put("height", Some(height.into()));
    }
    put("seed", call.seed.map(Value::from));
    body.extend(options(call));
    Ok(body)
}

/// The base64 of a `data:` URL of an image, or of itself.
fn base64(image: &str) -> &str {
    image
        .strip_prefix("data:image/")
        .and_then(|rest| rest.split_once(";base64,"))
        .map_or(image, |(_, base64)| base64)
}

model_calls!(Image: GenerateImage => generate -> GenerateImageResult);
