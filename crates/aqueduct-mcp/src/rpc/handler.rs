//! What the program answers when the server speaks unasked.

use std::sync::Arc;

use aqueduct::Result;
use aqueduct::spec::BoxFuture;
use rmcp::ClientHandler;
use rmcp::model::{ClientConfig, CustomRequest, CustomResult, ErrorCode, ErrorData};
use rmcp::service::{RequestContext, RoleClient};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::lossless;

pub(crate) type Elicit = dyn Fn(Value) -> BoxFuture<'static, Result<Value>> + Send + Sync;
pub(crate) type Notified = dyn Fn(&str, &Value) + Send + Sync;

/// How many of the server's questions are answered at a time.
const MAX_QUESTIONS: usize = 16;

/// What the program does when the server speaks unasked.
#[derive(Clone, Default)]
pub(crate) struct Handlers {
    pub(crate) elicitation: Option<Arc<Elicit>>,
    pub(crate) notification: Option<Arc<Notified>>,
}

/// Answers questions. Notifications never get here: [`Link`](super::Link) passes them on in their order.
pub(super) struct Handler {
    config: ClientConfig,
    elicit: Option<Arc<Elicit>>,
    questions: Semaphore,
}

impl Handler {
    pub(super) fn new(config: ClientConfig, elicit: Option<Arc<Elicit>>) -> Self {
        Self { config, elicit, questions: Semaphore::new(MAX_QUESTIONS) }
    }

    async fn answer(&self, request: CustomRequest) -> Result<Value, ErrorData> {
        let refuse = |code, message: String| Err(ErrorData::new(code, message, None));
        let (method, params) = lossless::call(&request.method, request.params);
        let ("elicitation/create", Some(elicit)) = (method, &self.elicit) else {
            let message = format!("unsupported request method: {method}");
            return refuse(ErrorCode::METHOD_NOT_FOUND, message);
        };
        let Ok(_place) = self.questions.try_acquire() else {
            let message = format!("{MAX_QUESTIONS} questions wait for answers; ask again later");
            return refuse(ErrorCode::INTERNAL_ERROR, message);
        };
        elicit(params)
            .await
            .or_else(|error| refuse(ErrorCode::INTERNAL_ERROR, error.message().to_owned()))
    }
}

impl ClientHandler for Handler {
    fn get_info(&self) -> ClientConfig {
        self.config.clone()
    }

    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleClient>,
    ) -> Result<CustomResult, ErrorData> {
        tokio::select! {
            answer = self.answer(request) => answer.map(CustomResult),
            // Nobody reads it; the question of the program's user ends here.
            () = context.ct.cancelled() => Err(ErrorData::internal_error("cancelled", None)),
        }
    }
}
