//! What integrations are told beside the events of callbacks: one shape for requests of all kinds and for calls of all kinds.
//! What was asked and answered is behind `input` and `answer`, which know types by name.

use std::any::Any;
use std::fmt;
use std::time::Duration;

use aqueduct_spec::language::Headers;
use aqueduct_spec::{Error, JsonObject, ModelKind};

use super::Operation;
use super::options::IncludedContexts;
use crate::tool::Contexts;

/// The request that an event belongs to, and what its telemetry may keep.
#[derive(Clone)]
#[non_exhaustive]
pub struct TelemetryCall {
    /// The number of the request, which no other one of this process has. Ids may be made by the program and repeat.
    pub number: u64,
    /// The id of the request, the same in all its events.
    pub call_id: String,
    /// What is asked for.
    pub operation: Operation,
    /// The program's name for this use of a model.
    pub function_id: Option<String>,
    /// Whether prompts and inputs of tools may be kept. They are in the events nevertheless.
    pub record_inputs: bool,
    /// Whether answers and results of tools may be kept. They are in the events nevertheless.
    pub record_outputs: bool,
    pub(super) included: IncludedContexts,
}

impl TelemetryCall {
    /// What of the runtime context the request lets telemetry see; `None` if nothing.
    pub fn runtime_context(&self, contexts: &Contexts) -> Option<JsonObject> {
        self.included.runtime(contexts)
    }

    /// What of a tool's context the request lets telemetry see; `None` if nothing.
    pub fn tool_context(&self, tool: &str, contexts: &Contexts) -> Option<JsonObject> {
        self.included.tool(tool, contexts)
    }
}

impl fmt::Debug for TelemetryCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TelemetryCall")
            .field("call_id", &self.call_id)
            .field("operation", &self.operation)
            .field("function_id", &self.function_id)
            .field("record_inputs", &self.record_inputs)
            .field("record_outputs", &self.record_outputs)
            .finish_non_exhaustive()
    }
}

/// A request begins.
///
/// | operation | input | answer |
/// |---|---|---|
/// | `generate_text`, `stream_text` | [`StartEvent`](crate::text::StartEvent) | [`TextResult`](crate::TextResult) |
/// | `embed`, `embed_many` | [`Embed`](aqueduct_spec::Embed) | [`EmbedManyAnswer`](crate::embed::EmbedManyAnswer) |
/// | `rerank` | [`Rerank`](aqueduct_spec::Rerank) | [`RerankAnswer`](crate::rerank::RerankAnswer) |
/// | `generate_image` | [`GenerateImage`](aqueduct_spec::GenerateImage) | [`ImageAnswer`](crate::image::ImageAnswer) |
/// | `generate_speech` | [`GenerateSpeech`](aqueduct_spec::GenerateSpeech) | [`SpeechAnswer`](crate::speech::SpeechAnswer) |
/// | `transcribe` | [`Transcribe`](aqueduct_spec::Transcribe), unless the audio is still to be fetched | [`TranscribeResult`](aqueduct_spec::transcription::TranscribeResult) |
/// | `stream_transcribe` | [`StreamTranscribe`](aqueduct_spec::StreamTranscribe) | [`TranscribeResult`](aqueduct_spec::transcription::TranscribeResult) |
/// | `stream_translate` | [`TranslateSpeech`](aqueduct_spec::TranslateSpeech) | [`SpeechTranslation`](crate::live::SpeechTranslation) |
/// | `generate_video` | [`GenerateVideo`](aqueduct_spec::GenerateVideo) | [`VideoAnswer`](crate::video::VideoAnswer) |
/// | `start_video` | [`StartVideo`](aqueduct_spec::StartVideo) | [`StartVideoResult`](aqueduct_spec::video::StartVideoResult) |
/// | `video_status` | [`GetVideoStatus`](aqueduct_spec::GetVideoStatus) | [`VideoStatus`](aqueduct_spec::video::VideoStatus) |
/// | `upload_file` | [`UploadFileOptions`](aqueduct_spec::files::UploadFileOptions) | [`UploadFileResult`](aqueduct_spec::files::UploadFileResult) |
/// | `upload_skill` | [`UploadSkillOptions`](aqueduct_spec::skills::UploadSkillOptions) | [`UploadSkillResult`](aqueduct_spec::skills::UploadSkillResult) |
/// | `start_text_batch` | [`StartBatch`](aqueduct_spec::batch::StartBatch) | [`StartedBatch`](crate::batch::StartedBatch) |
/// | `batch_status` | [`GetBatchStatus`](aqueduct_spec::batch::GetBatchStatus) | [`BatchStatus`](aqueduct_spec::batch::BatchStatus) |
/// | `batch_results` | [`GetBatchResults`](aqueduct_spec::batch::GetBatchResults) | [`BatchResults`](aqueduct_spec::batch::BatchResults), not read yet |
///
/// The input is the whole of what is asked, of which each call may be a part: all texts, all images.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct OperationStart<'a> {
    /// The provider that is asked, as in `groq.chat`.
    pub provider: &'a str,
    /// The model that is asked; `None` for uploads, which no model takes.
    pub model_id: Option<&'a str>,
    /// How often a failed call is sent again.
    pub max_retries: u32,
    pub(crate) input: &'a dyn Any,
}

impl<'a> OperationStart<'a> {
    /// What is asked, if it has this type.
    pub fn input<T: Any>(&self) -> Option<&'a T> {
        self.input.downcast_ref()
    }
}

/// A request has its result. The types of results stand beside those of [inputs](OperationStart).
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct OperationEnd<'a> {
    pub(crate) answer: &'a dyn Any,
}

impl<'a> OperationEnd<'a> {
    /// The result, if it has this type.
    pub fn answer<T: Any>(&self) -> Option<&'a T> {
        self.answer.downcast_ref()
    }
}

/// A call begins of anything but a language model, which has [hooks of its own](super::Telemetry::on_model_call_start).
/// Attempts that follow a failure are part of the same call.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct CallStart<'a> {
    /// Which call of the request, counted from 0. Calls may run side by side.
    pub call_number: usize,
    /// The kind of model that is called; `None` for uploads, which no model takes.
    pub kind: Option<ModelKind>,
    /// The operation of the model, as in `embed` ([`Call::OPERATION`](aqueduct_spec::Call::OPERATION)).
    pub operation: &'static str,
    /// The provider that is asked, as in `groq.transcription`.
    pub provider: &'a str,
    /// The model that is asked; `None` for uploads.
    pub model_id: Option<&'a str>,
    /// The headers that the request adds. They may be credentials.
    pub headers: Option<&'a Headers>,
    pub(crate) input: &'a dyn Any,
}

impl<'a> CallStart<'a> {
    /// What is asked, if it has this type: the [`Call`](aqueduct_spec::Call), or the options of an upload.
    pub fn input<T: Any>(&self) -> Option<&'a T> {
        self.input.downcast_ref()
    }
}

/// A call is over. Every call that begins is told to be over.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct CallEnd<'a> {
    /// Which call of the request, counted from 0.
    pub call_number: usize,
    /// The kind of model that was called; `None` for uploads.
    pub kind: Option<ModelKind>,
    /// The operation of the model, as in `embed`.
    pub operation: &'static str,
    /// How long the call took, retries included.
    pub duration: Duration,
    pub(crate) outcome: Outcome<'a>,
}

/// How a call ended.
#[derive(Clone, Copy)]
pub(crate) enum Outcome<'a> {
    Answered(&'a dyn Any),
    Failed(&'a Error),
    /// Nobody wanted its answer any more.
    Dropped,
}

impl<'a> CallEnd<'a> {
    /// The answer, if there is one of this type: [`Call::Output`](aqueduct_spec::Call::Output), or what an upload gives. A call
    /// for speech that goes on ends with its stream, and its answer is that of the request.
    pub fn answer<T: Any>(&self) -> Option<&'a T> {
        match self.outcome {
            Outcome::Answered(answer) => answer.downcast_ref(),
            _ => None,
        }
    }

    /// Why there is no answer, if the call failed.
    pub fn error(&self) -> Option<&'a Error> {
        match self.outcome {
            Outcome::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the call was given up on: its request was, or another call of the request failed.
    pub fn is_dropped(&self) -> bool {
        matches!(self.outcome, Outcome::Dropped)
    }
}

/// Shows what is there and nothing of what is asked or answered.
macro_rules! debug {
    ($($event:ident: $($field:ident),*;)*) => { $(
        impl fmt::Debug for $event<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($event))
                    $(.field(stringify!($field), &self.$field))*
                    .finish_non_exhaustive()
            }
        }
    )* };
}

debug! {
    OperationStart: provider, model_id, max_retries;
    OperationEnd: ;
    CallStart: call_number, kind, operation, provider, model_id;
    CallEnd: call_number, kind, operation, duration;
}

/// A piece of work that runs inside an integration's context.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Work {
    /// The call of a language model, and the reading of its answer.
    ModelCall,
    /// A run of a tool.
    Tool {
        /// The id of the tool call.
        tool_call_id: String,
    },
    /// A call of anything else.
    Call {
        /// Which call of the request, counted from 0.
        call_number: usize,
    },
}
