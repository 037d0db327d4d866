//! A gateway in this process, and a client that sees every byte.

use std::sync::Arc;

use aqueduct_gateway::{Config, Gateway};
use aqueduct_http::Client;
use aqueduct_providers::{Environment, Settings};
use aqueduct_spec::embedding::EmbeddingModel;
use aqueduct_spec::image::ImageModel;
use aqueduct_spec::language::LanguageModel;
use aqueduct_spec::reranking::RerankingModel;
use aqueduct_spec::speech::SpeechModel;
use aqueduct_spec::transcription::TranscriptionModel;
use aqueduct_spec::video::VideoModel;
use aqueduct_spec::{Error, Provider, Result};
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
        let gateway = Gateway::with_provider(&config, Arc::new(Prefixed::simulator()));
        Self::of(gateway).await
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
    let text = format!("[[keys]]\nname = \"test\"\nkey = \"${{CLIENT_KEY}}\"\n{more}");
    let config = Config::parse("test.toml", &text, &environment).unwrap_or_else(|e| panic!("{e}"));
    config.with_listen(([127, 0, 0, 1], 0).into())
}

/// A provider whose model ids begin with its name, as a router's do.
pub(crate) struct Prefixed(Arc<dyn Provider>);

impl Prefixed {
    pub(crate) fn simulator() -> Self {
        let entry = aqueduct_providers::find("simulator").unwrap();
        Self(entry.build(&Settings::new(), &Client::new()).unwrap())
    }

    fn name<'a>(&self, id: &'a str) -> Result<&'a str> {
        match id.split_once('/') {
            Some((provider, name)) if provider == self.0.id() => Ok(name),
            Some((provider, _)) => Err(Error::no_such_provider(provider, [self.0.id()])),
            None => Err(Error::no_such_provider(id, [self.0.id()])),
        }
    }
}

macro_rules! prefixed {
    ($($method:ident -> $model:ty;)+) => {
        impl Provider for Prefixed {
            fn id(&self) -> &str {
                "router"
            }
            $(fn $method(&self, id: &str) -> Result<Arc<$model>> {
                self.0.$method(self.name(id)?)
            })+
        }
    };
}

prefixed! {
    language_model -> dyn LanguageModel;
    embedding_model -> dyn EmbeddingModel;
    image_model -> dyn ImageModel;
    speech_model -> dyn SpeechModel;
    transcription_model -> dyn TranscriptionModel;
    reranking_model -> dyn RerankingModel;
    video_model -> dyn VideoModel;
}
