//! Documents in the order of their relevance to a query.

use std::fmt;

use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::reranking::{
    Documents, ObjectDocuments, RerankOptions, RerankResult, TextDocuments,
};
use aqueduct_spec::{Error, JsonObject, ProviderMetadata, Rerank, RerankingModel, Result, Warning};

use crate::model::{IntoModel, ModelSource};
use crate::request::{Shared, awaited, shared_settings};
use crate::telemetry::Operation;

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
        query: None,
        documents: Vec::new(),
        top_n: None,
        shared: Shared::default(),
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
    query: Option<String>,
    documents: Vec<Document>,
    top_n: Option<usize>,
    shared: Shared,
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

    async fn run(mut self) -> Result<RerankAnswer> {
        self.shared.check()?;
        let missing = || Error::invalid_request("a query must be given");
        let query = self.query.ok_or_else(missing)?;
        let model = self.model.resolve(self.shared.registry.as_ref())?;
        let mut options = RerankOptions::new(in_one_form(&self.documents)?, query);
        options.top_n = self.top_n;
        options.provider_options.clone_from(&self.shared.provider_options);
        options.headers.clone_from(&self.shared.headers);
        let call = Rerank::from(options);
        let session = self.shared.begin(Operation::Rerank, model.info(), |_| call.clone());
        session.watch(order(&self.shared, &*model, call, self.documents)).await
    }
}

shared_settings!(RerankRequest with calls);
awaited!(RerankRequest -> RerankAnswer);

async fn order(
    shared: &Shared,
    model: &dyn RerankingModel,
    call: Rerank,
    original_documents: Vec<Document>,
) -> Result<RerankAnswer> {
    let mut answer = RerankAnswer {
        original_documents,
        ranking: Vec::new(),
        warnings: Vec::new(),
        provider_metadata: None,
        response: None,
    };
    // There is nothing to ask.
    if answer.original_documents.is_empty() {
        return Ok(answer);
    }
    let result = shared.call(model, call).await?;
    answer.fill(result).map_err(|error| {
        let info = model.info();
        error.with_provider(&info.provider).with_model(&info.model_id)
    })?;
    Ok(answer)
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

/// The query and the documents are the user's and stay out.
impl fmt::Debug for RerankRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RerankRequest")
            .field("model", &self.model)
            .field("documents", &self.documents.len())
            .finish_non_exhaustive()
    }
}
