//! Plays a case against its provider.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aqueduct_http::Client;
use aqueduct_providers::{Settings, find};
use aqueduct_spec::embedding::EmbedOptions;
use aqueduct_spec::image::GenerateImageOptions;
use aqueduct_spec::language::CallOptions;
use aqueduct_spec::reranking::RerankOptions;
use aqueduct_spec::speech::GenerateSpeechOptions;
use aqueduct_spec::transcription::TranscribeOptions;
use aqueduct_spec::video::{GenerateVideoOptions, GetVideoStatusOptions};
use aqueduct_spec::{
    Call, Context, Data, Embed, Error, Generate, GenerateImage, GenerateSpeech, GenerateVideo,
    GetVideoStatus, Include, Provider, Rerank, StartVideo, Stream, Transcribe,
};
use aqueduct_testkit::{RecordedRequest, Reply, ScriptedUpstream};
use futures_util::StreamExt as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::case::{Case, replaced, text, volatile};
use super::compare::differences;
use super::multipart;

/// Headers that say nothing of the provider.
const AMBIENT: &[&str] = &[
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept",
    "accept-encoding",
    "accept-language",
    "user-agent",
    "sec-fetch-mode",
];

/// Returns what is different; nothing if the case passes.
pub(super) async fn play(case: &Case) -> Vec<String> {
    let log: Arc<Mutex<Vec<String>>> = Arc::default();
    let left = Arc::new(Mutex::new(case.exchanges().to_vec()));
    let upstream = {
        let (log, left) = (Arc::clone(&log), Arc::clone(&left));
        ScriptedUpstream::new(move |request| {
            let mut left = left.lock().unwrap();
            let have = received(request);
            let fits =
                |want: &Value| want["method"] == have["method"] && want["url"] == have["url"];
            let position = left.iter().position(|exchange| fits(&recorded(&exchange["request"])));
            let Some(position) = position else {
                let message = format!("upstream: unexpected {} {}", have["method"], have["url"]);
                log.lock().unwrap().push(message);
                return Reply::text(599, "unexpected request");
            };
            let exchange = left.remove(position);
            // An address of ours in the body is the recorded place again.
            let own = format!("http://{}", request.header("host"));
            let have = replaced(&have, &own, "{{upstream}}");
            let places = volatile(&exchange).into_iter().map(|at| match at.split_once('/') {
                Some(("json" | "text" | "base64", rest)) => format!("body/{rest}"),
                _ => at,
            });
            let found = differences(&recorded(&exchange["request"]), &have, &places.collect());
            log.lock().unwrap().extend(found.iter().map(|line| format!("upstream request {line}")));
            reply(&replaced(&exchange["response"], "{{upstream}}", &own))
        })
    };
    let here = case.at(&upstream.url());
    let answer = call(&here).await;
    let mut out = log.lock().unwrap().clone();
    out.extend(compare_answer(case, &replaced(&answer, &upstream.url(), "{{upstream}}")));
    for exchange in left.lock().unwrap().iter() {
        out.push(format!("upstream: {} was never asked", text(&exchange["request"]["url"])));
    }
    out
}

fn compare_answer(case: &Case, have: &Value) -> Vec<String> {
    let want = case.answer();
    if want["status"].as_u64() >= Some(400) {
        let mut out = Vec::new();
        if have["status"] != want["status"] {
            out.push(format!("answer: expected status {}, got {have}", want["status"]));
        }
        let from_upstream =
            case.exchanges().iter().any(|it| it["response"]["status"].as_u64() >= Some(400));
        let (want, have) = (&want["body"]["error"]["message"], &have["message"]);
        if from_upstream && want != have {
            out.push(format!("answer: expected message {want}, got {have}"));
        }
        return out;
    }
    let mut want = want.clone();
    want.as_object_mut().unwrap().shift_remove("status");
    if let Some(events) = want.get_mut("events").and_then(Value::as_array_mut) {
        events.iter_mut().for_each(calm);
    }
    differences(&want, have, &case.volatile())
}

/// Errors in streams are told in every gateway's own words.
fn calm(part: &mut Value) {
    if part["type"] == "error" {
        *part = json!({ "type": "error" });
    }
}

async fn call(case: &Case) -> Value {
    match answer(case).await {
        Ok(answer) => answer,
        Err(error) => {
            let status = error.status().map_or(400, |status| status.as_u16());
            json!({ "status": status, "message": error.message() })
        }
    }
}

async fn answer(case: &Case) -> Result<Value, Error> {
    let client = Client::builder().allow_private_downloads().no_proxy().build()?;
    let entry = find(case.provider()).unwrap_or_else(|| panic!("no {}", case.provider()));
    let mut provider = entry.build(&Settings::from(case.settings()), &client)?;
    let (provider_string, model) = case.model();
    if let Some((_, wire)) = provider_string.rsplit_once('.')
        && let Some(wired) = provider.wire(wire)
    {
        provider = wired;
    }
    let provider = &*provider;
    match case.path() {
        "/language-model" if case.is_stream() => stream(provider, model, case).await,
        "/language-model" => unary::<Generate, CallOptions>(provider, model, case).await,
        "/embedding-model" => unary::<Embed, EmbedOptions>(provider, model, case).await,
        "/image-model" => unary::<GenerateImage, GenerateImageOptions>(provider, model, case).await,
        "/reranking-model" => unary::<Rerank, RerankOptions>(provider, model, case).await,
        "/transcription-model" => {
            unary::<Transcribe, TranscribeOptions>(provider, model, case).await
        }
        "/speech-model" => {
            unary::<GenerateSpeech, GenerateSpeechOptions>(provider, model, case).await
        }
        "/video-model" => unary::<GenerateVideo, GenerateVideoOptions>(provider, model, case).await,
        "/video-model/start" => {
            unary::<StartVideo, GenerateVideoOptions>(provider, model, case).await
        }
        "/video-model/status" => {
            unary::<GetVideoStatus, GetVideoStatusOptions>(provider, model, case).await
        }
        path => panic!("cases of {path} are not played here"),
    }
}

/// Calls for an answer in one piece; what serde writes of it is what is compared.
async fn unary<C, O>(provider: &dyn Provider, model: &str, case: &Case) -> Result<Value, Error>
where
    C: Call + From<O>,
    C::Output: Serialize,
    O: DeserializeOwned,
{
    let output = C::model(provider, model)?.call(options::<O>(case)?.into(), &context()).await?;
    let mut body = serde_json::to_value(&output).unwrap();
    let fields = body.as_object_mut().unwrap();
    fields.shift_remove("request");
    if let Some(response) = fields.get_mut("response").and_then(Value::as_object_mut) {
        assert!(response.shift_remove("headers").is_some(), "the headers of the answer are lost");
        response.shift_remove("body");
    }
    Ok(json!({ "body": body }))
}

async fn stream(provider: &dyn Provider, model: &str, case: &Case) -> Result<Value, Error> {
    let call = Stream::from(options::<CallOptions>(case)?);
    let output = Stream::model(provider, model)?.call(call, &context()).await?;
    let mut parts = output.stream;
    let mut events = Vec::new();
    while let Some(part) = parts.next().await {
        let mut part = match part {
            Ok(part) => serde_json::to_value(&part).unwrap(),
            Err(error) => json!({ "type": "error", "error": error.message() }),
        };
        calm(&mut part);
        events.push(part);
    }
    Ok(json!({ "events": events }))
}

pub(crate) fn options<O: DeserializeOwned>(case: &Case) -> Result<O, Error> {
    serde_json::from_value(case.options())
        .map_err(|error| Error::invalid_request(format!("the call: {error}")))
}

fn context() -> Context {
    Context::default().with_include(Include::ALL)
}

fn reply(response: &Value) -> Reply {
    let status = u16::try_from(response["status"].as_u64().unwrap()).unwrap();
    let mut reply = Reply::new(status);
    for (name, value) in response["headers"].as_object().into_iter().flatten() {
        if !["content-length", "content-encoding", "transfer-encoding"].contains(&name.as_str()) {
            reply = reply.header(name, text(value));
        }
    }
    for chunk in response["chunks"].as_array().unwrap() {
        reply = match response["binary"].as_bool() {
            Some(true) => reply.chunk(Data::Base64(text(chunk).to_owned()).to_bytes().unwrap()),
            _ => reply.chunk(text(chunk).to_owned()),
        };
    }
    reply
}

/// The recorded request in the shape that is compared.
fn recorded(request: &Value) -> Value {
    let headers: BTreeMap<String, String> = request["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.to_lowercase(), text(value).to_owned()))
        .collect();
    let body = if let Some(json) = request.get("json") {
        Some(json.clone())
    } else if let Some(base64) = request.get("base64") {
        let bytes = Data::Base64(text(base64).to_owned()).to_bytes().unwrap();
        let content_type = headers.get("content-type").map_or("", String::as_str);
        Some(multipart::parts(&bytes, content_type).unwrap_or_else(|| base64.clone()))
    } else {
        request.get("text").cloned()
    };
    let url = text(&request["url"]).trim_start_matches("{{upstream}}");
    normal(text(&request["method"]), url, headers, body)
}

/// The received request in the shape that is compared.
fn received(request: &RecordedRequest) -> Value {
    let headers: BTreeMap<String, String> = request
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let content_type = headers.get("content-type").cloned().unwrap_or_default();
    let body = (!request.body.is_empty()).then(|| {
        serde_json::from_slice(&request.body)
            .ok()
            .or_else(|| multipart::parts(&request.body, &content_type))
            .unwrap_or_else(|| json!(String::from_utf8_lossy(&request.body)))
    });
    normal(request.method.as_str(), &request.target, headers, body)
}

fn normal(
    method: &str,
    target: &str,
    mut headers: BTreeMap<String, String>,
    body: Option<Value>,
) -> Value {
    headers.retain(|name, _| !AMBIENT.contains(&name.as_str()));
    if body.is_none() {
        headers.remove("content-type");
    }
    if let Some(content_type) = headers.get_mut("content-type") {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_owned();
        *content_type = essence;
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut query: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
    query.sort_unstable();
    json!({ "method": method, "url": path, "query": query, "headers": headers, "body": body })
}
