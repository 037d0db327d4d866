//! What is measured: a call of a provider whose answer lies in memory.

use std::hint::black_box;
use std::io;
use std::sync::Arc;

use aqueduct_http::{Carrier, Chunks, Client};
use aqueduct_providers::{Settings, find};
use aqueduct_spec::language::CallOptions;
use aqueduct_spec::{BoxFuture, Context, LanguageModel, Model as _};
use bytes::Bytes;
use futures_util::{FutureExt as _, StreamExt as _, stream};
use http::{Request, Response};
use serde_json::Value;

use crate::streams::{Chunking, Stream};

/// A model, and a call of it.
#[derive(Clone)]
pub(crate) struct Subject {
    model: Arc<dyn LanguageModel>,
    options: CallOptions,
    runtime: Arc<tokio::runtime::Runtime>,
}

/// Answers every request with the same chunks.
#[derive(Debug)]
struct Answer(Vec<Bytes>);

impl Carrier for Answer {
    fn carry(&self, _: Request<Bytes>) -> BoxFuture<'_, io::Result<Response<Chunks>>> {
        let chunks: Chunks = stream::iter(self.0.clone()).map(Ok).boxed();
        let answer = Response::builder().header("content-type", "text/event-stream").body(chunks);
        async { Ok(answer.unwrap()) }.boxed()
    }
}

impl Subject {
    pub(crate) fn new(stream: &Stream, chunking: Chunking) -> Self {
        let answer = Arc::new(Answer(stream.chunks(chunking)));
        let client = Client::builder().carrier(answer).build().unwrap();
        let (id, wire, model) = stream.wire.model();
        let settings = Settings::new()
            .with("apiKey", "key")
            .with("name", "example")
            .with("baseURL", "https://api.example.com/v1");
        let provider = find(id).unwrap().build(&settings, &client).unwrap();
        let provider = provider.wire(wire).unwrap_or(provider);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        Self {
            model: provider.language_model(model).unwrap(),
            options: serde_json::from_value(stream.options()).unwrap(),
            runtime: Arc::new(runtime),
        }
    }

    /// Makes the call and reads the answer to its end.
    pub(crate) fn run(&self) {
        self.runtime.block_on(async {
            let call = aqueduct_spec::Stream::from(self.options.clone());
            let mut parts = self.model.call(call, &Context::default()).await.unwrap().stream;
            while let Some(part) = parts.next().await {
                black_box(part.unwrap());
            }
        });
    }

    /// The parts of the answer, as JSON.
    #[allow(dead_code, clippy::allow_attributes, reason = "only one of the two benches compares")]
    pub(crate) fn parts(&self) -> Vec<Value> {
        self.runtime.block_on(async {
            let call = aqueduct_spec::Stream::from(self.options.clone());
            let parts = self.model.call(call, &Context::default()).await.unwrap().stream;
            parts.map(|part| serde_json::to_value(part.unwrap()).unwrap()).collect().await
        })
    }
}
