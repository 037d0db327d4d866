//! LLMock: it fails in every way that a provider may, and grades what its client makes of it.
//!
//! Its grades are over all that happened since the last reset, so there is one test. Its own `Match` keeps the failures of one
//! provider from those of another.

use std::time::Duration;

use aqueduct::layer::{RetryPolicy, Timeouts as Limits};
use aqueduct::router::Target;
use aqueduct::{
    Client, Error, ErrorKind, Provider as _, Result, Router, Settings, TextResult, Tool,
    generate_text, step_count_is, stream_text,
};
use aqueduct_http::Timeouts;
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::server;

/// What it is told to say: long enough to be cut in the middle.
const ANSWER: &str = "One two three four five six seven eight nine ten eleven twelve.";

/// How long nothing may come. LLMock blames who waits for a second more than this.
const PATIENCE: Duration = Duration::from_millis(1500);

/// How long to wait before asking again when nothing else is said. LLMock must have noticed by then that nobody reads the first
/// answer any more, or it takes the second request for an unrelated one.
const PAUSE: Duration = Duration::from_millis(700);

/// The providers of ours that it imitates: id, its name for them, and the path.
const PROVIDERS: [(&str, &str, &str); 3] = [
    ("openai-compatible", "openai", "/v1"),
    ("groq", "groq", "/groq/openai/v1"),
    ("togetherai", "together", "/together/v1"),
];

/// The control of the server.
struct Grader {
    url: String,
    client: Client,
}

impl Grader {
    async fn post(&self, path: &str, body: &Value) {
        let request = self.client.post(&format!("{}/_llmock/{path}", self.url)).json(body);
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
    }

    async fn get(&self, path: &str) -> Value {
        let response = self.client.get(&format!("{}/_llmock/{path}", self.url)).send().await;
        response.unwrap().json().await.unwrap().value
    }

    async fn reset(&self) {
        self.post("reset", &json!({})).await;
    }
}

/// One provider, behind a router that retries.
struct Subject<'a> {
    grader: &'a Grader,
    id: &'static str,
    imitation: &'static str,
    router: Router,
}

impl<'a> Subject<'a> {
    fn new(grader: &'a Grader, (id, imitation, path): (&'static str, &'static str, &str)) -> Self {
        let client = Client::builder().timeouts(Timeouts::default().with_idle(PATIENCE)).build();
        let settings = Settings::new()
            .with("baseURL", format!("{}{path}", grader.url))
            .with("apiKey", "sk-none")
            .with("includeUsage", true);
        let router = Router::builder()
            .target(Target::new(id).settings(settings))
            .client(client.unwrap())
            .retry(RetryPolicy::times(2).with_initial_delay(PAUSE).with_jitter(0.25))
            .timeouts(Limits::default().with_first_part(2 * PATIENCE))
            .build()
            .unwrap();
        Self { grader, id, imitation, router }
    }

    /// Queues what happens next to this provider.
    async fn expect(&self, mut behaviours: Value) {
        for behaviour in behaviours.as_array_mut().unwrap() {
            behaviour["match"]["provider"] = self.imitation.into();
        }
        self.grader.post("scenario", &json!({ "behaviors": behaviours })).await;
    }

    fn model(&self) -> std::sync::Arc<dyn aqueduct::LanguageModel> {
        self.router.language_model(&format!("{}/gpt-4o", self.id)).unwrap()
    }

    /// Asks, and leaves trying again to the router. The prompt tells one case from another.
    async fn generate(&self, prompt: &str) -> Result<TextResult> {
        generate_text(&self.model()).prompt(prompt).max_retries(0).await
    }

    /// Asks for a stream, as a program does that stops reading when it is told of a failure.
    async fn stream(&self, prompt: &str) -> Result<TextResult> {
        let mut stream = stream_text(&self.model()).prompt(prompt).max_retries(0).await?;
        let mut text = stream.text_stream();
        while let Some(delta) = text.next().await {
            delta?;
        }
        stream.collect().await
    }
}

/// How often the router asked.
fn attempts(answer: &TextResult) -> usize {
    let metadata = answer.provider_metadata().unwrap().get("gateway").unwrap();
    metadata["routing"]["attempts"].as_array().unwrap().len()
}

#[tokio::test]
async fn the_grader_finds_nothing() {
    let Some(url) = server("AQUEDUCT_TEST_LLMOCK_URL") else { return };
    let grader = Grader { url, client: Client::new() };
    grader.reset().await;
    let subjects = PROVIDERS.map(|provider| Subject::new(&grader, provider));
    futures_util::future::join_all(subjects.iter().map(all_failures)).await;

    let verdict = grader.get("verdict").await;
    assert_eq!(verdict["findings"], json!([]), "{verdict:#}");
    assert_eq!(verdict["passed"], true);
    let count = |name: &str| verdict[name].as_u64().unwrap();
    assert!(count("faults_injected") >= 20 * 3, "it did its worst: {verdict}");
    assert!(count("attempts") > count("calls"), "and was asked again: {verdict}");
    assert_eq!(grader.get("scenario").await["pending"], json!([]), "nothing is left over");

    asks_no_earlier_than_it_may(&grader, &subjects[0]).await;
}

async fn all_failures(subject: &Subject<'_>) {
    answers_without_failures(subject).await;
    waits_as_it_is_told(subject).await;
    refusals_are_final(subject).await;
    failures_before_the_first_word_are_mended(subject).await;
    failures_in_the_middle_are_told(subject).await;
    broken_tool_calls_go_back_to_the_model(subject).await;
}

fn says(times: u32) -> Value {
    json!({ "type": "reply", "text": ANSWER, "times": times })
}

async fn answers_without_failures(subject: &Subject<'_>) {
    subject.expect(json!([says(2), { "type": "slow_first_token", "seconds": 0.3 }])).await;
    for answer in [subject.generate("plain").await, subject.stream("plain").await] {
        let answer = answer.unwrap();
        assert_eq!((answer.text().as_str(), attempts(&answer)), (ANSWER, 1));
        assert_eq!(answer.warnings().count(), 0);
    }
}

async fn waits_as_it_is_told(subject: &Subject<'_>) {
    let cases = [(429, 0.4, 2), (429, 1.2, 1), (500, 0.1, 1), (503, 0.6, 2), (529, 0.2, 1)];
    for (status, retry_after, times) in cases {
        let failure = json!({
            "type": "fail", "status": status, "retry_after": retry_after, "times": times,
        });
        let prompt = format!("wait {status} {retry_after}");
        subject.expect(json!([failure, says(1)])).await;
        let answer = subject.generate(&prompt).await.unwrap();
        assert_eq!((answer.text().as_str(), attempts(&answer)), (ANSWER, times + 1), "{prompt}");
        subject.expect(json!([failure, says(1)])).await;
        let answer = subject.stream(&prompt).await.unwrap();
        assert_eq!((answer.text().as_str(), attempts(&answer)), (ANSWER, times + 1), "{prompt}");
    }
}

async fn refusals_are_final(subject: &Subject<'_>) {
    let cases = [
        (400, ErrorKind::InvalidRequest),
        (404, ErrorKind::NotFound),
        (413, ErrorKind::TooLarge),
        (422, ErrorKind::InvalidRequest),
    ];
    for (status, kind) in cases {
        let failure = json!({ "type": "fail", "status": status, "message": "no", "times": 2 });
        subject.expect(json!([failure])).await;
        let prompt = format!("refuse {status}");
        for error in [subject.generate(&prompt).await, subject.stream(&prompt).await] {
            let error = error.unwrap_err();
            assert_eq!((error.kind(), error.message()), (kind, "no"), "{prompt}: {error:?}");
            assert_eq!(error.status().unwrap().as_u16(), status);
        }
    }
}

/// The ways in which a stream fails.
fn stream_faults(after_chunks: u32) -> [Value; 4] {
    ["disconnect", "truncate", "malformed", "stall"].map(|kind| {
        json!({
            "type": "stream_fault", "kind": kind, "after_chunks": after_chunks, "stall_seconds": 8,
        })
    })
}

/// The first chunk has a role and no word: whoever asked has seen nothing yet, and need not know.
async fn failures_before_the_first_word_are_mended(subject: &Subject<'_>) {
    for after_chunks in [0, 1] {
        for fault in stream_faults(after_chunks) {
            let prompt = format!("{} after {after_chunks}", fault["kind"]);
            subject.expect(json!([fault, says(2)])).await;
            let answer = subject.stream(&prompt).await.unwrap();
            assert_eq!((answer.text().as_str(), attempts(&answer)), (ANSWER, 2), "{prompt}");
        }
    }
}

/// What has been seen cannot be taken back: whoever asked is told, and asks again.
async fn failures_in_the_middle_are_told(subject: &Subject<'_>) {
    for fault in stream_faults(4) {
        let prompt = format!("{} in the middle", fault["kind"]);
        subject.expect(json!([fault, says(2)])).await;
        let error = subject.stream(&prompt).await.unwrap_err();
        let kind = match fault["kind"].as_str().unwrap() {
            "disconnect" => ErrorKind::Network,
            "stall" => ErrorKind::Timeout,
            _ => ErrorKind::Provider,
        };
        assert_eq!(error.kind(), kind, "{prompt}: {error:?}");
        assert!(error.is_retryable(), "{prompt}: {error:?}");
        tokio::time::sleep(PAUSE).await;
        assert_eq!(subject.stream(&prompt).await.unwrap().text(), ANSWER, "{prompt}");
    }
}

async fn broken_tool_calls_go_back_to_the_model(subject: &Subject<'_>) {
    let weather = Tool::new("weather")
        .schema(json!({ "type": "object", "properties": { "city": { "type": "string" } } }))
        .execute(|_, _| async { "sunny" });
    for kind in ["malformed_arguments", "unknown_tool"] {
        for is_stream in [false, true] {
            subject.expect(json!([{ "type": "tool_fault", "kind": kind }])).await;
            let request = generate_text(&subject.model())
                .prompt(format!("{kind} {is_stream}"))
                .tool(weather.clone())
                .stop_when(step_count_is(1));
            let answer =
                if is_stream { request.stream().collect().await } else { request.await }.unwrap();
            let call = answer.tool_calls().next().unwrap();
            assert!(call.is_invalid(), "{kind}: {call:?}");
            assert_eq!(answer.tool_results().count(), 0);
            assert_eq!(answer.tool_errors().count(), 1, "{kind}: the model is told");
        }
    }
}

/// A wait that is longer than anyone waits: the error says how long, and nothing is sent before.
async fn asks_no_earlier_than_it_may(grader: &Grader, subject: &Subject<'_>) {
    grader.reset().await;
    let failure = json!({ "type": "fail", "status": 429, "retry_after": 90 });
    subject.expect(json!([failure])).await;
    let error: Error = subject.generate("much too often").await.unwrap_err();
    assert!(error.is_rate_limited(), "{error:?}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
    let verdict = grader.get("verdict").await;
    assert_eq!(
        (&verdict["passed"], &verdict["attempts"]),
        (&json!(true), &json!(1)),
        "{verdict:#}"
    );
    grader.reset().await;
}
