//! The image model of a host.

use std::sync::Arc;

use aqueduct_http::{Downloader, Multipart};
use aqueduct_spec::image::{GenerateImageOptions, GenerateImageResult};
use aqueduct_spec::{Context, JsonObject, ModelInfo, Profile, Result};
use serde_json::Value;

use super::{answer, input, wire};
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
        input::warn_of_unsupported(call, &mut warnings);
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
        answer::result(json, &self.info.model_id, warnings, now, cx)
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
        form = input::attach(form, input::field_name(call), call, &self.downloader).await?;
        form = field(form, "n", Some(call.n.to_string()));
        form = field(form, "size", call.size.clone());
        for (name, value) in options {
            form = option(form, name, value);
        }
        Ok(form)
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
