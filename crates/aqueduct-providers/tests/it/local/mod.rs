//! Discovery, against scripted servers.

use aqueduct_providers::Environment;
use aqueduct_providers::local::{self, BASE_URLS_VARIABLE, LocalServer};
use aqueduct_spec::ErrorKind;
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::{Value, json};

/// A path, and the status and body it is answered with.
type Path = (&'static str, u16, &'static str);

/// A server with these paths and no others.
fn server(paths: &'static [Path]) -> ScriptedUpstream {
    ScriptedUpstream::new(|request| {
        let found = paths.iter().find(|(path, ..)| *path == request.path());
        let (_, status, body) = found.unwrap_or(&("", 404, "not found"));
        match serde_json::from_str::<Value>(body) {
            Ok(json) => Reply::json(*status, &json),
            Err(_) => Reply::text(*status, *body),
        }
    })
}

async fn find(upstream: &ScriptedUpstream) -> Option<LocalServer> {
    let mut found = local::discover_at([upstream.url().as_str()]).await.unwrap();
    assert!(found.len() <= 1);
    found.pop()
}

const LIST: &str =
    r#"{"object":"list","data":[{"id":"a","owned_by":"library"},{"id":"b"},{"id":"a"},{"id":7}]}"#;
const EMPTY: &str = r#"{"object":"list","data":[]}"#;

#[tokio::test]
async fn each_server_is_told_by_what_it_answers() {
    let cases: &[(&str, &'static [Path], &[&str])] = &[
        ("ollama", &[("/v1/models", 200, LIST), ("/", 200, "Ollama is running")], &["a", "b"]),
        (
            "ollama",
            &[
                ("/v1/models", 200, EMPTY),
                ("/", 200, "<html>"),
                ("/api/version", 200, r#"{"version":"0.9.0"}"#),
            ],
            &[],
        ),
        (
            "ollama",
            &[
                ("/v1/models", 200, r#"{"object":"list","data":null}"#),
                ("/", 200, "Ollama is running"),
            ],
            &[],
        ),
        (
            "lmstudio",
            &[
                ("/v1/models", 200, LIST),
                (
                    "/api/v0/models",
                    200,
                    r#"{"object":"list","data":[{"id":"a","type":"llm","state":"loaded"}]}"#,
                ),
                ("/", 200, r#"{"error":"Unexpected endpoint or method. (GET /)"}"#),
                ("/api/version", 200, r#"{"error":"Unexpected endpoint or method."}"#),
            ],
            &["a", "b"],
        ),
        (
            "llama-cpp",
            &[(
                "/v1/models",
                200,
                r#"{"object":"list","data":[{"id":"m.gguf","owned_by":"llamacpp"}]}"#,
            )],
            &["m.gguf"],
        ),
        (
            "llama-cpp",
            &[("/v1/models", 200, LIST), ("/props", 200, r#"{"total_slots":1}"#)],
            &["a", "b"],
        ),
        (
            "vllm",
            &[("/v1/models", 200, r#"{"object":"list","data":[{"id":"q","owned_by":"vllm"}]}"#)],
            &["q"],
        ),
        (
            "vllm",
            &[
                ("/v1/models", 401, r#"{"error":"Unauthorized"}"#),
                ("/version", 200, r#"{"version":"0.11.0"}"#),
            ],
            &[],
        ),
        (
            "openai-compatible",
            &[("/v1/models", 200, LIST), ("/version", 200, r#"{"version":"1"}"#)],
            &["a", "b"],
        ),
    ];
    for (provider, paths, models) in cases {
        let upstream = server(paths);
        let found = find(&upstream).await.unwrap_or_else(|| panic!("{provider} {paths:?}"));
        assert_eq!(found.provider, *provider, "{paths:?}");
        assert_eq!(found.models, *models);
        assert_eq!(found.base_url, format!("{}/v1", upstream.url()));
        for request in upstream.requests() {
            assert_eq!((request.method.as_str(), request.header("authorization")), ("GET", ""));
        }
    }
}

#[tokio::test]
async fn llama_cpp_is_found_while_it_loads() {
    let body = json!({ "error": { "code": 503, "message": "Loading model", "type": "unavailable_error" } });
    let upstream = ScriptedUpstream::always(Reply::json(503, &body).header("Server", "llama.cpp"));
    let found = find(&upstream).await.unwrap();
    assert_eq!((found.provider, found.models.len()), ("llama-cpp", 0));
}

#[tokio::test]
async fn other_programs_are_asked_once_and_left_alone() {
    for paths in [
        &[("/v1/models", 404, "nothing here")][..],
        &[("/v1/models", 200, "<html>hello</html>")][..],
        &[("/v1/models", 200, "[]")][..],
        &[("/v1/models", 200, r#"{"data":[{"id":"a"}]}"#)][..],
        &[("/v1/models", 302, "")][..],
    ] {
        let upstream = server(paths);
        assert_eq!(find(&upstream).await, None, "{paths:?}");
        assert_eq!(upstream.requests().len(), 1);
    }
    let locked = server(&[("/v1/models", 401, "who are you?")]);
    assert_eq!(find(&locked).await, None);
}

#[tokio::test]
async fn a_gateway_does_not_find_itself() {
    let list = serde_json::from_str(LIST).unwrap();
    let reply = Reply::json(200, &list).header("server-timing", "aqueduct;dur=0.1");
    assert_eq!(find(&ScriptedUpstream::always(reply)).await, None);
}

#[tokio::test]
async fn garbage_silence_and_floods_end_soon() {
    let good = server(&[("/v1/models", 200, LIST)]);
    let flood = Reply::new(200).chunks_of(64 * 1024, &vec![b' '; 2 * 1024 * 1024]);
    let bad = [
        ScriptedUpstream::always(Reply::raw("\0\x01\x02 no http \r\n\r\n")),
        ScriptedUpstream::always(Reply::disconnect()),
        ScriptedUpstream::always(Reply::never()),
        ScriptedUpstream::always(Reply::new(200).chunk("{\"object\":").stall()),
        ScriptedUpstream::always(Reply::new(200).content_length(99).chunk(LIST).cut()),
        ScriptedUpstream::always(flood),
    ];
    // A port where nobody listens.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut urls: Vec<String> = bad.iter().map(ScriptedUpstream::url).collect();
    urls.push(format!("http://{closed}"));
    urls.push(format!("{}/v1/", good.url()));
    let found = local::discover_at(urls.iter().map(String::as_str)).await.unwrap();
    let found: Vec<_> = found.iter().map(|server| server.base_url.clone()).collect();
    assert_eq!(found, [format!("{}/v1", good.url())]);
}

#[tokio::test]
async fn a_list_is_taken_up_to_its_limit() {
    let data: Vec<_> = (0..1500)
        .map(|at| json!({ "id": format!("m{at}") }))
        .chain([json!({ "id": "x".repeat(600) })])
        .collect();
    let reply = Reply::json(200, &json!({ "object": "list", "data": data }));
    let found = find(&ScriptedUpstream::always(reply)).await.unwrap();
    assert_eq!((found.models.len(), found.models[999].as_str()), (1000, "m999"));
}

#[tokio::test]
async fn the_environment_names_further_places() {
    let (a, b) = (server(&[("/v1/models", 200, LIST)]), server(&[("/sub/v1/models", 200, LIST)]));
    let named = format!(" {}/v1 ,{}/sub,, {}", a.url(), b.url(), a.url());
    let environment: Environment = [(BASE_URLS_VARIABLE.to_owned(), named)].into_iter().collect();
    let found = local::discover(&environment).await.unwrap();
    // What else runs on this machine comes after.
    let first: Vec<_> = found.iter().take(2).map(|server| server.base_url.clone()).collect();
    assert_eq!(first, [format!("{}/v1", a.url()), format!("{}/sub/v1", b.url())]);
    assert_eq!(found.iter().filter(|server| server.base_url.starts_with(&a.url())).count(), 1);
}

#[tokio::test]
async fn a_server_that_has_a_place_of_its_own_is_found_there_once() {
    let a = server(&[("/v1/models", 200, LIST), ("/", 200, "Ollama is running")]);
    let by_name = a.url().replace("127.0.0.1", "localhost");
    let environment = Environment::from([
        ("OLLAMA_BASE_URL", a.url()),
        ("AQUEDUCT_LOCAL_BASE_URLS", by_name.clone()),
        // On another machine it is configured, not found.
        ("VLLM_BASE_URL", "http://10.0.0.7:8000/v1".to_owned()),
    ]);
    let found = local::discover(&environment).await.unwrap();
    let port = format!(":{}/v1", a.address().port());
    let urls: Vec<_> = found.iter().filter(|server| server.base_url.ends_with(&port)).collect();
    assert_eq!(urls.len(), 1, "{urls:?}");
    assert_eq!((urls[0].provider, urls[0].models.len()), ("ollama", 2));
}

#[tokio::test]
async fn only_this_machine_is_asked() {
    for url in [
        "http://example.com",
        "http://192.168.1.2:8000",
        "https://127.0.0.1:1",
        "127.0.0.1:8000",
        "http://127.0.0.1@example.com",
        "http://user:key@127.0.0.1",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1:1?key=x",
        "",
        "http://0x7f000001",
        "http://[::ffff:8.8.8.8]",
    ] {
        let error = local::discover_at([url]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{url}");
        assert!(!error.to_string().contains("key=x") && !error.to_string().contains("user:key"));
    }
    for url in
        ["http://localhost:9/v1", "http://LOCALHOST:9", "http://[::1]:9", "http://127.8.8.8:9/"]
    {
        assert_eq!(local::discover_at([url]).await.unwrap(), [], "{url}");
    }
}
