//! Bodies of requests and answers.

use aqueduct_spec::json::{from_slice, plain_problem, without_lone_surrogates};
use axum::body::Body;
use axum::response::Response;
use bytes::{BufMut as _, BytesMut};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Failure;

/// Reads a body; what is wrong is named with its path: `prompt[0].content[1].text`.
pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    if body.is_empty() {
        return Err(Failure::invalid("the body is empty: it must be a JSON object"));
    }
    // Only a failure pays for the second look, which finds out where it was.
    from_slice(body).map_err(|error| {
        let mended = without_lone_surrogates(body);
        let mut body = serde_json::Deserializer::from_slice(mended.as_deref().unwrap_or(body));
        match serde_path_to_error::deserialize::<_, T>(&mut body) {
            Ok(_) => wrong(".", &error),
            Err(found) => wrong(&found.path().to_string(), found.inner()),
        }
    })
}

fn wrong(path: &str, error: &serde_json::Error) -> Failure {
    if error.is_syntax() || error.is_eof() {
        return Failure::invalid(format!("the body is not JSON: {error}"));
    }
    let text = error.to_string();
    // The place in the text comes last, after whatever the text holds.
    let text = plain_problem(text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text));
    let mut message = text.as_str();
    let mut path = if path == "." { String::new() } else { path.to_owned() };
    // Unions of the specification are read in two steps, and the second one's path is in the words of its error.
    while let Some((inner, rest)) = message.split_once(": ").filter(|(inner, _)| is_path(inner)) {
        join(&mut path, inner);
        message = rest;
    }
    if let Some(name) =
        message.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'))
    {
        join(&mut path, name);
        return Failure::invalid(format!("{path} is missing")).with_param(path);
    }
    if path.is_empty() {
        return Failure::invalid("the body must be a JSON object");
    }
    Failure::invalid(format!("{path}: {message}")).with_param(path)
}

fn join(path: &mut String, inner: &str) {
    if !path.is_empty() && !inner.starts_with('[') {
        path.push('.');
    }
    path.push_str(inner);
}

/// Whether text could be the path of a field rather than the words of an error.
fn is_path(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '[' | ']' | '_' | '-');
    !text.is_empty() && text.chars().all(allowed)
}

/// Writes a JSON answer.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let mut out = BytesMut::with_capacity(1024).writer();
    if let Err(error) = serde_json::to_writer(&mut out, value) {
        tracing::error!(%error, "an answer cannot be written as JSON");
        return status_only(StatusCode::INTERNAL_SERVER_ERROR);
    }
    let mut response = Response::new(Body::from(out.into_inner().freeze()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn status_only(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Adds the headers that an error has beside its body.
pub(crate) fn with_error_headers(mut response: Response, failure: &Failure) -> Response {
    let headers = response.headers_mut();
    if let Some(wait) = failure.retry_after {
        let (seconds, millis) = crate::error::retry_after_headers(wait);
        headers.insert(header::RETRY_AFTER, seconds.into());
        headers.insert("retry-after-ms", millis.into());
    }
    if let Some(allow) = failure.allow {
        headers.insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    if failure.status == StatusCode::UNAUTHORIZED && failure.provider.is_none() {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

#[cfg(test)]
mod tests {
    use aqueduct_spec::language::CallOptions;

    use super::*;

    #[test]
    fn names_the_field_that_is_wrong() {
        let message = |body: &str| {
            let failure = decode::<CallOptions>(body.as_bytes()).unwrap_err();
            (failure.param.clone().unwrap_or_default(), failure.message.clone())
        };
        let (param, text) = message(
            r#"{"prompt":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text"}]}]}"#,
        );
        assert_eq!(param, "prompt[0].content[1].text");
        assert_eq!(text, "prompt[0].content[1].text is missing");
        let (param, text) =
            message(r#"{"prompt":[{"role":"user","content":[{"type":"text","text":5}]}]}"#);
        assert_eq!(param, "prompt[0].content[0].text");
        assert!(text.contains("expected a string"), "{text}");
        let (param, text) = message(r#"{"prompt":[],"temperature":"hot"}"#);
        assert_eq!(param, "temperature");
        assert!(text.contains("invalid type"), "{text}");
        let (param, _) = message(r#"{"prompt":[{"content":"x"}]}"#);
        assert_eq!(param, "prompt[0].role");
        let (param, _) = message("{}");
        assert_eq!(param, "prompt");
        for body in ["{", "{\"prompt\":[]} x", "nonsense"] {
            assert!(
                message(body).1.starts_with("the body is not JSON"),
                "{body}: {:?}",
                message(body)
            );
        }
        assert!(message("").1.contains("empty"));
        assert!(message("[1").1.contains("JSON object"), "{:?}", message("[]"));
    }
}
