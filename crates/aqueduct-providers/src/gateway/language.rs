//! Language models: whole answers, and answers in parts.

use aqueduct_http::{EventStream, MAX_ERROR_BODY_BYTES, Response};
use aqueduct_spec::language::{
    CallOptions, Generate, GenerateResult, ResponseInfo, Stream, StreamPart, StreamResult,
};
use aqueduct_spec::{BoxFuture, BoxStream, Context, Error, ErrorKind, Model, Result};
use futures_util::{StreamExt as _, stream};

use super::endpoint::Endpoint;
use super::model::GatewayModel;

const STREAMING: &str = "ai-language-model-streaming";

impl Model<Generate> for GatewayModel {
    fn call<'a>(
        &'a self,
        mut call: Generate,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateResult>> {
        Box::pin(async move {
            if has_unset_headers(&call) {
                drop_unset_headers(call.options_mut());
            }
            let request = self.post(Endpoint::LANGUAGE, call.headers.as_ref());
            let request = request.header(STREAMING, "false");
            let mut answer = self.ask::<GenerateResult>(request, &*call, cx).await?;
            let said = answer.value.response.take();
            answer.value.response = Some(answer.response(said));
            answer.value.request = answer.request;
            Ok(answer.value)
        })
    }
}

impl Model<Stream> for GatewayModel {
    fn call<'a>(
        &'a self,
        mut call: Stream,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<StreamResult>> {
        Box::pin(async move {
            if has_unset_headers(&call) {
                drop_unset_headers(call.options_mut());
            }
            let request = self.post(Endpoint::LANGUAGE, call.headers.as_ref());
            let request = request.header(STREAMING, "true").json(&*call);
            let sent = self.sent(&*call, cx)?;
            let response = self.send(request).await?;
            let response = self.expect_events(response).await?;
            let headers = ResponseInfo::default().with_headers(response.headers());
            let wants_raw = call.include_raw_chunks == Some(true);
            let mut answer = StreamResult::new(self.parts(response.events(), wants_raw));
            answer.request = sent;
            answer.response = Some(headers);
            Ok(answer)
        })
    }
}

/// The body repeats the call's headers, but only those that have a value.
fn has_unset_headers(options: &CallOptions) -> bool {
    options.headers.iter().flatten().any(|(_, value)| value.is_none())
}

fn drop_unset_headers(options: &mut CallOptions) {
    if let Some(headers) = &mut options.headers {
        headers.retain(|_, value| value.is_some());
    }
}

/// A stream that is being read.
struct Parts {
    events: EventStream,
    wants_raw: bool,
    /// Whether the answer is known to be complete.
    is_complete: bool,
    is_over: bool,
}

impl Parts {
    async fn next(&mut self) -> Option<Result<StreamPart>> {
        while !self.is_over {
            let event = match self.events.next().await {
                Some(Ok(event)) => event,
                Some(Err(error)) => return self.fail(error),
                None if self.is_complete => break,
                None => return self.fail(cut()),
            };
            if event.data() == "[DONE]" {
                self.is_complete = true;
                continue;
            }
            match event.json::<StreamPart>() {
                Ok(StreamPart::Raw(_)) if !self.wants_raw => {}
                Ok(part) => {
                    self.is_complete |=
                        matches!(part, StreamPart::Finish(_) | StreamPart::Error(_));
                    return Some(Ok(part));
                }
                Err(error) => return self.fail(error),
            }
        }
        None
    }

    fn fail(&mut self, error: Error) -> Option<Result<StreamPart>> {
        self.is_over = true;
        Some(Err(error))
    }
}

/// Neither the end of the answer nor a failure was told.
fn cut() -> Error {
    Error::new(ErrorKind::Network, "the stream of the gateway ended before the answer did")
        .with_retryable(true)
}

impl GatewayModel {
    fn parts(
        &self,
        events: EventStream,
        wants_raw: bool,
    ) -> BoxStream<'static, Result<StreamPart>> {
        let parts = Parts { events, wants_raw, is_complete: false, is_over: false };
        let (provider, model) = (super::ID, self.id().to_owned());
        let parts = stream::unfold(parts, |mut parts| async move {
            parts.next().await.map(|part| (part, parts))
        });
        Box::pin(parts.map(move |part| {
            part.map_err(|error| error.with_provider(provider).with_model(model.clone()))
        }))
    }

    /// Refuses what is certainly no stream: the page of a proxy, or a server that does not stream.
    pub(super) async fn expect_events(&self, response: Response) -> Result<Response> {
        let media_type = response.media_type().unwrap_or_default();
        if !matches!(media_type.as_str(), "text/html" | "application/json") {
            return Ok(response);
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let url = response.url().to_owned();
        let body = response.bytes_up_to(MAX_ERROR_BODY_BYTES).await.unwrap_or_default();
        let error = Error::invalid_response(format!(
            "the gateway answered with {media_type} instead of a stream of events"
        ));
        Err(self.named(error.with_status(status).with_url(&url).with_response(headers, body)))
    }
}
