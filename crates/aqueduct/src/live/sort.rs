//! What the parts of a live answer are to its stream. Not for other crates: the parts are those of the specification.

use aqueduct_spec::language::{RequestInfo, ResponseInfo, StreamStart};
use aqueduct_spec::speech_stream::SpeechPart;
use aqueduct_spec::transcription_stream::TranscriptionResponseMetadata;
use aqueduct_spec::{Error, ModelInfo, Timestamp, Warning};

use super::guard::Opened;

/// A part of a live answer.
pub trait Sort: SpeechPart + Unpin {
    /// The part that ends it.
    type Finish;

    /// What all of them come to.
    type Answer: Clone + Send + Unpin + 'static;

    /// What is missing if they come to nothing.
    const MISSING: &'static str;

    /// Whether it is something of the answer.
    fn is_output(&self) -> bool;

    /// Says what the part is to the stream.
    fn sort(self) -> Sorted<Self>;

    /// Makes the whole; `None` if there is nothing of what was asked for.
    fn answer(finish: Self::Finish, account: Account) -> Option<Self::Answer>;
}

/// What a part is to the stream.
#[derive(Debug)]
pub enum Sorted<P: Sort> {
    /// The beginning, kept for the whole.
    Start(StreamStart),
    /// What the provider says of its answer, kept for the whole.
    Metadata(TranscriptionResponseMetadata),
    /// The end.
    Finish(P::Finish),
    /// For the reader.
    Shown(P),
    /// What the provider reports, for the reader; an error too, should the answer break off.
    Failure(P, Error),
}

/// What was told of an answer beside its output.
#[derive(Debug)]
pub struct Account {
    pub(super) model: ModelInfo,
    pub(super) warnings: Vec<Warning>,
    pub(super) request: Option<RequestInfo>,
    pub(super) response: ResponseInfo,
    pub(super) has_output: bool,
    /// The last failure that the provider reported.
    pub(super) reported: Option<Error>,
}

impl Account {
    pub(super) fn new(opened: Opened, begun: Timestamp) -> Self {
        let mut response = opened.response.unwrap_or_default();
        response.timestamp.get_or_insert(begun);
        response.model_id.get_or_insert_with(|| opened.model.model_id.clone());
        Self {
            model: opened.model,
            warnings: Vec::new(),
            request: opened.request,
            response,
            has_output: false,
            reported: None,
        }
    }

    pub(super) fn note(&mut self, said: TranscriptionResponseMetadata) {
        let response = &mut self.response;
        response.timestamp = said.timestamp.or(response.timestamp);
        response.model_id = said.model_id.or(response.model_id.take());
        response.headers = said.headers.or(response.headers.take());
        response.body = said.body.or(response.body.take());
        response.rest.extend(said.rest);
    }
}
