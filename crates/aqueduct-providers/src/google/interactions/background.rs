//! Interactions that go on at the vendor while nobody waits.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use aqueduct_http::{EventStream, Json};
use aqueduct_spec::language::{
    Content, Finish, Headers, RawPart, ReasoningDelta, ReasoningEnd, ReasoningStart, StreamPart,
    StreamStart, TextDelta, TextEnd, TextStart, ToolInputDelta, ToolInputEnd, ToolInputStart,
};
use aqueduct_spec::{Context, Error, ErrorKind, Result, Warning};
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::account::{finish_reason, is_over, metadata, usage};
use super::model::Interaction;
use super::steps;
use super::stream::{StreamDecoder, head};
use crate::google::config::Config;
use crate::google::error;
use crate::part_stream::DecodeEvents as _;

const FIRST_DELAY: Duration = Duration::from_secs(1);

const LONGEST_DELAY: Duration = Duration::from_secs(10);

/// Agents may work for tens of minutes.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// How often in a row a connection may fail.
const MAX_ATTEMPTS: u32 = 3;

const RETRY_DELAY: Duration = Duration::from_millis(500);

/// Where an interaction is, below the base URL.
fn path(id: &str) -> Result<String> {
    // What is a path segment of its own needs no escaping, and ids of the vendor are nothing else.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
    if id.is_empty() || !id.chars().all(is_plain) || matches!(id, "." | "..") {
        return Err(Error::invalid_response(
            "google.interactions: the answer has no usable id of a background interaction",
        ));
    }
    Ok(format!("/interactions/{id}"))
}

/// Asks for an interaction until it is over.
///
/// # Errors
/// `Timeout` if that takes too long, and those of the API.
pub(super) async fn wait(
    config: &Config,
    id: &str,
    headers: Option<&Headers>,
    timeout_ms: Option<u64>,
) -> Result<Json<Interaction>> {
    let path = path(id)?;
    let timeout = timeout_ms.map_or(DEFAULT_TIMEOUT, Duration::from_millis);
    let start = Instant::now();
    let mut delay = FIRST_DELAY;
    loop {
        if start.elapsed() > timeout {
            let message = format!(
                "google.interactions: timed out polling interaction {id} after {}ms.",
                timeout.as_millis()
            );
            return Err(Error::new(ErrorKind::Timeout, message));
        }
        sleep(delay).await;
        delay = (delay * 2).min(LONGEST_DELAY);
        let response = config.endpoint.get(&path, headers).send().await?;
        let json: Json<Interaction> = error::json(response).await?;
        // One that waits for the client would wait for ever.
        if is_over(&json.value.status) || json.value.status == "requires_action" {
            return Ok(json);
        }
    }
}

struct Following {
    config: Arc<Config>,
    path: String,
    headers: Option<Headers>,
    decoder: StreamDecoder,
    events: Option<EventStream>,
    /// Whether this connection has brought anything.
    has_brought: bool,
    attempts: u32,
    parts: VecDeque<StreamPart>,
    is_finished: bool,
}

/// Follows an interaction by its events. Where the connection breaks, the next goes on behind the last event.
pub(super) fn follow(
    config: &Arc<Config>,
    id: &str,
    headers: Option<&Headers>,
    decoder: StreamDecoder,
    start: StreamStart,
) -> Result<impl Stream<Item = Result<StreamPart>> + Send + use<>> {
    let following = Following {
        config: Arc::clone(config),
        path: path(id)?,
        headers: headers.cloned(),
        decoder,
        events: None,
        has_brought: false,
        attempts: 0,
        parts: VecDeque::from([start.into()]),
        is_finished: false,
    };
    Ok(stream::unfold(following, |mut following| async move {
        let part = following.next().await?;
        Some((part, following))
    }))
}

impl Following {
    async fn next(&mut self) -> Option<Result<StreamPart>> {
        loop {
            if let Some(part) = self.parts.pop_front() {
                return Some(Ok(part));
            }
            if self.is_finished {
                return None;
            }
            if let Err(error) = self.step().await {
                self.is_finished = true;
                return Some(Err(error));
            }
        }
    }

    async fn step(&mut self) -> Result<()> {
        if self.decoder.is_over() {
            self.events = None;
            self.is_finished = true;
            return self.decoder.finish(&mut self.parts);
        }
        let Some(events) = &mut self.events else {
            return match self.connect().await {
                Ok(events) => {
                    self.events = Some(events);
                    self.has_brought = false;
                    Ok(())
                }
                Err(error) => self.again(error).await,
            };
        };
        match events.next().await {
            Some(Ok(event)) if event.data() == "[DONE]" => Ok(()),
            Some(Ok(event)) => {
                self.has_brought = true;
                self.decoder.event(event.data(), &mut self.parts)
            }
            Some(Err(error)) => self.again(error).await,
            None if self.has_brought => {
                self.events = None;
                self.attempts = 0;
                Ok(())
            }
            None => {
                self.again(Error::invalid_response(
                    "google.interactions: SSE stream closed without producing any events.",
                ))
                .await
            }
        }
    }

    async fn connect(&self) -> Result<EventStream> {
        let mut request = self.config.endpoint.get(&self.path, self.headers.as_ref());
        request = request.header("accept", "text/event-stream").query([("stream", "true")]);
        if let Some(id) = self.decoder.last_event_id() {
            request = request.query([("last_event_id", id)]);
        }
        Ok(error::check(request.send().await?).await?.events())
    }

    /// Waits for another try, if there is to be one.
    async fn again(&mut self, error: Error) -> Result<()> {
        self.events = None;
        self.attempts += 1;
        if self.attempts >= MAX_ATTEMPTS {
            return Err(error);
        }
        sleep(RETRY_DELAY * self.attempts).await;
        Ok(())
    }
}

/// A whole answer as the parts of a stream.
pub(super) fn replay(
    interaction: &Interaction,
    raw: Option<Value>,
    service_tier: Option<&str>,
    warnings: Vec<Warning>,
    cx: &Context,
) -> Vec<StreamPart> {
    let id = interaction.present_id();
    let mut parts: Vec<StreamPart> = vec![StreamStart::new(warnings).into()];
    parts.push(head(id.map(str::to_owned), &interaction.head()).into());
    parts.extend(raw.map(|raw| RawPart::new(raw).into()));
    let output = steps::read(interaction.steps(), id, cx);
    for (index, content) in output.content.into_iter().enumerate() {
        let block = format!("{}:{index}", id.unwrap_or("agent"));
        replay_content(content, &block, &mut parts);
    }
    let reason = finish_reason(Some(&interaction.status), output.has_function_call);
    let mut finish = Finish::new(reason, usage(interaction.usage.as_ref()));
    let tier = interaction.service_tier.as_deref().or(service_tier);
    finish.provider_metadata = Some(metadata(id, tier, interaction.usage.as_ref()));
    parts.push(finish.into());
    parts
}

fn replay_content(content: Content, block: &str, parts: &mut Vec<StreamPart>) {
    match content {
        Content::Text(content) => {
            parts.push(TextStart::new(block).into());
            if !content.text.is_empty() {
                parts.push(TextDelta::new(block, content.text).into());
            }
            let mut end = TextEnd::new(block);
            end.provider_metadata = content.provider_metadata;
            parts.push(end.into());
        }
        Content::Reasoning(content) => {
            parts.push(ReasoningStart::new(block).into());
            if !content.text.is_empty() {
                parts.push(ReasoningDelta::new(block, content.text).into());
            }
            let mut end = ReasoningEnd::new(block);
            end.provider_metadata = content.provider_metadata;
            parts.push(end.into());
        }
        Content::ToolCall(call) => {
            let id = call.tool_call_id.as_str();
            let mut start = ToolInputStart::new(id, call.tool_name.as_str());
            start.provider_executed = call.provider_executed;
            parts.push(start.into());
            parts.push(ToolInputDelta::new(id, call.input.as_str()).into());
            parts.push(ToolInputEnd::new(id).into());
            parts.push(call.into());
        }
        Content::ToolResult(result) => parts.push(result.into()),
        Content::Source(source) => parts.push(source.into()),
        Content::File(file) => parts.push(file.into()),
        _ => {}
    }
}
