//! A scripted provider.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::router::Router;
use aqueduct::spec::language::{
    CallOptions, Content, ErrorPart, Finish, GenerateResult, StreamPart, StreamResult, StreamStart,
    Text, TextDelta, UnifiedFinishReason,
};
use aqueduct::spec::{
    BoxFuture, Context, Describe, Embed, EmbeddingModel, Error, ErrorKind, Generate, LanguageModel,
    Model, ModelInfo, Provider, Result, Stream, embedding::EmbedResult,
};
use futures_util::{StreamExt as _, stream};
use http::StatusCode;
use serde_json::Value;

/// What a mock does with one call.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Answers with the mock's name.
    Answer,
    /// Fails with a status and maybe `retry-after`.
    Status(u16, Option<Duration>),
    /// Fails with this error.
    Fail(Error),
    /// The connection breaks at once.
    Die,
    /// Nothing ever comes.
    Stall,
    /// Streams: starts and breaks before the first content. Whole answers: breaks.
    CutBeforeContent,
    /// Streams: an error part before the first content.
    ErrorPart(Value),
    /// Streams: starts, and then nothing ever comes. Whole answers: break.
    StallInStream,
    /// Answers after a while.
    Slow(Duration),
    /// Streams: some content, then breaks.
    CutAfterContent,
}

/// A provider and model that does what its script says, call by call, and then always the last step.
#[derive(Debug)]
pub(crate) struct Mock {
    name: String,
    info: ModelInfo,
    script: Mutex<VecDeque<Step>>,
    calls: AtomicUsize,
    /// Calls that are not over.
    open: Arc<AtomicUsize>,
    asked: Mutex<Vec<CallOptions>>,
    models: Mutex<Vec<String>>,
}

struct Open(Arc<AtomicUsize>);

impl Open {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Mock {
    pub(crate) fn new(name: &str, script: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Arc::new(Self {
            name: name.to_owned(),
            info: ModelInfo::new(name, "m"),
            script: Mutex::new(script.into_iter().collect()),
            calls: AtomicUsize::new(0),
            open: Arc::default(),
            asked: Mutex::default(),
            models: Mutex::default(),
        })
    }

    pub(crate) fn n_calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A model of the provider.
    pub(crate) fn model(&self) -> String {
        format!("{}/m", self.name)
    }

    /// The language model that was asked for last.
    pub(crate) fn last_model(&self) -> String {
        self.models.lock().unwrap().last().unwrap().clone()
    }

    /// The calls to the language model.
    pub(crate) fn asked(&self) -> Vec<CallOptions> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn n_open(&self) -> usize {
        self.open.load(Ordering::SeqCst)
    }

    async fn step(&self) -> Result<Step> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let step = {
            let mut script = self.script.lock().unwrap();
            if script.len() > 1 { script.pop_front() } else { script.front().cloned() }
        };
        match step.unwrap_or(Step::Answer) {
            Step::Status(status, retry_after) => Err(status_error(status, retry_after)),
            Step::Fail(error) => Err(error),
            Step::Die => Err(Error::new(ErrorKind::Network, "connection refused")),
            Step::Stall => std::future::pending().await,
            Step::Slow(wait) => {
                tokio::time::sleep(wait).await;
                Ok(Step::Answer)
            }
            step => Ok(step),
        }
    }
}

pub(crate) fn status_error(status: u16, retry_after: Option<Duration>) -> Error {
    let status = StatusCode::from_u16(status).unwrap();
    let error = Error::new(aqueduct_http::error_kind(status), format!("said {status}"));
    let error = error.with_status(status);
    match retry_after {
        Some(wait) => error.with_retry_after(wait),
        None => error,
    }
}

/// The provider of a mock. (The orphan rule wants a type of our own.)
#[derive(Clone)]
pub(crate) struct MockProvider(pub(crate) Arc<Mock>);

impl Provider for MockProvider {
    fn id(&self) -> &str {
        &self.0.name
    }

    fn language_model(&self, model_id: &str) -> Result<Arc<dyn LanguageModel>> {
        if model_id == "missing" {
            let kind = aqueduct::spec::ModelKind::Language;
            return Err(Error::no_such_model(&self.0.name, model_id, kind));
        }
        self.0.models.lock().unwrap().push(model_id.to_owned());
        Ok(Arc::clone(&self.0) as Arc<dyn LanguageModel>)
    }

    fn embedding_model(&self, _model_id: &str) -> Result<Arc<dyn EmbeddingModel>> {
        Ok(Arc::clone(&self.0) as Arc<dyn EmbeddingModel>)
    }
}

impl Describe for Mock {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
}

impl Model<Generate> for Mock {
    fn call<'a>(
        &'a self,
        call: Generate,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateResult>> {
        Box::pin(async move {
            let _open = Open::new(&self.open);
            self.asked.lock().unwrap().push((*call.0).clone());
            match self.step().await? {
                Step::Answer => {
                    let mut result = GenerateResult::default();
                    result.content = vec![Content::Text(Text::new(&*self.name))];
                    result.finish_reason = UnifiedFinishReason::Stop.into();
                    Ok(result)
                }
                _ => Err(Error::new(ErrorKind::Network, "connection broke")),
            }
        })
    }
}

impl Model<Stream> for Mock {
    fn call<'a>(&'a self, call: Stream, _cx: &'a Context) -> BoxFuture<'a, Result<StreamResult>> {
        Box::pin(async move {
            let open = Open::new(&self.open);
            self.asked.lock().unwrap().push((*call.0).clone());
            let broke = || Err(Error::new(ErrorKind::Network, "connection broke"));
            let start = Ok(StreamPart::from(StreamStart::new([])));
            let text = Ok(StreamPart::from(TextDelta::new("0", &*self.name)));
            let mut finish = Finish::default();
            finish.finish_reason = UnifiedFinishReason::Stop.into();
            let parts = match self.step().await? {
                Step::CutBeforeContent => vec![start, broke()],
                Step::ErrorPart(error) => vec![start, Ok(ErrorPart::new(error).into())],
                Step::StallInStream => vec![start],
                Step::CutAfterContent => vec![start, text, broke()],
                _ => vec![start, text, Ok(finish.into())],
            };
            let stalls = matches!(parts.as_slice(), [Ok(StreamPart::StreamStart(_))]);
            let rest = if stalls { stream::pending().boxed() } else { stream::empty().boxed() };
            // The stream keeps the call open until it is dropped.
            Ok(StreamResult::new(stream::iter(parts).chain(rest).inspect(move |_| {
                let _ = &open;
            })))
        })
    }
}

impl Model<Embed> for Mock {
    fn call<'a>(&'a self, call: Embed, _cx: &'a Context) -> BoxFuture<'a, Result<EmbedResult>> {
        Box::pin(async move {
            self.step().await?;
            Ok(EmbedResult::new(
                call.values.iter().map(|_| vec![0.25, 0.1]).collect::<Vec<_>>(),
                [],
            ))
        })
    }
}

/// A router over mocks under their own names, with the settings given.
pub(crate) fn router(
    mocks: &[&Arc<Mock>],
    change: impl FnOnce(aqueduct::router::RouterBuilder) -> aqueduct::router::RouterBuilder,
) -> Router {
    let builder = mocks.iter().fold(Router::builder(), |builder, mock| {
        builder.provider(&*mock.name, Arc::new(MockProvider(Arc::clone(mock))))
    });
    change(builder).build().unwrap()
}

/// Options with these routing options.
pub(crate) fn options(gateway: &Value) -> CallOptions {
    let mut options = CallOptions::new(vec![]);
    if let Some(gateway) = gateway.as_object() {
        options.provider_options =
            Some(aqueduct::spec::ProviderOptions::of("gateway", gateway.clone()));
    }
    options
}

pub(crate) async fn generate(
    router: &Router,
    model: &str,
    gateway: &Value,
) -> Result<GenerateResult> {
    let model = router.language_model(model)?;
    model.call(Generate::from(options(gateway)), &Context::default()).await
}

/// The text of a stream and the metadata of its last part.
pub(crate) async fn stream(
    router: &Router,
    model: &str,
    gateway: &Value,
) -> Result<(String, Value)> {
    let model = router.language_model(model)?;
    let answer = model.call(Stream::from(options(gateway)), &Context::default()).await?;
    let mut text = String::new();
    let mut metadata = Value::Null;
    let mut parts = answer.stream;
    while let Some(part) = parts.next().await {
        match part? {
            StreamPart::TextDelta(part) => text.push_str(&part.delta),
            StreamPart::Finish(part) => {
                metadata = serde_json::to_value(part.provider_metadata).unwrap();
            }
            StreamPart::Error(part) => return Err(part.to_error()),
            _ => {}
        }
    }
    Ok((text, metadata))
}

/// `gateway.routing` of an answer.
pub(crate) fn routing(result: &GenerateResult) -> Value {
    let metadata = serde_json::to_value(&result.provider_metadata).unwrap();
    metadata["gateway"]["routing"].clone()
}

/// The attempts as `provider status`, in order.
pub(crate) fn attempts(routing: &Value) -> Vec<String> {
    let attempt = |attempt: &Value| {
        let status = &attempt["statusCode"];
        let status = if status.is_null() {
            attempt["error"].as_str().unwrap().to_owned()
        } else {
            status.to_string()
        };
        format!("{} {status}", attempt["provider"].as_str().unwrap())
    };
    routing["attempts"].as_array().unwrap().iter().map(attempt).collect()
}
