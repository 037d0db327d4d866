//! Documents in the order of their relevance to a query.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

use aqueduct_spec::language::{Headers, ResponseInfo};
use aqueduct_spec::reranking::{
    Documents, ObjectDocuments, RerankOptions, RerankResult, TextDocuments,
};
use aqueduct_spec::{
    BoxFuture, Context, Error, JsonObject, Model, ModelInfo, ProviderMetadata, ProviderOptions,
    Rerank, RerankingModel, Result, Warning,
};
use serde::Serialize;
use tokio::time::Instant;

use crate::model::{IntoModel, ModelSource};
use crate::provider_options::object;
use crate::registry::Registry;
use crate::retry::{DEFAULT_MAX_RETRIES, with_retries};
use crate::telemetry::{
    Operation, OperationEnd, OperationStart, Recorder, RerankCallEnd, RerankCallStart, RerankStart,
    Session, TelemetryOptions, Work,
};

/// Asks for the order of documents by their relevance to a query.
///
/// ```no_run
/// # async fn example() -> aqueduct::Result<()> {
/// let answer = aqueduct::rerank("cohere/rerank-v3.5")
///     .query("talk about rain")
///     .documents(["sunny day at the beach", "rainy afternoon in the city"])
///     .top_n(1)
///     .await?;
/// assert_eq!(answer.ranking.len(), 1);
/// # Ok(())
/// # }
/// ```
pub fn rerank<K>(model: impl IntoModel<dyn RerankingModel, K>) -> RerankRequest {
    RerankRequest {
        model: model.into_model(),
        registry: None,
        query: None,
        documents: Vec::new(),
        top_n: None,
        provider_options: None,
        headers: None,
        max_retries: DEFAULT_MAX_RETRIES,
        context: Context::default(),
        telemetry: TelemetryOptions::default(),
        failure: None,
    }
}

/// A document: a text, or a JSON object.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Document {
    /// A text.
    Text(String),
    /// A JSON object.
    Object(JsonObject),
}

impl From<&str> for Document {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Document {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<JsonObject> for Document {
    fn from(object: JsonObject) -> Self {
        Self::Object(object)
    }
}

/// A request for an order.
#[must_use = "a request does nothing unless it is awaited"]
pub struct RerankRequest {
    model: ModelSource<dyn RerankingModel>,
    registry: Option<Registry>,
    query: Option<String>,
    documents: Vec<Document>,
    top_n: Option<usize>,
    provider_options: Option<ProviderOptions>,
    headers: Option<Headers>,
    max_retries: u32,
    context: Context,
    telemetry: TelemetryOptions,
    failure: Option<Error>,
}

/// An order of documents.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RerankAnswer {
    /// The documents as they were given.
    pub original_documents: Vec<Document>,
    /// The documents by falling relevance.
    pub ranking: Vec<RankedDocument>,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
    /// What else the provider said.
    pub provider_metadata: Option<ProviderMetadata>,
    /// What came back; `None` if there was nothing to ask.
    pub response: Option<ResponseInfo>,
}

/// A document and its place.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RankedDocument {
    /// Which document, counted from 0 in the order given.
    pub original_index: usize,
    /// How relevant it is; what the number means is up to the provider.
    pub score: f64,
    /// The document.
    pub document: Document,
}

impl RerankAnswer {
    /// The documents alone, by falling relevance.
    pub fn reranked_documents(&self) -> impl Iterator<Item = &Document> {
        self.ranking.iter().map(|ranked| &ranked.document)
    }
}

impl RerankRequest {
    /// Sets the query.
    pub fn query(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into());
        self
    }

    /// Adds documents: all texts, or all objects.
    pub fn documents(mut self, documents: impl IntoIterator<Item = impl Into<Document>>) -> Self {
        self.documents.extend(documents.into_iter().map(Into::into));
        self
    }

    /// Sets how many of the best to return. Default: all.
    pub fn top_n(mut self, documents: usize) -> Self {
        self.top_n = Some(documents);
        self
    }

    /// Sets the registry that finds a model given by name. Default: the providers that the environment has keys for.
    pub fn registry(mut self, registry: &Registry) -> Self {
        self.registry = Some(registry.clone());
        self
    }

    /// Adds options that only one provider knows: any value that serde writes as an object.
    pub fn provider_options(mut self, provider: &str, options: impl Serialize) -> Self {
        match object(provider, options) {
            Ok(options) => {
                self.provider_options.get_or_insert_default().entry(provider).extend(options);
            }
            Err(error) => drop(self.failure.get_or_insert(error)),
        }
        self
    }

    /// Adds a header that is sent along.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.get_or_insert_default().insert(name.into(), Some(value.into()));
        self
    }

    /// Sets how often a failed call is sent again. Default: 2. See [`crate::retry`].
    pub fn max_retries(mut self, retries: u32) -> Self {
        self.max_retries = retries;
        self
    }

    /// Says what telemetry is told of the request. Default: what is
    /// [registered](crate::telemetry::register_telemetry), without query and documents.
    pub fn telemetry(mut self, options: TelemetryOptions) -> Self {
        self.telemetry = options;
        self
    }

    /// Replaces the context of the call.
    pub fn context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    async fn run(mut self) -> Result<RerankAnswer> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let missing = || Error::invalid_request("a query must be given");
        let query = self.query.take().ok_or_else(missing)?;
        let model = self.model.clone().resolve(self.registry.as_ref())?;
        let operation = Operation::Rerank;
        let session = Session::new(&self.telemetry, operation, || self.context.generate_id());
        let recorder = session.recorder();
        let info = model.info();
        recorder.start(OperationStart::Rerank(&RerankStart {
            provider: &info.provider,
            model_id: &info.model_id,
            query: &query,
            documents: &self.documents,
            top_n: self.top_n,
            max_retries: self.max_retries,
        }));
        let answer = self.ask(&model, query, recorder).await;
        recorder.conclude(&answer, |answer| OperationEnd::Rerank(answer));
        answer
    }

    async fn ask(
        self,
        model: &Arc<dyn RerankingModel>,
        query: String,
        recorder: &Recorder,
    ) -> Result<RerankAnswer> {
        let mut answer = RerankAnswer {
            original_documents: self.documents,
            ranking: Vec::new(),
            warnings: Vec::new(),
            provider_metadata: None,
            response: None,
        };
        if answer.original_documents.is_empty() {
            return Ok(answer);
        }
        let mut options = RerankOptions::new(in_one_form(&answer.original_documents)?, query);
        options.top_n = self.top_n;
        options.provider_options = self.provider_options;
        options.headers = self.headers;
        let call = Rerank::from(options);
        let send = || model.call(call.clone(), &self.context);
        let send = with_retries(self.max_retries, send);
        let documents = &answer.original_documents;
        let result = watched(recorder, model.info(), documents, &call.query, send).await?;
        answer.fill(result).map_err(|error| {
            let info = model.info();
            error.with_provider(&info.provider).with_model(&info.model_id)
        })?;
        Ok(answer)
    }
}

/// A call that telemetry is told of.
async fn watched(
    recorder: &Recorder,
    info: &ModelInfo,
    documents: &[Document],
    query: &str,
    send: impl Future<Output = Result<RerankResult>>,
) -> Result<RerankResult> {
    if !recorder.is_active() {
        return send.await;
    }
    let (provider, model_id) = (&*info.provider, &*info.model_id);
    let start = RerankCallStart { provider, model_id, query, documents };
    recorder.tell(|integration, call| integration.on_rerank_start(call, &start));
    let since = Instant::now();
    let result = recorder.within(Work::Rerank, Box::pin(send)).await?;
    let end = RerankCallEnd { result: &result, duration: since.elapsed() };
    recorder.tell(|integration, call| integration.on_rerank_end(call, &end));
    Ok(result)
}

impl RerankAnswer {
    fn fill(&mut self, result: RerankResult) -> Result<()> {
        for ranking in result.ranking {
            let document = self.original_documents.get(ranking.index).ok_or_else(|| {
                let (index, given) = (ranking.index, self.original_documents.len());
                Error::invalid_response(format!(
                    "the model ranked document {index}, but only {given} were given"
                ))
            })?;
            self.ranking.push(RankedDocument {
                original_index: ranking.index,
                score: ranking.relevance_score,
                document: document.clone(),
            });
        }
        self.warnings = result.warnings.unwrap_or_default();
        self.provider_metadata = result.provider_metadata;
        self.response = result.response;
        Ok(())
    }
}

fn in_one_form(documents: &[Document]) -> Result<Documents> {
    let texts = documents.iter().map(|document| match document {
        Document::Text(text) => Some(text.clone()),
        Document::Object(_) => None,
    });
    if let Some(texts) = texts.collect::<Option<Vec<String>>>() {
        return Ok(TextDocuments::new(texts).into());
    }
    let objects = documents.iter().map(|document| match document {
        Document::Object(object) => Some(object.clone()),
        Document::Text(_) => None,
    });
    match objects.collect::<Option<Vec<JsonObject>>>() {
        Some(objects) => Ok(ObjectDocuments::new(objects).into()),
        None => Err(Error::invalid_request("documents must be all texts or all objects")),
    }
}

impl IntoFuture for RerankRequest {
    type Output = Result<RerankAnswer>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// The query and the documents are the user's and stay out.
impl fmt::Debug for RerankRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RerankRequest")
            .field("model", &self.model)
            .field("documents", &self.documents.len())
            .finish_non_exhaustive()
    }
}
