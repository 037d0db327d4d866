//! What layers do with a streamed answer.

use std::collections::VecDeque;

use futures_core::future::BoxFuture;
use futures_util::{StreamExt as _, stream};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ErrorPart, ResponseInfo, StreamPart, StreamResult, StreamStart, UnifiedFinishReason};
use crate::answer::{Answer, Keep, Unsettled, from_recording};
use crate::error::{Error, ErrorKind, Result};
use crate::model::BoxStream;
use crate::warning::Warning;

/// How many parts without content may come first. A provider that sends more is taken to have begun, so that what is held
/// back stays small.
const MAX_LEADING_PARTS: usize = 256;

impl Answer for StreamResult {
    const STREAMS: bool = true;

    fn settle(mut self) -> BoxFuture<'static, Result<Self, Unsettled<Self>>> {
        Box::pin(async move {
            let mut leading = VecDeque::new();
            while leading.len() < MAX_LEADING_PARTS {
                let part = match self.stream.next().await {
                    Some(Ok(StreamPart::Error(part))) => {
                        let error = part.to_error();
                        leading.push_back(Ok(part.into()));
                        let answer = self.map_stream(|rest| stream::iter(leading).chain(rest));
                        return Err(Unsettled::reported(error, answer));
                    }
                    Some(part) => part?,
                    None => return Err(ended_early().into()),
                };
                let begun = part.is_content() || matches!(part, StreamPart::Finish(_));
                leading.push_back(Ok(part));
                if begun {
                    break;
                }
            }
            Ok(self.map_stream(|rest| stream::iter(leading).chain(rest)))
        })
    }

    fn warn(&mut self, warnings: Vec<Warning>) {
        let empty: BoxStream<'static, Result<StreamPart>> = Box::pin(stream::empty());
        let parts = std::mem::replace(&mut self.stream, empty);
        let mut waiting = Some(warnings);
        self.stream = Box::pin(parts.flat_map(move |mut part| {
            let mut added = None;
            match (&mut part, waiting.take()) {
                (Ok(StreamPart::StreamStart(start)), Some(warnings)) => {
                    start.warnings.extend(warnings);
                }
                // Warnings have no other place than the start, so a stream without one gets it.
                (Ok(_), Some(warnings)) => added = Some(Ok(StreamStart::new(warnings).into())),
                (Err(_), _) | (_, None) => {}
            }
            stream::iter(added.into_iter().chain([part]))
        }));
    }

    fn record(self, max_bytes: usize, keep: Keep) -> Self {
        let response = self.response.as_ref().map(|response| ResponseInfo {
            headers: None,
            body: None,
            ..response.clone()
        });
        let mut recorder = Some(Recorder::new(response.as_ref(), max_bytes, keep));
        self.map_stream(move |parts| {
            parts.inspect(move |part| {
                recorder = recorder.take().and_then(|recorder| recorder.add(part));
            })
        })
    }

    fn replay(recording: &[u8]) -> Result<Self> {
        let Recording { parts, response } = from_recording(recording)?;
        let mut answer = Self::new(stream::iter(parts.into_iter().map(Ok)));
        answer.response = response;
        Ok(answer)
    }
}

fn ended_early() -> Error {
    Error::new(ErrorKind::Network, "the stream ended before its first content")
}

impl ErrorPart {
    /// What is known of the failure, as an error: the provider's message, code and status where the part has them.
    pub fn to_error(&self) -> Error {
        // Providers nest what they say in `error`, some in two.
        let inner = self.error.get("error").filter(|inner| inner.is_object());
        let said = inner.unwrap_or(&self.error);
        let text = |name| said.get(name).and_then(Value::as_str);
        let message = text("message").or_else(|| self.error.as_str());
        let message = message.unwrap_or("the stream reported a failure").to_owned();
        let status = ["statusCode", "status", "code"]
            .into_iter()
            .find_map(|name| said.get(name).or_else(|| self.error.get(name))?.as_u64())
            .and_then(|status| StatusCode::from_u16(u16::try_from(status).ok()?).ok())
            .filter(|status| status.is_client_error() || status.is_server_error());
        let kind = match status.map(|status| status.as_u16()) {
            Some(401) => ErrorKind::Authentication,
            Some(402) => ErrorKind::QuotaExceeded,
            Some(403) => ErrorKind::Forbidden,
            Some(404) => ErrorKind::NotFound,
            Some(413) => ErrorKind::TooLarge,
            Some(429) => ErrorKind::RateLimited,
            Some(400..=499) => ErrorKind::InvalidRequest,
            _ if text("type").is_some_and(|kind| kind.contains("rate_limit")) => {
                ErrorKind::RateLimited
            }
            _ if text("type").is_some_and(|kind| kind.contains("invalid_request")) => {
                ErrorKind::InvalidRequest
            }
            _ => ErrorKind::Provider,
        };
        let mut error = Error::new(kind, message);
        if let Some(code) = text("code").or_else(|| text("type")) {
            error = error.with_code(code);
        }
        let flag = said.get("isRetryable").or_else(|| self.error.get("isRetryable"));
        match (flag.and_then(Value::as_bool), status) {
            (Some(retryable), _) => error = error.with_retryable(retryable),
            // A failure in the middle of an answer says nothing about the next one.
            (None, None) if kind == ErrorKind::Provider => error = error.with_retryable(true),
            (None, _) => {}
        }
        match status {
            Some(status) => error.with_status(status),
            None => error,
        }
    }
}

#[derive(Deserialize)]
struct Recording {
    #[serde(default)]
    response: Option<ResponseInfo>,
    parts: Vec<StreamPart>,
}

/// Writes the parts down as they pass.
struct Recorder {
    bytes: Vec<u8>,
    max_bytes: usize,
    keep: Keep,
}

impl Recorder {
    fn new(response: Option<&ResponseInfo>, max_bytes: usize, keep: Keep) -> Self {
        #[derive(Serialize)]
        struct Head<'a> {
            response: Option<&'a ResponseInfo>,
        }
        let mut bytes = serde_json::to_vec(&Head { response }).unwrap_or_default();
        bytes.pop();
        bytes.extend_from_slice(b",\"parts\":[");
        Self { bytes, max_bytes, keep }
    }

    /// Adds a part; gives itself up when there will be nothing more to add or nothing to keep.
    fn add(mut self, part: &Result<StreamPart>) -> Option<Self> {
        let part = part.as_ref().ok()?;
        if matches!(part, StreamPart::Error(_)) {
            return None;
        }
        serde_json::to_writer(&mut self.bytes, part).ok()?;
        let finish = match part {
            StreamPart::Finish(finish) => Some(finish),
            _ => None,
        };
        self.bytes.extend_from_slice(if finish.is_some() { b"]}" } else { b"," });
        if self.bytes.len() > self.max_bytes {
            return None;
        }
        let Some(finish) = finish else { return Some(self) };
        if finish.finish_reason.unified != UnifiedFinishReason::Error {
            (self.keep)(self.bytes);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::json;

    use super::*;
    use crate::language::{Finish, TextDelta};

    /// Polls streams that are always ready.
    fn now<T>(future: impl Future<Output = T>) -> T {
        futures_util::FutureExt::now_or_never(future).expect("nothing to wait for")
    }

    fn delta(text: &str) -> StreamPart {
        TextDelta::new("0", text).into()
    }

    fn answer(parts: Vec<Result<StreamPart>>) -> StreamResult {
        StreamResult::new(stream::iter(parts))
    }

    fn finish(unified: UnifiedFinishReason) -> StreamPart {
        let mut finish = Finish::default();
        finish.finish_reason.unified = unified;
        finish.into()
    }

    fn read(answer: StreamResult) -> Vec<Value> {
        let parts: Vec<_> = now(answer.stream.collect());
        parts.into_iter().map(|part| serde_json::to_value(part.unwrap()).unwrap()).collect()
    }

    #[test]
    fn a_settled_stream_has_begun_and_lost_nothing() {
        let parts = vec![
            Ok(StreamStart::new([]).into()),
            Ok(delta("a")),
            Ok(ErrorPart::new(json!({ "message": "late" })).into()),
        ];
        let settled = now(answer(parts.clone()).settle()).unwrap();
        assert_eq!(read(settled), read(answer(parts)));
    }

    #[test]
    fn a_failure_before_the_first_content_is_an_error() {
        let start = || Ok(StreamStart::new([]).into());
        let part = |error: Value| Ok(ErrorPart::new(error).into());
        let cases = [
            (vec![], ErrorKind::Network, true),
            (vec![start()], ErrorKind::Network, true),
            (vec![start(), Err(Error::new(ErrorKind::Network, "cut"))], ErrorKind::Network, true),
            (vec![start(), part(json!("overloaded"))], ErrorKind::Provider, true),
            (
                vec![part(json!({ "error": { "message": "m", "type": "rate_limit_error" } }))],
                ErrorKind::RateLimited,
                true,
            ),
            (vec![part(json!({ "message": "m", "code": 400 }))], ErrorKind::InvalidRequest, false),
            (
                vec![part(json!({ "message": "m", "isRetryable": false }))],
                ErrorKind::Provider,
                false,
            ),
        ];
        for (index, (parts, kind, retryable)) in cases.into_iter().enumerate() {
            let error = now(answer(parts).settle()).unwrap_err().error;
            assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "case {index}");
        }
    }

    #[test]
    fn only_a_complete_answer_is_recorded_and_replays_as_it_was() {
        let recorded = |parts: Vec<Result<StreamPart>>, max_bytes| {
            let kept = Arc::new(Mutex::new(None));
            let place = Arc::clone(&kept);
            let keep: Keep = Box::new(move |bytes| *place.lock().unwrap() = Some(bytes));
            let _: Vec<_> = now(answer(parts).record(max_bytes, keep).stream.collect());
            kept.lock().unwrap().take()
        };
        let whole = || vec![Ok(delta("a")), Ok(finish(UnifiedFinishReason::Stop))];
        let recording = recorded(whole(), 1000).unwrap();
        assert_eq!(read(StreamResult::replay(&recording).unwrap()), read(answer(whole())));

        assert_eq!(recorded(whole(), 50), None, "too large");
        assert_eq!(recorded(vec![Ok(delta("a"))], 1000), None, "cut");
        let failed = vec![Ok(delta("a")), Ok(finish(UnifiedFinishReason::Error))];
        assert_eq!(recorded(failed, 1000), None);
        let failed = vec![Ok(ErrorPart::new(json!({})).into()), Ok(finish(Default::default()))];
        assert_eq!(recorded(failed, 1000), None);
    }

    #[test]
    fn warnings_go_to_the_start_which_is_made_if_missing() {
        for first in [vec![], vec![Ok(StreamStart::new([]).into())]] {
            let mut answer = answer([first, vec![Ok(delta("a"))]].concat());
            answer.warn(vec![Warning::other("w")]);
            let parts = read(answer);
            assert_eq!(parts.len(), 2);
            assert_eq!(
                parts[0],
                json!({ "type": "stream-start", "warnings": [{ "type": "other", "message": "w" }] })
            );
        }
    }
}
