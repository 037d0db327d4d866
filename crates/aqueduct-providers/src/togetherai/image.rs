//! `POST /images/generations`.
//!
//! Source: <https://docs.together.ai/reference/post-images-generations> (2026-11).

use std::sync::Arc;

use aqueduct_spec::image::{GenerateImageOptions, GenerateImageResult, ImageFile};
use aqueduct_spec::{Context, Error, ErrorKind, JsonObject, ModelInfo, Profile, Result, Warning};
use serde_json::Value;

use crate::model_calls::model_calls;
use crate::openai_compatible::{Config, image, image_wire, read_json};

/// A model behind `POST /images/generations`.
#[derive(Debug)]
pub(super) struct Image {
    info: ModelInfo,
    config: Arc<Config>,
}

impl Image {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_images_per_call = Some(1);
        let info = ModelInfo::new("togetherai.image", model_id).with_profile(profile);
        Self { info, config: Arc::clone(config) }
    }

    async fn generate(
        &self,
        call: &GenerateImageOptions,
        cx: &Context,
    ) -> Result<GenerateImageResult> {
        let now = cx.now();
        let (body, warnings) = self.body(call)?;
        let request = self.config.endpoint.post("/images/generations", call.headers.as_ref());
        let response = request.json(&body).send().await?;
        let json = read_json::<image_wire::Response>(response, &*self.config.host.dialect).await?;
        image::result(json, &self.info.model_id, warnings, now, cx)
    }

    fn body(&self, call: &GenerateImageOptions) -> Result<(JsonObject, Vec<Warning>)> {
        if call.mask.is_some() {
            let message = "Together AI does not support mask-based image editing. Use FLUX Kontext models (e.g., black-forest-labs/FLUX.1-kontext-pro) with a reference image and descriptive prompt instead.";
            return Err(Error::new(ErrorKind::Unsupported, message));
        }
        let mut warnings = Vec::new();
        let mut body = JsonObject::new();
        let mut put = |name: &str, value: Value| {
            body.insert(name.to_owned(), value);
        };
        put("model", self.info.model_id.as_str().into());
        if let Some(prompt) = &call.prompt {
            put("prompt", prompt.as_str().into());
        }
        if let Some(seed) = call.seed {
            put("seed", seed.into());
        }
        if call.n > 1 {
            put("n", call.n.into());
        }
        if let Some(size) = &call.size {
            // The AI SDK warns so whenever a size is given, and callers compare.
            warnings.push(Warning::unsupported_because(
                "aspectRatio",
                "This model does not support the `aspectRatio` option. Use `size` instead.",
            ));
            let (width, height) = dimensions(size)?;
            put("width", width.into());
            put("height", height.into());
        } else if call.aspect_ratio.is_some() {
            warnings.push(Warning::unsupported_because(
                "aspectRatio",
                "This model does not support the `aspectRatio` option. Use `size` instead.",
            ));
        }
        if let [first, others @ ..] = call.files.as_deref().unwrap_or_default() {
            put("image_url", url(first)?.into());
            if !others.is_empty() {
                warnings.push(Warning::other(
                    "Together AI only supports a single input image. Additional images are ignored.",
                ));
            }
        }
        put("response_format", "base64".into());
        let options = call.provider_options.as_ref().and_then(|all| all.get("togetherai"));
        for (name, value) in options.into_iter().flatten().filter(|(_, value)| !value.is_null()) {
            put(name, value.clone());
        }
        Ok((body, warnings))
    }
}

fn dimensions(size: &str) -> Result<(u32, u32)> {
    let read = || {
        let (width, height) = size.split_once('x')?;
        Some((width.trim().parse().ok()?, height.trim().parse().ok()?))
    };
    read().ok_or_else(|| {
        Error::invalid_request("size must be width and height in pixels, as in 1024x768")
    })
}

fn url(file: &ImageFile) -> Result<String> {
    match file {
        ImageFile::File(file) => Ok(file.data.to_data_url(&file.media_type)),
        ImageFile::Url(file) => Ok(file.url.clone()),
        other => Err(Error::unsupported(format_args!("image files of type {}", other.tag()))),
    }
}

model_calls!(Image: GenerateImage => generate -> GenerateImageResult);
