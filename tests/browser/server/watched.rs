//! The simulator, watched: it waits where it is told to, and tells which of its calls were given up on.

use std::sync::Arc;

use aqueduct::spec::language::{GenerateResult, StreamPart, StreamResult};
use aqueduct::spec::{BoxFuture, Context, Describe, Generate, Model, ModelInfo, Stream};
use aqueduct::{Environment, LanguageModel, Registry, Result};
use futures_util::{StreamExt as _, stream};
use tokio::sync::{Semaphore, watch};

/// Where the text waits.
const MARK: char = '⏸';

#[derive(Clone)]
pub(crate) struct Watched {
    model: Arc<dyn LanguageModel>,
    gates: Arc<Semaphore>,
    cancelled: Arc<watch::Sender<usize>>,
}

impl Watched {
    pub(crate) fn new(model: &str) -> Result<Self> {
        let registry = Registry::from_environment(&Environment::default());
        let model = registry.language_model(model)?;
        let gates = Arc::new(Semaphore::new(0));
        Ok(Self { model, gates, cancelled: Arc::new(watch::Sender::new(0)) })
    }

    /// Lets one text go on.
    pub(crate) fn go(&self) {
        self.gates.add_permits(1);
    }

    /// Waits until so many calls were given up on, and says how many there are.
    pub(crate) async fn cancelled(&self, wanted: usize) -> usize {
        let mut counts = self.cancelled.subscribe();
        // The sender is ours, so that the wait cannot fail.
        drop(counts.wait_for(|count| *count >= wanted).await);
        *self.cancelled.borrow()
    }
}

impl Describe for Watched {
    fn info(&self) -> &ModelInfo {
        self.model.info()
    }
}

impl Model<Generate> for Watched {
    fn call<'a>(
        &'a self,
        call: Generate,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateResult>> {
        self.model.call(call, cx)
    }
}

impl Model<Stream> for Watched {
    fn call<'a>(&'a self, call: Stream, cx: &'a Context) -> BoxFuture<'a, Result<StreamResult>> {
        Box::pin(async move {
            let result = self.model.call(call, cx).await?;
            let call = Call { cancelled: Arc::clone(&self.cancelled), is_over: false };
            let gates = Arc::clone(&self.gates);
            Ok(result.map_stream(|parts| {
                stream::unfold((parts, call, gates), |(mut parts, mut call, gates)| async move {
                    let Some(mut part) = parts.next().await else {
                        call.end();
                        return None;
                    };
                    if let Ok(StreamPart::TextDelta(text)) = &mut part
                        && text.delta.contains(MARK)
                    {
                        text.delta = text.delta.replace(MARK, "");
                        if let Ok(permit) = gates.acquire().await {
                            permit.forget();
                        }
                    }
                    Some((part, (parts, call, gates)))
                })
            }))
        })
    }
}

/// A call that is under way.
struct Call {
    cancelled: Arc<watch::Sender<usize>>,
    is_over: bool,
}

impl Call {
    fn end(&mut self) {
        self.is_over = true;
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.is_over {
            self.cancelled.send_modify(|count| *count += 1);
        }
    }
}
