//! The binary as a person runs it: no key, no network, no configuration but what a test gives.

#![expect(clippy::unwrap_used, reason = "helpers of tests outside #[test]")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

fn aqueduct(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aqueduct"));
    // Whatever the machine has in its environment must not decide a test.
    command.env_clear().args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    aqueduct(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A file that goes when the test does.
struct File(std::path::PathBuf);

impl File {
    fn new(name: &str, content: &str) -> Self {
        let path = std::env::temp_dir().join(format!("aqueduct-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn an_answer_goes_to_standard_output_and_the_rest_does_not() {
    let output = run(&["chat", "-m", "simulator/echo", "Hello,", "water!"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "Hello, water!\n");
    let said = text(&output.stderr);
    assert!(said.contains("simulator/echo") && said.contains("tokens in"), "{said}");
    let quiet = run(&["chat", "-q", "-m", "simulator/echo", "hi"]);
    assert_eq!((text(&quiet.stdout).as_str(), text(&quiet.stderr).as_str()), ("hi\n", ""));
}

#[test]
fn a_pipe_follows_the_prompt() {
    let mut child = aqueduct(&["chat", "-q", "-m", "simulator/echo", "Review:"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"fn main() {}\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(&output.stdout), "Review:\n\nfn main() {}\n");
}

#[test]
fn json_tells_everything_at_once() {
    let output = run(&["chat", "--json", "-m", "simulator/reasoning", "think"]);
    let object: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(object["text"], "think");
    assert_eq!(object["answeredBy"], "simulator/reasoning");
    assert!(object["reasoning"].is_string(), "{object}");
    assert_eq!(object["finishReason"]["unified"], "stop");
    assert!(object["usage"]["outputTokens"]["total"].as_u64().unwrap() > 0, "{object}");
}

#[test]
fn a_failure_is_one_sentence_and_an_exit_code() {
    for (arguments, words) in [
        (&["chat", "-m", "nobody/nothing", "hi"][..], "no provider 'nobody'"),
        (&["chat", "-m", "simulator/nothing", "hi"][..], "simulator"),
        (&["chat", "-m", "simulator/echo"][..], "no prompt"),
        (
            &[
                "chat",
                "-m",
                "simulator/echo",
                r#"[[simulator {"failure":{"status":400,"message":"too odd"}}]]"#,
            ][..],
            "too odd",
        ),
        (&["serve", "--config", "/nowhere/aqueduct.toml"][..], "/nowhere/aqueduct.toml"),
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let said = text(&output.stderr);
        let last = said.lines().last().unwrap_or_default();
        assert!(last.starts_with("error: ") && last.contains(words), "{arguments:?}: {said}");
    }
}

#[test]
fn a_mistake_in_a_configuration_has_a_place() {
    let file = File::new(
        "wrong.toml",
        "[server]\nlisten = \"nowhere\"\n\n[providers.groq]\nbase_ulr = \"x\"\n",
    );
    let output = run(&["config", "check", file.path()]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    assert!(said.contains(&format!("{}:5:1: providers.groq.base_ulr", file.path())), "{said}");
    assert!(said.contains("did you mean 'base_url'?"), "{said}");

    let file = File::new("right.toml", "[providers.simulator]\n");
    let output = run(&["config", "check", file.path()]);
    assert!(output.status.success());
    assert_eq!(text(&output.stdout), format!("{}: ok\n", file.path()));

    let schema: Value = serde_json::from_slice(&run(&["config", "schema"]).stdout).unwrap();
    assert!(schema["properties"]["providers"].is_object(), "{schema}");
}

#[test]
fn models_lists_what_can_be_asked() {
    let listed = text(&run(&["models"]).stdout);
    assert!(listed.lines().any(|line| line.starts_with("simulator/echo ")), "{listed}");
    let object: Value = serde_json::from_slice(&run(&["models", "--json"]).stdout).unwrap();
    let ids: Vec<_> =
        object["models"].as_array().unwrap().iter().map(|model| &model["id"]).collect();
    assert!(ids.contains(&&Value::from("simulator/embedding")), "{object}");
}

/// Ends the server with the test, whatever comes of it.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a gateway, and says where it listens. Nobody reads on in its standard error, which must not matter to it.
fn serve() -> (Server, String) {
    let child =
        aqueduct(&["serve", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut server = Server(child);
    let mut lines = BufReader::new(server.0.stderr.take().unwrap()).lines();
    let address = lines
        .find_map(|line| Some(line.unwrap().split_once("listens on http://")?.1.to_owned()))
        .unwrap();
    (server, address)
}

#[test]
fn serve_says_where_it_is_and_answers_there() {
    let (_server, address) = serve();
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(stream, "GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[test]
fn a_proxy_is_asked_for_other_machines_and_not_for_this_one() {
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy_url = format!("http://{}", proxy.local_addr().unwrap());
    let ask = |gateway: &str| {
        let mut command = aqueduct(&["chat", "-q", "-m", "gateway/simulator/echo", "Hello"]);
        command.env("AI_GATEWAY_BASE_URL", format!("http://{gateway}/v4/ai"));
        command.env("AI_GATEWAY_API_KEY", "key").env("HTTP_PROXY", &proxy_url);
        command
    };

    let (_server, address) = serve();
    assert_eq!(text(&ask(&address).output().unwrap().stdout), "Hello\n");

    let _elsewhere = Server(ask("gateway.example").stderr(Stdio::null()).spawn().unwrap());
    let (stream, _) = proxy.accept().unwrap();
    let mut asked = String::new();
    BufReader::new(stream).read_line(&mut asked).unwrap();
    assert!(asked.starts_with("POST http://gateway.example/v4/ai/language-model "), "{asked}");
}
