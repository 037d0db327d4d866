//! A realtime model.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use aqueduct_spec::realtime::{
    ClientEvent, ClientSecret, CreateClientSecretOptions, RealtimeModel, ServerEvent,
    SessionConfig, WebSocketConfig,
};
use aqueduct_spec::{BoxFuture, Context, Describe, Error, ModelInfo, Result};
use serde_json::Value;

type Answer = dyn Fn(&CreateClientSecretOptions, usize) -> Result<ClientSecret> + Send + Sync;

/// A realtime model whose frames are the common events as they are.
pub struct MockRealtimeModel {
    info: ModelInfo,
    answer: Box<Answer>,
    calls: Mutex<Vec<CreateClientSecretOptions>>,
}

impl MockRealtimeModel {
    /// Makes secrets with a function of what they are wanted for and of the number of the call, counted from 0.
    pub fn new(
        answer: impl Fn(&CreateClientSecretOptions, usize) -> Result<ClientSecret>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self {
            info: ModelInfo::new("mock", "mock"),
            answer: Box::new(answer),
            calls: Mutex::default(),
        }
    }

    /// Makes the same secret each time.
    pub fn secret(secret: ClientSecret) -> Self {
        Self::new(move |_, _| Ok(secret.clone()))
    }

    /// Sets what the model is called; `mock` of `mock` otherwise.
    #[must_use]
    pub fn with_info(mut self, info: ModelInfo) -> Self {
        self.info = info;
        self
    }

    /// What secrets were wanted for so far.
    pub fn calls(&self) -> Vec<CreateClientSecretOptions> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Describe for MockRealtimeModel {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
}

impl RealtimeModel for MockRealtimeModel {
    fn create_client_secret<'a>(
        &'a self,
        options: CreateClientSecretOptions,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<ClientSecret>> {
        Box::pin(async move {
            let number = {
                let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
                calls.push(options.clone());
                calls.len() - 1
            };
            (self.answer)(&options, number)
        })
    }

    fn websocket_config(&self, secret: &ClientSecret) -> WebSocketConfig {
        WebSocketConfig::new(&secret.url, [secret.token.as_str()])
    }

    fn decode_server_event(&self, frame: Value) -> Result<Vec<ServerEvent>> {
        let event = serde_json::from_value(frame);
        event.map(|event| vec![event]).map_err(|error| Error::invalid_response(error.to_string()))
    }

    fn encode_client_event(&self, event: &ClientEvent) -> Result<Option<Value>> {
        serde_json::to_value(event).map(Some).map_err(|error| Error::internal(error.to_string()))
    }

    fn encode_session_config(&self, config: &SessionConfig) -> Result<Value> {
        serde_json::to_value(config).map_err(|error| Error::internal(error.to_string()))
    }
}

impl fmt::Debug for MockRealtimeModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockRealtimeModel").field("info", &self.info).finish_non_exhaustive()
    }
}
