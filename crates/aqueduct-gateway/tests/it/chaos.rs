//! Sixty-four clients stream at once while their providers die, stall, refuse and break off. As long as one of them lives, no
//! client may see any of it, and the metadata must tell all of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use aqueduct_gateway::{Config, Gateway as Server};
use aqueduct_providers::Environment;
use aqueduct_providers::gateway::Gateway;
use aqueduct_testkit::{RecordedRequest, Reply, ScriptedUpstream};
use serde_json::{Value, json};
use tokio::net::TcpSocket;
use tokio::task::JoinSet;

use crate::client;
use crate::harness::Running;
use crate::provider::{self, echo, echoing, opening, said};

const CLIENTS: usize = 64;
const MODEL: &str = "answer";
/// How long the gateway waits for the first content.
const PATIENCE: Duration = Duration::from_secs(20);

/// Keeps a paused clock still. It would run on whenever all tasks wait for a socket; so it is only the test that moves it.
struct StillClock {
    _ends_when_dropped: mpsc::Sender<()>,
}

impl StillClock {
    fn new() -> Self {
        let (sender, dropped) = mpsc::channel();
        // The clock of tokio stands still while blocking work is under way.
        tokio::task::spawn_blocking(move || dropped.recv().is_ok());
        Self { _ends_when_dropped: sender }
    }
}

/// Starts a gateway over providers of these names and addresses, all of them behind the one model.
async fn before(providers: &[(&str, String)], route: &str) -> Arc<Running> {
    let tables: String = providers.iter().map(|(name, url)| provider::table(name, url)).collect();
    let text = format!(
        "[router]\nmax_retries = 0\ncooldown = 0\ntimeout = \"{}s\"\n[models.{MODEL}]\n{route}\n{tables}",
        PATIENCE.as_secs()
    );
    let config = Config::parse("chaos.toml", &text, &Environment::default());
    let config = config.unwrap_or_else(|e| panic!("{e}")).with_listen(([127, 0, 0, 1], 0).into());
    Arc::new(Running::of(Server::new(config).await.unwrap()).await)
}

/// What a client has in the end.
struct Outcome {
    surface: &'static str,
    asked: String,
    text: String,
    /// Provider, status and success of every attempt, where the surface tells.
    attempts: Vec<(String, Option<u64>, bool)>,
}

/// Starts the clients, one half on each surface. Each asks for words of its own.
fn start(gateway: &Arc<Running>) -> JoinSet<Outcome> {
    let client = client::connect(gateway);
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS / 2 {
        clients.spawn(v4(client.clone(), format!("v4 client {number} wants its own words back")));
        clients.spawn(chat(gateway.clone(), format!("chat client {number} wants its own words")));
    }
    clients
}

async fn v4(client: Gateway, asked: String) -> Outcome {
    let stream = client::stream(&client, MODEL, client::say(&asked)).await.unwrap();
    let parts = client::parts(stream).await;
    assert!(parts.iter().all(|part| part["type"] != "error"), "{parts:?}");
    let finish = parts.last().unwrap();
    assert_eq!(finish["finishReason"]["unified"], "stop", "{finish}");
    let attempts = finish["providerMetadata"]["gateway"]["routing"]["attempts"].as_array().unwrap();
    let attempts = attempts.iter().map(|attempt| {
        let provider = attempt["provider"].as_str().unwrap().to_owned();
        let success = attempt["success"].as_bool().unwrap();
        assert_eq!(attempt.get("error").is_none(), success, "{attempt}");
        (provider, attempt["statusCode"].as_u64(), success)
    });
    Outcome { surface: "v4", text: client::text(&parts), attempts: attempts.collect(), asked }
}

async fn chat(gateway: Arc<Running>, asked: String) -> Outcome {
    let messages = json!([{ "role": "user", "content": asked }]);
    let body = json!({ "model": MODEL, "messages": messages, "stream": true }).to_string();
    let answer = gateway.post("/v1/chat/completions", &[], &body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.ends_with("data: [DONE]\n\n"), "{answer:?}");
    let events = answer.events();
    assert!(events.iter().all(|event| event.get("error").is_none()), "{answer:?}");
    let delta = |event: &Value| event["choices"][0]["delta"]["content"].as_str().map(str::to_owned);
    let text = events.iter().filter_map(delta).collect();
    Outcome { surface: "chat", text, attempts: Vec::new(), asked }
}

fn limited() -> ScriptedUpstream {
    ScriptedUpstream::always(provider::failure(429, "slow down").header("retry-after", "30"))
}

/// Breaks off when its answer has begun and no content has come.
fn cut() -> ScriptedUpstream {
    ScriptedUpstream::always(Reply::events([opening()]).cut())
}

/// A port at which nobody listens, and which nobody else gets meanwhile.
fn nobody() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    (socket, url)
}

#[tokio::test(start_paused = true)]
async fn every_failure_in_a_row_and_then_an_answer() {
    let _still = StillClock::new();
    let (_socket, dead) = nobody();
    let dying = ScriptedUpstream::always(Reply::disconnect());
    let silent = ScriptedUpstream::always(Reply::never());
    let stalled = ScriptedUpstream::always(Reply::events([opening()]).stall());
    let limited = limited();
    let broken = ScriptedUpstream::always(provider::failure(503, "over capacity"));
    let cut = cut();
    let empty = ScriptedUpstream::always(Reply::text(200, "<html>maintenance</html>"));
    let telling = r#"{"error":{"message":"no capacity","type":"server_error"}}"#;
    let telling = ScriptedUpstream::always(Reply::events([&opening(), telling, "[DONE]"]));
    let alive = echoing();
    let providers = [
        ("dead", dead),
        ("dying", dying.url()),
        ("silent", silent.url()),
        ("stalled", stalled.url()),
        ("limited", limited.url()),
        ("broken", broken.url()),
        ("cut", cut.url()),
        ("empty", empty.url()),
        ("telling", telling.url()),
        ("alive", alive.url()),
    ];
    let names: Vec<_> = providers.iter().skip(1).map(|(name, _)| format!("\"{name}/m\"")).collect();
    let route = format!("targets = [\"dead/m\"]\nfallbacks = [{}]", names.join(", "));
    let gateway = before(&providers, &route).await;
    let mut clients = start(&gateway);
    for waiting in [&silent, &stalled] {
        // All of them have come this far, and none can go on.
        waiting.wait_for_requests(CLIENTS).await;
        tokio::time::advance(PATIENCE).await;
    }
    let expected: Vec<(String, Option<u64>, bool)> = [
        ("dead", None, false),
        ("dying", None, false),
        ("silent", None, false),
        ("stalled", None, false),
        ("limited", Some(429), false),
        ("broken", Some(503), false),
        ("cut", None, false),
        ("empty", None, false),
        ("telling", None, false),
        ("alive", Some(200), true),
    ]
    .map(|(name, status, success)| (name.to_owned(), status, success))
    .to_vec();
    while let Some(outcome) = clients.join_next().await {
        let outcome = outcome.unwrap();
        assert_eq!(outcome.text, outcome.asked);
        if outcome.surface == "v4" {
            assert_eq!(outcome.attempts, expected);
        }
    }
    for upstream in [&dying, &silent, &stalled, &limited, &broken, &cut, &empty, &telling, &alive] {
        assert_eq!(upstream.requests().len(), CLIENTS);
    }
    // Nobody is left waiting for those that said nothing.
    silent.wait_for_disconnects(CLIENTS).await;
    stalled.wait_for_disconnects(CLIENTS).await;
    let metrics = gateway.get("/metrics").await.body;
    for surface in ["ai_gateway", "openai"] {
        let labels = format!("{{surface=\"{surface}\",operation=\"stream\",model=\"{MODEL}\"");
        let half = CLIENTS / 2;
        for line in [
            format!("aqueduct_requests_total{labels},status=\"200\"}} {half}"),
            format!("aqueduct_attempts_total{labels}}} {}", half * expected.len()),
        ] {
            assert!(metrics.lines().any(|found| found == line), "{line}\nnot in\n{metrics}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn every_failure_at_any_time() {
    let _still = StillClock::new();
    let (_socket, dead) = nobody();
    // This one dies while it serves.
    let served = AtomicUsize::new(0);
    let dying =
        ScriptedUpstream::new(move |request| match served.fetch_add(1, Ordering::Relaxed) {
            0..4 => echo(request),
            _ => Reply::disconnect(),
        });
    let (silent, limited, cut, alive) =
        (ScriptedUpstream::always(Reply::never()), limited(), cut(), echoing());
    let providers = [
        ("dead", dead),
        ("dying", dying.url()),
        ("silent", silent.url()),
        ("limited", limited.url()),
        ("cut", cut.url()),
        ("alive", alive.url()),
    ];
    let names: Vec<_> = providers.iter().map(|(name, _)| format!("\"{name}/m\"")).collect();
    let gateway = before(&providers, &format!("targets = [{}]", names.join(", "))).await;
    let mut clients = start(&gateway);
    let mut outcomes = Vec::new();
    // Chance decides whom a client asks first. In the end each has its answer or waits for the silent one.
    loop {
        let waiting = silent.requests().len();
        if outcomes.len() + waiting == CLIENTS {
            break;
        }
        tokio::select! {
            outcome = clients.join_next() => outcomes.push(outcome.unwrap().unwrap()),
            _ = silent.wait_for_requests(waiting + 1) => {}
        }
    }
    tokio::time::advance(PATIENCE).await;
    outcomes.extend(clients.join_all().await);

    let mut told = BTreeMap::<String, usize>::new();
    for outcome in &outcomes {
        assert_eq!(outcome.text, outcome.asked);
        let Some((last, failed)) = outcome.attempts.split_last() else { continue };
        assert!(matches!((last.0.as_str(), last.2), ("alive" | "dying", true)), "{last:?}");
        for (provider, status, success) in failed {
            assert!(!success);
            assert_eq!(*status, (provider == "limited").then_some(429), "{provider}");
            assert_ne!(provider, "alive");
        }
        for (provider, ..) in &outcome.attempts {
            *told.entry(provider.clone()).or_default() += 1;
        }
    }
    assert_eq!(outcomes.len(), CLIENTS);
    // What the metadata tells is what the providers saw, attempt for attempt.
    let of_v4 = |request: &RecordedRequest| said(request).starts_with("v4");
    for (name, upstream) in [
        ("dying", &dying),
        ("silent", &silent),
        ("limited", &limited),
        ("cut", &cut),
        ("alive", &alive),
    ] {
        let seen = upstream.requests().iter().filter(|request| of_v4(request)).count();
        assert_eq!(told.get(name).copied().unwrap_or_default(), seen, "{name}");
    }
}
