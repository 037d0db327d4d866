//! What is asked of anything but a language model, and what it answers, in the words of the conventions.

use std::any::Any;

use aqueduct_spec::batch::{BatchResults, BatchStatus, StartBatchResult};
use aqueduct_spec::embedding::EmbedResult;
use aqueduct_spec::files::{UploadFileOptions, UploadFileResult};
use aqueduct_spec::image::GenerateImageResult;
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::reranking::{Documents, RerankResult};
use aqueduct_spec::skills::{UploadSkillOptions, UploadSkillResult};
use aqueduct_spec::speech::GenerateSpeechResult;
use aqueduct_spec::transcription::TranscribeResult;
use aqueduct_spec::video::VideoStatus;
use aqueduct_spec::video::{GenerateVideoOptions, GenerateVideoResult, StartVideoResult};
use aqueduct_spec::{
    Embed, GenerateImage, GenerateSpeech, GenerateVideo, ProviderMetadata, Rerank, StartVideo,
    StreamTranscribe, Transcribe, TranslateSpeech,
};
use serde_json::{Value, json};

use super::Supplement;
use super::messages;
use super::view::View;
use crate::live::SpeechTranslation;
use crate::telemetry::CallEnd;

/// What is asked, as far as it may be shown.
#[derive(Default)]
pub(super) struct Asked {
    /// How many are wanted, if it is not one.
    pub(super) choices: Option<u32>,
    pub(super) seed: Option<i64>,
    pub(super) instructions: Option<String>,
    pub(super) messages: Option<String>,
    pub(super) values: Option<String>,
    pub(super) documents: Option<String>,
}

/// Reads what is asked. Of what has no entry here, spans show what they show of all.
pub(super) fn asked(view: View<'_>, input: &dyn Any) -> Asked {
    let mut asked = Asked::default();
    let user = |parts: Vec<Value>| view.input(|| Some(messages::user(&parts)));
    if let Some(Embed(options)) = input.downcast_ref() {
        if view.shows(Supplement::Embeddings) {
            asked.values = view.input(|| Some(json!(options.values)));
        }
    } else if let Some(Rerank(options)) = input.downcast_ref() {
        if view.shows(Supplement::Reranking) {
            asked.documents = view.input(|| Some(documents(&options.documents)));
        }
    } else if let Some(GenerateImage(options)) = input.downcast_ref() {
        asked.choices = Some(options.n).filter(|n| *n != 1);
        asked.seed = options.seed;
        asked.messages = user(messages::of_image(options));
    } else if let Some(GenerateSpeech(options)) = input.downcast_ref() {
        let instructions = options.instructions.as_deref();
        asked.instructions = view.input(|| instructions.map(messages::instruction));
        asked.messages = user(vec![messages::text("text", &options.text)]);
    } else if let Some(Transcribe(options)) = input.downcast_ref() {
        asked.messages = user(vec![messages::blob(Some(&options.media_type), &options.audio)]);
    } else if let Some(call) = input.downcast_ref::<StreamTranscribe>() {
        asked.messages = user(vec![messages::stream(&call.input_audio_format)]);
    } else if let Some(call) = input.downcast_ref::<TranslateSpeech>() {
        asked.messages = user(vec![messages::stream(&call.input_audio_format)]);
    } else if let Some(GenerateVideo(options)) = input.downcast_ref() {
        video(&mut asked, options, user);
    } else if let Some(StartVideo(options)) = input.downcast_ref() {
        video(&mut asked, options, user);
    } else if let Some(options) = input.downcast_ref::<UploadFileOptions>() {
        asked.messages = user(vec![messages::upload(Some(&options.media_type), &options.data)]);
    } else if let Some(options) = input.downcast_ref::<UploadSkillOptions>() {
        let files = options.files.iter().map(|file| messages::upload(None, &file.data));
        asked.messages = user(files.collect());
    }
    asked
}

fn video(
    asked: &mut Asked,
    options: &GenerateVideoOptions,
    user: impl FnOnce(Vec<Value>) -> Option<String>,
) {
    asked.choices = Some(options.n).filter(|n| *n != 1);
    asked.seed = options.seed;
    asked.messages = user(messages::of_video(options));
}

fn documents(documents: &Documents) -> Value {
    match documents {
        Documents::Text(texts) => json!(texts.values),
        Documents::Object(objects) => json!(objects.values),
        _ => Value::Null,
    }
}

/// What is answered, as far as it may be shown.
#[derive(Default)]
pub(super) struct Answered<'a> {
    pub(super) response: Option<&'a ResponseInfo>,
    pub(super) metadata: Option<&'a ProviderMetadata>,
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
    pub(super) messages: Option<String>,
    pub(super) embeddings: Option<String>,
    pub(super) ranking: Option<String>,
}

/// Reads what is answered.
pub(super) fn answered<'a>(view: View<'_>, end: &CallEnd<'a>) -> Answered<'a> {
    /// Takes what most answers have under the same names.
    macro_rules! with {
        ($result:ident) => {
            Answered {
                response: $result.response.as_ref(),
                metadata: $result.provider_metadata.as_ref(),
                ..Answered::default()
            }
        };
    }
    let model = |parts: Vec<Value>| view.output(|| Some(messages::model(&parts)));
    if let Some(result) = end.answer::<EmbedResult>() {
        let mut answered = with!(result);
        answered.input_tokens = result.usage.as_ref().and_then(|usage| usage.tokens);
        if view.shows(Supplement::Embeddings) {
            answered.embeddings = view.output(|| Some(json!(result.embeddings)));
        }
        answered
    } else if let Some(result) = end.answer::<RerankResult>() {
        let mut answered = with!(result);
        if view.shows(Supplement::Reranking) {
            answered.ranking = view.output(|| Some(json!(result.ranking)));
        }
        answered
    } else if let Some(result) = end.answer::<GenerateImageResult>() {
        let mut answered = with!(result);
        answered.input_tokens = result.usage.as_ref().and_then(|usage| usage.input_tokens);
        answered.output_tokens = result.usage.as_ref().and_then(|usage| usage.output_tokens);
        let images = result.images.iter().map(|image| messages::made("image", image));
        answered.messages = model(images.collect());
        answered
    } else if let Some(result) = end.answer::<GenerateSpeechResult>() {
        let messages = model(vec![messages::made("audio", &result.audio)]);
        Answered { messages, ..with!(result) }
    } else if let Some(result) = end.answer::<TranscribeResult>() {
        let messages = model(vec![messages::text("text", &result.text)]);
        Answered { messages, ..with!(result) }
    } else if let Some(result) = end.answer::<SpeechTranslation>() {
        let mut answered = with!(result);
        if let Some(usage) = &result.usage {
            answered.input_tokens = sum([usage.input_audio_tokens, usage.input_text_tokens]);
            answered.output_tokens = sum([usage.output_audio_tokens, usage.output_text_tokens]);
        }
        answered.messages = model(vec![messages::text("text", &result.text)]);
        answered
    } else if let Some(result) = end.answer::<GenerateVideoResult>() {
        videos(result, model)
    } else if let Some(result) = end.answer::<StartVideoResult>() {
        with!(result)
    } else if let Some(status) = end.answer::<VideoStatus>() {
        match status {
            VideoStatus::Completed(result) => videos(result, model),
            VideoStatus::Pending(status) => with!(status),
            VideoStatus::Error(status) => with!(status),
            VideoStatus::Cancelled(status) => with!(status),
            _ => Answered::default(),
        }
    } else if let Some(result) = end.answer::<StartBatchResult>() {
        let status = &result.status;
        with!(status)
    } else if let Some(status) = end.answer::<BatchStatus>() {
        with!(status)
    } else if let Some(result) = end.answer::<BatchResults>() {
        with!(result)
    } else if let Some(result) = end.answer::<UploadFileResult>() {
        Answered { metadata: result.provider_metadata.as_ref(), ..Answered::default() }
    } else if let Some(result) = end.answer::<UploadSkillResult>() {
        Answered { metadata: result.provider_metadata.as_ref(), ..Answered::default() }
    } else {
        Answered::default()
    }
}

/// The sum of what is known.
fn sum(counts: [Option<u64>; 2]) -> Option<u64> {
    counts.into_iter().flatten().reduce(u64::saturating_add)
}

fn videos(
    result: &GenerateVideoResult,
    model: impl FnOnce(Vec<Value>) -> Option<String>,
) -> Answered<'_> {
    Answered {
        response: result.response.as_ref(),
        metadata: result.provider_metadata.as_ref(),
        messages: model(result.videos.iter().map(messages::made_video).collect()),
        ..Answered::default()
    }
}
