//! What is told of an answer beside its content.

use aqueduct_http::Json;
use aqueduct_spec::Context;
use aqueduct_spec::language::ResponseInfo;

/// The headers of an answer, and its body if the caller wants it.
pub(crate) fn answer_info<T>(json: &Json<T>, cx: &Context) -> ResponseInfo {
    let mut info = ResponseInfo::default().with_headers(&json.headers);
    if cx.include.response_body {
        info.body = serde_json::from_slice(&json.bytes).ok();
    }
    info
}
