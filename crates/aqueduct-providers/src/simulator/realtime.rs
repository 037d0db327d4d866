//! The realtime model: tokens that open nothing, and frames that are the common events.

use aqueduct_spec::realtime::{
    ClientEvent, ClientSecret, CreateClientSecretOptions, ServerEvent, SessionConfig,
    WebSocketConfig,
};
use aqueduct_spec::{BoxFuture, Context, Describe, Error, ModelInfo, RealtimeModel, Result};
use serde::Serialize;
use serde_json::Value;

use super::calls::located;
use super::provider::Seat;
use super::script::Script;

/// How long a token says that it lives, unless another time is asked for.
const LIFETIME_SECONDS: u64 = 60;

/// The realtime model of the simulator. There is no session behind its tokens.
#[derive(Debug)]
pub(super) struct SimulatedRealtime(pub(super) Seat);

impl Describe for SimulatedRealtime {
    fn info(&self) -> &ModelInfo {
        &self.0.info
    }
}

impl RealtimeModel for SimulatedRealtime {
    fn create_client_secret<'a>(
        &'a self,
        options: CreateClientSecretOptions,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<ClientSecret>> {
        Box::pin(async move {
            let Seat { calls, info } = &self.0;
            let locate = |error| located(error, info);
            let config = options.session_config.unwrap_or_default();
            let script = match config.provider_options.and_then(|mut it| it.remove(&calls.name)) {
                Some(Value::Object(script)) => {
                    let options = aqueduct_spec::ProviderOptions::of("simulator", script);
                    Script::read(&calls.name, Some(&options), &[], 0).map_err(locate)?
                }
                _ => Script::default(),
            };
            calls.begin_whole(info, script, "realtime token").await?;
            let url = format!("wss://simulator.invalid/realtime?model={}", info.model_id);
            let mut secret = ClientSecret::new(format!("simulated-{}", cx.generate_id()), url);
            let now = u64::try_from(cx.now().as_millisecond() / 1000).unwrap_or_default();
            let lifetime = options.expires_after_seconds.unwrap_or(LIFETIME_SECONDS);
            secret.expires_at = Some(now.saturating_add(lifetime));
            Ok(secret)
        })
    }

    fn websocket_config(&self, secret: &ClientSecret) -> WebSocketConfig {
        WebSocketConfig::new(&secret.url, ["simulator-realtime.v1", secret.token.as_str()])
    }

    fn decode_server_event(&self, frame: Value) -> Result<Vec<ServerEvent>> {
        let event = serde_json::from_value(frame);
        event.map(|event| vec![event]).map_err(|error| {
            let words = aqueduct_spec::json::plain_problem(&error.to_string());
            located(Error::invalid_response(format!("invalid event: {words}")), &self.0.info)
        })
    }

    fn encode_client_event(&self, event: &ClientEvent) -> Result<Option<Value>> {
        json(event).map(Some)
    }

    fn encode_session_config(&self, config: &SessionConfig) -> Result<Value> {
        json(config)
    }
}

fn json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value)
        .map_err(|error| Error::internal("cannot write an event").with_source(error))
}
