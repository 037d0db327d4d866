//! Vectors from texts: `embed` for one, `embed_many` for any number.

use std::fmt;

use aqueduct_spec::embedding::{EmbedOptions, EmbedResult, EmbeddingUsage};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::{Embed, EmbeddingModel, Error, ProviderMetadata, Result, Warning};

use crate::model::{IntoModel, ModelSource};
use crate::request::{PARALLEL_CALLS, Shared, all, awaited, shared_settings};
use crate::telemetry::Operation;

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
    EmbedRequest { model: model.into_model(), value: None, shared: Shared::default() }
}

/// Asks for the vectors of texts: in as many calls as the model needs, side by side where it allows that.
pub fn embed_many<K>(model: impl IntoModel<dyn EmbeddingModel, K>) -> EmbedManyRequest {
    EmbedManyRequest::new(model.into_model())
}

/// A request for the vector of one text.
#[must_use = "a request does nothing unless it is awaited"]
pub struct EmbedRequest {
    model: ModelSource<dyn EmbeddingModel>,
    value: Option<String>,
    shared: Shared,
}

/// A request for the vectors of texts.
#[must_use = "a request does nothing unless it is awaited"]
pub struct EmbedManyRequest {
    model: ModelSource<dyn EmbeddingModel>,
    values: Vec<String>,
    max_parallel_calls: usize,
    shared: Shared,
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

shared_settings!(EmbedRequest with calls);
shared_settings!(EmbedManyRequest with calls);

impl EmbedRequest {
    /// Sets the text.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    async fn run(self) -> Result<EmbedAnswer> {
        let value = self.value.ok_or_else(|| Error::invalid_request("a value must be given"))?;
        let mut request = EmbedManyRequest::new(self.model).values([value.clone()]);
        request.shared = self.shared;
        let mut answer = request.ask(Operation::Embed).await?;
        let missing = || Error::internal("an embedding call gave no embedding");
        Ok(EmbedAnswer {
            value,
            embedding: answer.embeddings.pop().ok_or_else(missing)?,
            usage: answer.usage,
            warnings: answer.warnings,
            provider_metadata: answer.provider_metadata,
            response: answer.responses.pop().flatten(),
        })
    }
}

impl EmbedManyRequest {
    fn new(model: ModelSource<dyn EmbeddingModel>) -> Self {
        Self {
            model,
            values: Vec::new(),
            max_parallel_calls: PARALLEL_CALLS,
            shared: Shared::default(),
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

    async fn run(self) -> Result<EmbedManyAnswer> {
        self.ask(Operation::EmbedMany).await
    }

    async fn ask(mut self, operation: Operation) -> Result<EmbedManyAnswer> {
        self.shared.check()?;
        let model = self.model.clone().resolve(self.shared.registry.as_ref())?;
        let values = &self.values;
        let session = self.shared.begin(operation, model.info(), |shared| question(values, shared));
        session.watch(self.call_all(&*model)).await
    }

    /// Makes the calls. They end when the first one fails.
    async fn call_all(self, model: &dyn EmbeddingModel) -> Result<EmbedManyAnswer> {
        let profile = &model.info().profile;
        let chunk = profile.max_embeddings_per_call.unwrap_or(usize::MAX).max(1);
        let parallel = if profile.supports_parallel_calls { self.max_parallel_calls } else { 1 };
        let shared = &self.shared;
        let chunks = self.values.chunks(chunk);
        let calls = chunks.map(|values| call_once(shared, model, question(values, shared)));
        let results = all(calls, parallel).await?;
        Ok(gather(self.values, results))
    }
}

awaited!(EmbedRequest -> EmbedAnswer);
awaited!(EmbedManyRequest -> EmbedManyAnswer);

fn question(values: &[String], shared: &Shared) -> Embed {
    let mut options = EmbedOptions::new(values);
    options.provider_options.clone_from(&shared.provider_options);
    options.headers.clone_from(&shared.headers);
    options.into()
}

async fn call_once(
    shared: &Shared,
    model: &dyn EmbeddingModel,
    call: Embed,
) -> Result<EmbedResult> {
    let wanted = call.values.len();
    let result = shared.call(model, call).await?;
    let got = result.embeddings.len();
    if got == wanted {
        return Ok(result);
    }
    let info = model.info();
    Err(Error::invalid_response(format!("the model gave {got} embeddings for {wanted} values"))
        .with_provider(&info.provider)
        .with_model(&info.model_id))
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
        f.debug_struct("EmbedRequest").field("model", &self.model).finish_non_exhaustive()
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
