//! A gateway in this process, and a client that sees every byte.

use aqueduct_gateway::{Config, Gateway};
use aqueduct_providers::Environment;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) const KEY: &str = "test-client-key";

/// A gateway that listens on a free port.
pub(crate) struct Running {
    pub(crate) address: std::net::SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    pub(crate) task: JoinHandle<()>,
}

impl Running {
    /// Starts a gateway with one key and the simulator.
    pub(crate) async fn start() -> Self {
        Self::with(config("")).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        Self::of(Gateway::new(config).await.unwrap()).await
    }

    pub(crate) async fn of(gateway: Gateway) -> Self {
        let listener = gateway.bind().await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            gateway.serve(listener, async { drop(stopped.await) }).await.unwrap();
        });
        Self { address, stop: Some(stop), task }
    }

    /// Asks it to stop.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
    }

    pub(crate) async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut all =
            vec![("authorization", "Bearer test-client-key"), ("content-type", "application/json")];
        all.extend_from_slice(headers);
        self.send("POST", path, &all, body.as_bytes()).await
    }

    /// Calls a model over the AI Gateway protocol.
    pub(crate) async fn v4(&self, kind: &str, model: &str, body: Value) -> Answer {
        let header = if kind == "language" { "ai-language-model-id" } else { "ai-model-id" };
        let version = format!("ai-{kind}-model-specification-version");
        let path = format!("/v4/ai/{kind}-model");
        self.post(&path, &[(header, model), (&version, "4")], &body.to_string()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[("authorization", "Bearer test-client-key")], b"").await
    }

    /// Sends bytes as they are and reads the whole answer.
    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        self.raw(&bytes).await
    }

    pub(crate) async fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        Answer::read(&mut stream).await
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) =
            text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<_> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let chunked =
            headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
        let body = if chunked { unchunk(body) } else { body.to_owned() };
        Self { status, headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The JSON of every event.
    #[track_caller]
    pub(crate) fn events(&self) -> Vec<Value> {
        let data = self.body.split("\n\n").filter_map(|event| event.strip_prefix("data: "));
        data.filter(|data| *data != "[DONE]")
            .map(|data| serde_json::from_str(data).unwrap_or_else(|_| panic!("not JSON: {data}")))
            .collect()
    }
}

fn unchunk(mut rest: &str) -> String {
    let mut body = String::new();
    while let Some((length, after)) = rest.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return body;
        }
        body.push_str(&after[..length]);
        rest = &after[length + 2..];
    }
    panic!("the chunked body does not end: {rest:?}")
}

/// A configuration with one key, a free port, and what a test adds.
pub(crate) fn config(more: &str) -> Config {
    let environment: Environment =
        [("CLIENT_KEY".to_owned(), KEY.to_owned())].into_iter().collect();
    let simulator =
        if more.contains("[providers.simulator]") { "" } else { "[providers.simulator]\n" };
    let text = format!(
        "router.max_retries = 0\nrouter.cooldown = 0\n[[keys]]\nname = \"test\"\nkey = \"${{CLIENT_KEY}}\"\n{more}\n{simulator}"
    );
    let config = Config::parse("test.toml", &text, &environment).unwrap_or_else(|e| panic!("{e}"));
    config.with_listen(([127, 0, 0, 1], 0).into())
}
