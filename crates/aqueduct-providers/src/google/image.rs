//! Images by `:generateContent`: Gemini models whose answer is a picture.
//!
//! Source: <https://ai.google.dev/gemini-api/docs/image-generation> (2026-11).

use std::sync::Arc;

use aqueduct_spec::image::{GenerateImageOptions, GenerateImageResult, ImageFile, ImageUsage};
use aqueduct_spec::language::{
    CallOptions, Content, FilePart, GenerateResult, Message, ProviderTool, ResponseInfo, TextPart,
    Tool, UserMessage, UserPart,
};
use aqueduct_spec::{
    Context, Data, Error, ErrorKind, FileData, ModelInfo, Profile, ProviderOptions, Result, Warning,
};
use serde_json::{Value, json};

use super::config::Config;
use super::generate_content::GenerateContentModel;
use crate::model_calls::model_calls;

/// A model of Gemini that makes pictures.
#[derive(Debug)]
pub(super) struct Image {
    info: ModelInfo,
    model: GenerateContentModel,
}

impl Image {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let mut profile = Profile::default();
        profile.max_images_per_call = Some(10);
        let info = ModelInfo::new(config.dialect.provider.as_str(), model_id).with_profile(profile);
        Self { info, model: GenerateContentModel::new(config, model_id) }
    }

    async fn generate(
        &self,
        call: &GenerateImageOptions,
        cx: &Context,
    ) -> Result<GenerateImageResult> {
        self.check(call)?;
        let now = cx.now();
        let answer = self.model.generate(&language_call(call)?, cx).await?;
        let mut warnings = Vec::new();
        if call.size.is_some() {
            warnings.push(Warning::unsupported_because(
                "size",
                "This model does not support the `size` option. Use `aspectRatio` instead.",
            ));
        }
        Ok(self.result(answer, now, warnings))
    }

    fn check(&self, call: &GenerateImageOptions) -> Result<()> {
        let message = if !self.info.model_id.starts_with("gemini-") {
            "Google image models other than Gemini are no longer supported. Use a model ID that starts with `gemini-`."
        } else if call.mask.is_some() {
            "Gemini image models do not support mask-based image editing."
        } else if call.n > 1 {
            "Gemini image models do not support generating a set number of images per call. Use n=1 or omit the n parameter."
        } else {
            return Ok(());
        };
        Err(Error::new(ErrorKind::Unsupported, message))
    }

    fn result(
        &self,
        answer: GenerateResult,
        now: aqueduct_spec::Timestamp,
        warnings: Vec<Warning>,
    ) -> GenerateImageResult {
        let images: Vec<Data> = answer.content.into_iter().filter_map(picture).collect();
        let mut metadata = answer.provider_metadata.unwrap_or_default();
        let each: Vec<Value> = images.iter().map(|_| json!({})).collect();
        metadata.entry("google").insert("images".to_owned(), each.into());
        let mut result = GenerateImageResult::new(images, warnings);
        result.provider_metadata = Some(metadata);
        let mut usage = ImageUsage::default();
        usage.input_tokens = answer.usage.input_tokens.total;
        usage.output_tokens = answer.usage.output_tokens.total;
        usage.total_tokens = Some(answer.usage.total_tokens().unwrap_or(0));
        result.usage = Some(usage);
        let said = answer.response.unwrap_or_default();
        let mut info = ResponseInfo::default();
        info.timestamp = Some(now);
        info.model_id = Some(self.info.model_id.clone());
        info.headers = said.headers;
        info.body = said.body;
        result.response = Some(info);
        result
    }
}

fn picture(content: Content) -> Option<Data> {
    match content {
        Content::File(file) if file.media_type.starts_with("image/") => match file.data {
            FileData::Data(inline) => Some(inline.data),
            _ => None,
        },
        _ => None,
    }
}

/// The same asked of the model as a language model.
fn language_call(call: &GenerateImageOptions) -> Result<CallOptions> {
    let mut parts: Vec<UserPart> = Vec::new();
    if let Some(prompt) = &call.prompt {
        parts.push(TextPart::new(prompt.as_str()).into());
    }
    for file in call.files.iter().flatten() {
        let part = match file {
            ImageFile::File(file) => {
                FilePart::new(FileData::data(file.data.clone()), file.media_type.as_str())
            }
            ImageFile::Url(file) => FilePart::new(FileData::url(file.url.as_str()), "image/*"),
            other => {
                let message = format_args!("image files of type {}", other.tag());
                return Err(Error::unsupported(message));
            }
        };
        parts.push(part.into());
    }
    let given = call.provider_options.as_ref().and_then(|options| options.get("google"));
    let mut options = given.cloned().unwrap_or_default();
    let search = options.shift_remove("googleSearch").filter(|search| !search.is_null());
    options.insert("responseModalities".to_owned(), json!(["IMAGE"]));
    if let Some(ratio) = &call.aspect_ratio {
        let config = options.entry("imageConfig").or_insert_with(|| json!({}));
        if !config.is_object() {
            *config = json!({});
        }
        if let Some(config) = config.as_object_mut() {
            config.insert("aspectRatio".to_owned(), ratio.as_str().into());
        }
    }
    let mut language = CallOptions::new([Message::from(UserMessage::new(parts))]);
    language.seed = call.seed;
    language.headers.clone_from(&call.headers);
    language.provider_options = Some(ProviderOptions::of("google", options));
    if let Some(search) = search {
        let Value::Object(settings) = search else {
            return Err(Error::invalid_request(
                "invalid google provider options: googleSearch must be an object",
            ));
        };
        let tool = ProviderTool::new("google.google_search", "google_search", settings);
        language.tools = Some(vec![Tool::Provider(tool)]);
    }
    Ok(language)
}

model_calls!(Image: GenerateImage => generate -> GenerateImageResult);
