//! Batches of text requests: handed in together, answered within hours.

use std::collections::BTreeSet;
use std::fmt;

use aqueduct_http::Downloader;
use aqueduct_spec::batch::{
    BatchItem, BatchModel, BatchOperationOptions, BatchRequest, BatchResults, BatchStatus,
    BatchWarning, GetBatchResults, GetBatchStatus, StartBatch, StartBatchOptions,
};
use aqueduct_spec::language::CallOptions;
use aqueduct_spec::{Error, ModelInfo, Result};
use serde::{Deserialize, Serialize};

use crate::message::{Conversation, Files, Instructions, PromptInput, build_prompt};
use crate::model::{IntoModel, ModelSource};
use crate::request::{Shared, awaited, shared_settings};
use crate::telemetry::Operation;

/// Starts a batch of text requests. It is not sent again by itself when it fails, because a start that was only seemingly lost
/// would be paid for twice.
pub fn start_text_batch<K>(model: impl IntoModel<dyn BatchModel, K>) -> StartBatchRequest {
    StartBatchRequest {
        model: model.into_model(),
        prompts: Vec::new(),
        downloader: None,
        shared: Shared::default(),
    }
}

/// Asks how a batch stands.
pub fn batch_status<K>(
    model: impl IntoModel<dyn BatchModel, K>,
    batch: &BatchReference,
) -> BatchStatusRequest {
    BatchStatusRequest {
        model: model.into_model(),
        batch: batch.clone(),
        shared: Shared::default(),
    }
}

/// Asks for the answers of a batch that is done, as a stream.
pub fn batch_results<K>(
    model: impl IntoModel<dyn BatchModel, K>,
    batch: &BatchReference,
) -> BatchResultsRequest {
    BatchResultsRequest {
        model: model.into_model(),
        batch: batch.clone(),
        shared: Shared::default(),
    }
}

/// Names a batch. It can be kept as JSON and used in another process, days later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BatchReference {
    /// The version of this form: 1.
    pub version: u32,
    /// What the batch is of: `text`.
    #[serde(rename = "type")]
    pub batch_type: String,
    /// The provider's id of the batch.
    pub id: String,
    /// The provider string of the model.
    pub provider: String,
    /// The model.
    pub model_id: String,
}

impl BatchReference {
    fn new(id: String, model: &ModelInfo) -> Self {
        Self {
            version: 1,
            batch_type: "text".to_owned(),
            id,
            provider: model.provider.clone(),
            model_id: model.model_id.clone(),
        }
    }

    /// Checks that the batch is one of this model's.
    fn check(&self, model: &ModelInfo) -> Result<()> {
        if self.version != 1 || self.batch_type != "text" {
            return Err(Error::invalid_request("batch must be a supported text batch reference"));
        }
        if self.provider != model.provider || self.model_id != model.model_id {
            return Err(Error::invalid_request(format!(
                "model {}:{} is not compatible with batch {}:{}",
                model.provider, model.model_id, self.provider, self.model_id
            )));
        }
        Ok(())
    }
}

/// One request of a batch.
#[derive(Debug, Clone)]
pub struct BatchPrompt {
    id: String,
    conversation: Conversation,
    settings: CallOptions,
}

impl BatchPrompt {
    /// Names a request, uniquely in its batch, and says what the user says.
    pub fn new(id: impl Into<String>, prompt: impl Into<PromptInput>) -> Self {
        let mut conversation = Conversation::default();
        conversation.set_prompt(prompt.into());
        Self { id: id.into(), conversation, settings: CallOptions::default() }
    }

    /// Sets what the model is to keep to.
    #[must_use]
    pub fn instructions(mut self, instructions: impl Into<Instructions>) -> Self {
        self.conversation.set_instructions(instructions.into());
        self
    }

    /// Sets the settings of the call; its prompt has no meaning here.
    #[must_use]
    pub fn settings(mut self, settings: CallOptions) -> Self {
        self.settings = settings;
        self
    }
}

/// A request to start a batch.
#[must_use = "a request does nothing unless it is awaited"]
pub struct StartBatchRequest {
    model: ModelSource<dyn BatchModel>,
    prompts: Vec<BatchPrompt>,
    downloader: Option<Downloader>,
    shared: Shared,
}

/// A batch that was started.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StartedBatch {
    /// What to ask after it with.
    pub batch: BatchReference,
    /// How it stands.
    pub status: BatchStatus,
    /// What could not be done as asked.
    pub warnings: Vec<BatchWarning>,
}

shared_settings!(StartBatchRequest with calls);

impl StartBatchRequest {
    /// Adds requests.
    pub fn requests(mut self, prompts: impl IntoIterator<Item = BatchPrompt>) -> Self {
        self.prompts.extend(prompts);
        self
    }

    /// Sets what downloads files that the model cannot fetch itself. Default: public hosts only, at most 100 MiB a file.
    pub fn downloader(mut self, downloader: Downloader) -> Self {
        self.downloader = Some(downloader);
        self
    }

    async fn run(mut self) -> Result<StartedBatch> {
        self.shared.check()?;
        check_ids(&self.prompts)?;
        let model = self.model.resolve(self.shared.registry.as_ref())?;
        let mut files = Files::default();
        let mut requests = Vec::with_capacity(self.prompts.len());
        for prompt in self.prompts {
            let (instructions, messages) = prompt.conversation.check()?;
            let mut messages = build_prompt(&instructions, &messages)?;
            let profile = &model.info().profile;
            files.resolve(&mut messages, profile, self.downloader.as_ref()).await?;
            let mut options = prompt.settings;
            options.prompt = messages;
            requests.push(BatchRequest::new(prompt.id, options));
        }
        let mut options = StartBatchOptions::new(requests);
        options.provider_options.clone_from(&self.shared.provider_options);
        options.headers.clone_from(&self.shared.headers);
        let call = StartBatch::from(options);
        self.shared.max_retries = 0;
        let session = self.shared.begin(Operation::StartTextBatch, model.info(), |_| call.clone());
        let start = async {
            let started = self.shared.call(&*model, call).await?;
            Ok(StartedBatch {
                batch: BatchReference::new(started.batch_id, model.info()),
                status: started.status,
                warnings: started.warnings,
            })
        };
        session.watch(start).await
    }
}

awaited!(StartBatchRequest -> StartedBatch);

fn check_ids(prompts: &[BatchPrompt]) -> Result<()> {
    if prompts.is_empty() {
        return Err(Error::invalid_request("requests must not be empty"));
    }
    let mut ids = BTreeSet::new();
    for prompt in prompts {
        if prompt.id.trim().is_empty() {
            return Err(Error::invalid_request("request ids must not be empty"));
        }
        if !ids.insert(&prompt.id) {
            let id = &prompt.id;
            return Err(Error::invalid_request(format!("request id '{id}' is not unique")));
        }
    }
    Ok(())
}

/// Declares a request about a batch.
macro_rules! about_batch {
    ($(#[$meta:meta])* $request:ident: $operation:ident, $call:ty => $answer:ty) => {
        $(#[$meta])*
        #[must_use = "a request does nothing unless it is awaited"]
        pub struct $request {
            model: ModelSource<dyn BatchModel>,
            batch: BatchReference,
            shared: Shared,
        }

        shared_settings!($request with calls);

        impl $request {
            async fn run(mut self) -> Result<$answer> {
                self.shared.check()?;
                let model = self.model.resolve(self.shared.registry.as_ref())?;
                self.batch.check(model.info())?;
                let mut options = BatchOperationOptions::new(self.batch.id);
                options.provider_options.clone_from(&self.shared.provider_options);
                options.headers.clone_from(&self.shared.headers);
                let call = <$call>::from(options);
                let session =
                    self.shared.begin(Operation::$operation, model.info(), |_| call.clone());
                session.watch(self.shared.call(&*model, call)).await
            }
        }

        awaited!($request -> $answer);

        impl fmt::Debug for $request {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($request)).field("batch", &self.batch).finish_non_exhaustive()
            }
        }
    };
}

about_batch! {
    /// A question how a batch stands.
    BatchStatusRequest: BatchStatus, GetBatchStatus => BatchStatus
}
about_batch! {
    /// A request for the answers of a batch.
    BatchResultsRequest: BatchResults, GetBatchResults => BatchResults
}

/// Returns the text of an answer of a batch; `None` if the call was not answered.
pub fn item_text(item: &BatchItem) -> Option<String> {
    match item {
        BatchItem::Succeeded(item) => Some(item.result.text()),
        _ => None,
    }
}

/// The prompts are the user's and stay out.
impl fmt::Debug for StartBatchRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartBatchRequest")
            .field("model", &self.model)
            .field("requests", &self.prompts.len())
            .finish_non_exhaustive()
    }
}
