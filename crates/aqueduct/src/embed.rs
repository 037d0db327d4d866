//! Vectors from texts: `embed` for one, `embed_many` for any number.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

use aqueduct_spec::embedding::{EmbedOptions, EmbedResult, EmbeddingUsage};
use aqueduct_spec::language::{Headers, ResponseInfo};
use aqueduct_spec::{
    BoxFuture, Context, Embed, EmbeddingModel, Error, Model, ModelInfo, ProviderMetadata,
    ProviderOptions, Result, Warning,
};
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;
use tokio::time::Instant;

use crate::model::{IntoModel, ModelSource};
use crate::provider_options::object;
use crate::registry::Registry;
use crate::retry::{DEFAULT_MAX_RETRIES, with_retries};
use crate::telemetry::{
    EmbedCallEnd, EmbedCallStart, EmbedStart, Operation, OperationEnd, OperationStart, Recorder,
    Session, TelemetryOptions, Work,
};

/// How many calls run side by side unless the caller says otherwise.
const DEFAULT_MAX_PARALLEL_CALLS: usize = 16;

/// Asks for the vector of one text.
///
/// ```no_run
/// # async fn example() -> aqueduct::Result<()> {
/// let answer = aqueduct::embed("ollama/nomic-embed-text").value("sunny day at the beach").await?;
/// assert!(!answer.embedding.is_empty());
/// # Ok(())
/// # }
/// ```
pub fn embed<K>(model: impl IntoModel<dyn EmbeddingModel, K>) -> EmbedRequest {
    EmbedRequest { request: EmbedManyRequest::new(model.into_model()), value: None }
}

/// Asks for the vectors of texts: in as many calls as the model needs, side by side where it allows that.
pub fn embed_many<K>(model: impl IntoModel<dyn EmbeddingModel, K>) -> EmbedManyRequest {
    EmbedManyRequest::new(model.into_model())
}

/// A request for the vector of one text.
#[must_use = "a request does nothing unless it is awaited"]
pub struct EmbedRequest {
    request: EmbedManyRequest,
    value: Option<String>,
}

/// A request for the vectors of texts.
#[must_use = "a request does nothing unless it is awaited"]
pub struct EmbedManyRequest {
    model: ModelSource<dyn EmbeddingModel>,
    registry: Option<Registry>,
    values: Vec<String>,
    provider_options: Option<ProviderOptions>,
    headers: Option<Headers>,
    max_retries: u32,
    max_parallel_calls: usize,
    context: Context,
    telemetry: TelemetryOptions,
    failure: Option<Error>,
}

/// The vector of one text.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EmbedAnswer {
    /// The text.
    pub value: String,
    /// Its vector.
    pub embedding: Vec<f64>,
    /// What the call used.
    pub usage: EmbeddingUsage,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
    /// What else the provider said.
    pub provider_metadata: Option<ProviderMetadata>,
    /// What came back.
    pub response: Option<ResponseInfo>,
}

/// The vectors of texts.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct EmbedManyAnswer {
    /// The texts.
    pub values: Vec<String>,
    /// Their vectors, in the same order.
    pub embeddings: Vec<Vec<f64>>,
    /// What all calls used; the tokens are known only if every call said so.
    pub usage: EmbeddingUsage,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
    /// What else the provider said; where calls differ, the last one wins.
    pub provider_metadata: Option<ProviderMetadata>,
    /// What came back, call by call.
    pub responses: Vec<Option<ResponseInfo>>,
}

impl EmbedRequest {
    /// Sets the text.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

impl EmbedManyRequest {
    fn new(model: ModelSource<dyn EmbeddingModel>) -> Self {
        Self {
            model,
            registry: None,
            values: Vec::new(),
            provider_options: None,
            headers: None,
            max_retries: DEFAULT_MAX_RETRIES,
            max_parallel_calls: DEFAULT_MAX_PARALLEL_CALLS,
            context: Context::default(),
            telemetry: TelemetryOptions::default(),
            failure: None,
        }
    }

    /// Adds texts.
    pub fn values(mut self, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.values.extend(values.into_iter().map(Into::into));
        self
    }

    /// Limits how many calls run side by side, for models that allow it at all. Default: 16.
    pub fn max_parallel_calls(mut self, calls: usize) -> Self {
        self.max_parallel_calls = calls.max(1);
        self
    }

    /// Makes the calls. They end when the first one fails.
    async fn run(mut self, operation: Operation) -> Result<EmbedManyAnswer> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let model = self.model.clone().resolve(self.registry.as_ref())?;
        let session = Session::new(&self.telemetry, operation, || self.context.generate_id());
        let recorder = session.recorder();
        let info = model.info();
        recorder.start(OperationStart::Embed(&EmbedStart {
            provider: &info.provider,
            model_id: &info.model_id,
            values: &self.values,
            max_retries: self.max_retries,
        }));
        let answer = self.call_all(&model, recorder).await;
        recorder.conclude(&answer, |answer| OperationEnd::Embed(answer));
        answer
    }

    async fn call_all(
        self,
        model: &Arc<dyn EmbeddingModel>,
        recorder: &Recorder,
    ) -> Result<EmbedManyAnswer> {
        let profile = &model.info().profile;
        let chunk = profile.max_embeddings_per_call.unwrap_or(usize::MAX).max(1);
        let parallel = if profile.supports_parallel_calls { self.max_parallel_calls } else { 1 };
        let calls: Vec<Embed> = self
            .values
            .chunks(chunk)
            .map(|values| {
                let mut options = EmbedOptions::new(values);
                options.provider_options.clone_from(&self.provider_options);
                options.headers.clone_from(&self.headers);
                options.into()
            })
            .collect();
        let results: Vec<EmbedResult> = futures_util::stream::iter(calls)
            .enumerate()
            .map(|(call_number, call)| {
                let send =
                    call_once(Arc::clone(model), call.clone(), self.max_retries, &self.context);
                watched(recorder, call_number, model.info(), call, send)
            })
            .buffered(parallel)
            .try_collect()
            .await?;
        Ok(gather(self.values, results))
    }
}

async fn call_once(
    model: Arc<dyn EmbeddingModel>,
    call: Embed,
    max_retries: u32,
    cx: &Context,
) -> Result<EmbedResult> {
    let wanted = call.values.len();
    let result = with_retries(max_retries, || model.call(call.clone(), cx)).await?;
    let got = result.embeddings.len();
    if got == wanted {
        return Ok(result);
    }
    let info = model.info();
    Err(Error::invalid_response(format!("the model gave {got} embeddings for {wanted} values"))
        .with_provider(&info.provider)
        .with_model(&info.model_id))
}

/// A call that telemetry is told of.
async fn watched(
    recorder: &Recorder,
    call_number: usize,
    info: &ModelInfo,
    call: Embed,
    send: impl Future<Output = Result<EmbedResult>>,
) -> Result<EmbedResult> {
    if !recorder.is_active() {
        return send.await;
    }
    let start = EmbedCallStart {
        call_number,
        provider: &info.provider,
        model_id: &info.model_id,
        values: &call.values,
    };
    recorder.tell(|integration, call| integration.on_embed_start(call, &start));
    let since = Instant::now();
    let result = recorder.within(Work::Embed { call_number }, Box::pin(send)).await?;
    let end = EmbedCallEnd { call_number, result: &result, duration: since.elapsed() };
    recorder.tell(|integration, call| integration.on_embed_end(call, &end));
    Ok(result)
}

fn gather(values: Vec<String>, results: Vec<EmbedResult>) -> EmbedManyAnswer {
    let mut answer = EmbedManyAnswer { values, ..EmbedManyAnswer::default() };
    let tokens = results.iter().map(|result| result.usage.as_ref()?.tokens);
    answer.usage.tokens = tokens.sum::<Option<u64>>().filter(|_| !results.is_empty());
    for result in results {
        answer.embeddings.extend(result.embeddings);
        answer.warnings.extend(result.warnings);
        answer.responses.push(result.response);
        if let Some(metadata) = result.provider_metadata {
            answer.provider_metadata.get_or_insert_default().merge(metadata);
        }
    }
    answer
}

/// Declares the settings that both requests have. `$many` reaches the request they are kept in.
macro_rules! settings {
    ($request:ident: $this:ident => $many:expr) => {
        impl $request {
            /// Sets the registry that finds a model given by name. Default: the providers that the environment has keys for.
            pub fn registry(self, registry: &Registry) -> Self {
                self.with(|request| request.registry = Some(registry.clone()))
            }

            /// Adds options that only one provider knows: any value that serde writes as an object.
            pub fn provider_options(self, provider: &str, options: impl Serialize) -> Self {
                let options = object(provider, options);
                self.with(|request| match options {
                    Ok(options) => request
                        .provider_options
                        .get_or_insert_default()
                        .entry(provider)
                        .extend(options),
                    Err(error) => drop(request.failure.get_or_insert(error)),
                })
            }

            /// Adds a header that is sent along.
            pub fn header(self, name: impl Into<String>, value: impl Into<String>) -> Self {
                let (name, value) = (name.into(), value.into());
                self.with(|request| {
                    request.headers.get_or_insert_default().insert(name, Some(value));
                })
            }

            /// Sets how often a failed call is sent again. Default: 2. See [`crate::retry`].
            pub fn max_retries(self, retries: u32) -> Self {
                self.with(|request| request.max_retries = retries)
            }

            /// Says what telemetry is told of the request. Default: what is
            /// [registered](crate::telemetry::register_telemetry), without texts and vectors.
            pub fn telemetry(self, options: TelemetryOptions) -> Self {
                self.with(|request| request.telemetry = options)
            }

            /// Replaces the context of the calls.
            pub fn context(self, context: Context) -> Self {
                self.with(|request| request.context = context)
            }

            fn with(mut self, change: impl FnOnce(&mut EmbedManyRequest)) -> Self {
                let $this = &mut self;
                change($many);
                self
            }
        }
    };
}

settings!(EmbedManyRequest: this => this);
settings!(EmbedRequest: this => &mut this.request);

impl IntoFuture for EmbedManyRequest {
    type Output = Result<EmbedManyAnswer>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run(Operation::EmbedMany))
    }
}

impl IntoFuture for EmbedRequest {
    type Output = Result<EmbedAnswer>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let value =
                self.value.ok_or_else(|| Error::invalid_request("a value must be given"))?;
            let mut answer = self.request.values([value.clone()]).run(Operation::Embed).await?;
            let missing = || Error::internal("an embedding call gave no embedding");
            Ok(EmbedAnswer {
                value,
                embedding: answer.embeddings.pop().ok_or_else(missing)?,
                usage: answer.usage,
                warnings: answer.warnings,
                provider_metadata: answer.provider_metadata,
                response: answer.responses.pop().flatten(),
            })
        })
    }
}

/// The texts are the user's and stay out.
impl fmt::Debug for EmbedManyRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbedManyRequest")
            .field("model", &self.model)
            .field("values", &self.values.len())
            .finish_non_exhaustive()
    }
}

/// The text is the user's and stays out.
impl fmt::Debug for EmbedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbedRequest").field("model", &self.request.model).finish_non_exhaustive()
    }
}

/// Returns how alike two vectors are: the cosine of the angle between them, 1 if they point the same way. `None` if their
/// lengths differ or one of them is all zeros, which points nowhere.
pub fn cosine_similarity(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() != b.len() {
        return None;
    }
    let (mut product, mut a_squared, mut b_squared) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        product += a * b;
        a_squared += a * a;
        b_squared += b * b;
    }
    let scale = a_squared.sqrt() * b_squared.sqrt();
    (scale > 0.0).then(|| product / scale)
}
