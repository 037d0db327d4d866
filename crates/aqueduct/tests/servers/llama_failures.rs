//! What a llama.cpp server refuses, and how a call to it is given up.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use aqueduct::spec::FileData;
use aqueduct::spec::language::{FilePart, UserMessage};
use aqueduct::{
    Client, Error, ErrorKind, LanguageModel, Message, Provider as _, embed, generate_text,
    stream_text,
};
use futures_util::StreamExt as _;
use serde_json::Value;

use crate::llama::{SENTENCE, chat_model, chat_server, host};
use crate::tap::{Flow, Tap};

/// What every error of the server has.
fn check(error: &Error, status: u16, kind: ErrorKind) -> Value {
    assert_eq!(error.status().unwrap().as_u16(), status, "{error:?}");
    assert_eq!(error.kind(), kind, "{error:?}");
    assert!(error.provider().unwrap().starts_with("local."));
    assert_eq!(error.model(), Some("tiny"));
    assert!(error.response_headers().is_some());
    let body: Value = serde_json::from_slice(error.response_body().unwrap()).unwrap();
    assert_eq!(body["error"]["code"], status, "its codes are numbers");
    assert_eq!(error.message(), body["error"]["message"]);
    // The number says no more than the status; the word does.
    assert_eq!(error.code(), body["error"]["type"].as_str(), "{error:?}");
    body["error"].clone()
}

#[tokio::test]
async fn a_prompt_may_be_too_long() {
    let Some(url) = chat_server() else { return };
    let model = chat_model(&url);
    let prompt = "word ".repeat(5000);
    let whole = generate_text(&model).prompt(prompt.as_str()).await.unwrap_err();
    let streamed = stream_text(&model).prompt(prompt).stream().collect().await.unwrap_err();
    for error in [whole, streamed] {
        let said = check(&error, 400, ErrorKind::InvalidRequest);
        assert_eq!(said["type"], "exceed_context_size_error");
        assert!(!error.is_retryable());
        assert!(said["n_prompt_tokens"].as_u64() > said["n_ctx"].as_u64());
    }
}

#[tokio::test]
async fn what_it_cannot_do_is_an_error() {
    let Some(url) = chat_server() else { return };
    let provider = host(&url).build(&Client::new()).unwrap();

    let model = provider.embedding_model("tiny").unwrap();
    let error = embed(&model).value("cat").max_retries(0).await.unwrap_err();
    check(&error, 501, ErrorKind::Provider);

    let model = provider.language_model("tiny").unwrap();
    let picture = FileData::base64("iVBORw0KGgo=");
    let message = UserMessage::new([FilePart::new(picture, "image/png").into()]);
    let request = generate_text(&model).messages([Message::User(message)]).max_retries(0);
    check(&request.await.unwrap_err(), 500, ErrorKind::Provider);

    let wrong = serde_json::json!({ "temperature": "hot" });
    let request = generate_text(&model).prompt("hello").provider_options("local", wrong);
    assert_eq!(request.await.unwrap_err().kind(), ErrorKind::InvalidRequest);
    let wrong = serde_json::json!({ "n_probs": "many" });
    let request = generate_text(&model).prompt("hello").provider_options("local", wrong);
    let said = check(&request.await.unwrap_err(), 400, ErrorKind::InvalidRequest);
    assert_eq!(said["type"], "invalid_request_error");
}

#[tokio::test]
async fn a_dropped_stream_hangs_up() {
    let Some(url) = chat_server() else { return };
    let tap = Tap::new(&url, Flow::Whole).await;
    let mut stream = stream_text(&chat_model(&tap.url))
        .prompt("Go on for ever.")
        .provider_options("local", serde_json::json!({ "ignore_eos": true }))
        .await
        .unwrap();
    assert!(stream.text_stream().next().await.unwrap().is_ok());
    drop(stream);
    tokio::time::timeout(Duration::from_secs(10), tap.hung_up()).await.unwrap();
    // And the server is well.
    let answer = generate_text(&chat_model(&url)).prompt("hello").await.unwrap();
    assert_eq!(answer.text(), SENTENCE);
}

/// A server of this test's own, which has just been started.
struct Fresh {
    process: Child,
    url: String,
}

impl Fresh {
    fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/local-model/start");
        let process = Command::new(script)
            .args(["tiny", "--port", &port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, url: format!("http://127.0.0.1:{port}") }
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Asks again and again until there is an answer, and returns what it was told until then.
async fn told_until_it_answers(model: &std::sync::Arc<dyn LanguageModel>) -> Vec<Error> {
    let mut errors = Vec::new();
    loop {
        match generate_text(model).prompt("hello").max_retries(0).await {
            Ok(answer) => {
                assert_eq!(answer.text(), SENTENCE);
                return errors;
            }
            Err(error) => errors.push(error),
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_server_that_is_called_at_once_is_loading() {
    if chat_server().is_none() {
        return;
    }
    let server = Fresh::start();
    let model = chat_model(&server.url);
    let limit = Duration::from_secs(60);
    let errors = tokio::time::timeout(limit, told_until_it_answers(&model)).await.unwrap();
    assert!(errors.iter().all(Error::is_retryable), "waiting mends it: {errors:?}");
    let (absent, loading): (Vec<_>, Vec<_>) =
        errors.iter().partition(|error| error.kind() == ErrorKind::Network);
    assert!(!absent.is_empty() && !loading.is_empty(), "{errors:?}");
    for error in loading {
        let said = check(error, 503, ErrorKind::Provider);
        assert_eq!(
            (&said["type"], &said["message"]),
            (&"unavailable_error".into(), &"Loading model".into())
        );
    }
}

#[tokio::test]
async fn retries_outlast_the_loading() {
    if chat_server().is_none() {
        return;
    }
    let server = Fresh::start();
    let answer = generate_text(&chat_model(&server.url)).prompt("hello").max_retries(5).await;
    assert_eq!(answer.unwrap().text(), SENTENCE);
}
