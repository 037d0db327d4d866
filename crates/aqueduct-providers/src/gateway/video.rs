//! Video models: at once, over a connection that heartbeats keep open, or as a job that is asked after.

use aqueduct_http::Response;
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::video::{
    GenerateVideo, GenerateVideoOptions, GenerateVideoResult, GetVideoStatus, StartVideo,
    StartVideoResult, VideoStatus,
};
use aqueduct_spec::warning::Warning;
use aqueduct_spec::{BoxFuture, Context, Error, Model, Result};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::endpoint::Endpoint;
use super::error::ErrorEvent;
use super::model::{GatewayModel, take_headers};

/// The header by which a gateway tells a second try from a second call.
pub(super) const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The one event of an answer.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
#[expect(clippy::large_enum_variant, reason = "there is one of it")]
enum VideoEvent {
    Result(GenerateVideoResult),
    Error(ErrorEvent),
}

/// The body that starts a job.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Start<'a> {
    #[serde(flatten)]
    options: &'a GenerateVideoOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    callback_url: Option<String>,
}

impl Model<GenerateVideo> for GatewayModel {
    fn call<'a>(
        &'a self,
        mut call: GenerateVideo,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateVideoResult>> {
        Box::pin(async move {
            let headers = take_headers!(call);
            let has_webhook = call.webhook_url.is_some();
            if has_webhook {
                call.options_mut().webhook_url = None;
            }
            let request = self.post(Endpoint::VIDEO, headers.as_ref());
            let request = request.header("accept", "text/event-stream").json(&*call);
            let response = self.send(request).await?;
            let mut answer = self.one_event(response, cx).await?;
            if has_webhook {
                answer.warnings.push(Warning::unsupported_because(
                    "webhookUrl",
                    "a call that waits for its videos has nothing to report later",
                ));
            }
            Ok(answer)
        })
    }
}

impl GatewayModel {
    async fn one_event(&self, response: Response, cx: &Context) -> Result<GenerateVideoResult> {
        let response = self.expect_events(response).await?;
        let headers = response.headers().clone();
        let mut events = response.events();
        let event = match events.next().await {
            Some(event) => event.map_err(|error| self.named(error))?,
            None => {
                return Err(self.named(Error::invalid_response(
                    "the stream of the gateway ended without the videos",
                )));
            }
        };
        match event.json::<VideoEvent>().map_err(|error| self.named(error))? {
            VideoEvent::Result(mut answer) => {
                let said = answer.response.take().unwrap_or_default();
                let mut info: ResponseInfo = self.dated(said.with_headers(&headers), cx);
                if cx.include.response_body {
                    info.body = event.json::<Value>().ok();
                }
                answer.response = Some(info);
                Ok(answer)
            }
            VideoEvent::Error(error) => {
                Err(self.named(error.into_error(headers, &self.connection.credential)))
            }
        }
    }
}

impl Model<StartVideo> for GatewayModel {
    fn call<'a>(
        &'a self,
        mut call: StartVideo,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<StartVideoResult>> {
        Box::pin(async move {
            let headers = take_headers!(call);
            let callback_url =
                call.webhook_url.is_some().then(|| call.options_mut().webhook_url.take()).flatten();
            let mut request = self.post(Endpoint::VIDEO_START, headers.as_ref());
            // Whoever tries again sets a key of its own, the same for every try; this one guards against proxies that do.
            if !headers.iter().flatten().any(|(name, _)| name.eq_ignore_ascii_case(IDEMPOTENCY_KEY))
            {
                let key = format!("aisdk_vid_{}", cx.generate_id());
                request = request.header(IDEMPOTENCY_KEY, key);
            }
            let body = Start { options: &call, callback_url };
            let mut answer = self.ask::<StartVideoResult>(request, &body, cx).await?;
            let said = answer.value.response.take();
            answer.value.response = Some(self.dated(answer.response(said), cx));
            Ok(answer.value)
        })
    }
}

impl Model<GetVideoStatus> for GatewayModel {
    fn call<'a>(
        &'a self,
        mut call: GetVideoStatus,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<VideoStatus>> {
        Box::pin(async move {
            let headers = take_headers!(call);
            let request = self.post(Endpoint::VIDEO_STATUS, headers.as_ref());
            let mut answer = self.ask::<VideoStatus>(request, &*call, cx).await?;
            let Some(place) = response_of(&mut answer.value) else {
                let state = answer.value.tag();
                let text = format!("'{state}', as the gateway calls it, is no state of a video");
                return Err(self.named(Error::invalid_response(text)));
            };
            let said = place.take();
            let info = self.dated(answer.response(said), cx);
            if let Some(place) = response_of(&mut answer.value) {
                *place = Some(info);
            }
            Ok(answer.value)
        })
    }
}

/// Where a state keeps what came back; `None` if this version does not know the state.
fn response_of(status: &mut VideoStatus) -> Option<&mut Option<ResponseInfo>> {
    match status {
        VideoStatus::Pending(status) => Some(&mut status.response),
        VideoStatus::Completed(status) => Some(&mut status.response),
        VideoStatus::Error(status) => Some(&mut status.response),
        VideoStatus::Cancelled(status) => Some(&mut status.response),
        _ => None,
    }
}
