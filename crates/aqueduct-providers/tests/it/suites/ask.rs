//! Asks a provider what was asked when its wire was recorded.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aqueduct_http::Client;
use aqueduct_providers::Settings;
use aqueduct_spec::embedding::EmbedOptions;
use aqueduct_spec::image::GenerateImageOptions;
use aqueduct_spec::language::{CallOptions, StreamPart};
use aqueduct_spec::reranking::RerankOptions;
use aqueduct_spec::speech::GenerateSpeechOptions;
use aqueduct_spec::transcription::TranscribeOptions;
use aqueduct_spec::video::{GenerateVideoOptions, GetVideoStatusOptions};
use aqueduct_spec::{
    Call, Context, Embed, Error, Generate, GenerateImage, GenerateSpeech, GenerateVideo,
    GetVideoStatus, Provider, Rerank, Result, StartVideo, Stream, Timestamp, Transcribe,
};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use futures_util::StreamExt as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::recorded_answer::Recorded;
use super::wire::Wire;
use super::within;
use crate::recorded::{options, text};

/// An upstream that gives the answers of a wire, changed: `change` gets each with its place among the exchanges.
pub(super) fn upstream(
    wire: &Wire,
    change: impl Fn(usize, &Recorded) -> Reply + Send + Sync + 'static,
) -> ScriptedUpstream {
    let exchanges = wire.case.exchanges().to_vec();
    let next = AtomicUsize::new(0);
    ScriptedUpstream::new(move |request| {
        let own = format!("http://{}", request.header("host"));
        let fits = |exchange: &Value| {
            let url = text(&exchange["request"]["url"]).trim_start_matches("{{upstream}}");
            let path = url.split('?').next().unwrap_or_default();
            exchange["request"]["method"] == request.method.as_str() && path == request.path()
        };
        // Those that do not fit a place fit the order in which they come, which is how a lent wire is read.
        let count = next.fetch_add(1, Ordering::Relaxed);
        let later = exchanges.iter().enumerate().skip(count).find(|(_, exchange)| fits(exchange));
        let index = later.map_or(count.min(exchanges.len() - 1), |(index, _)| index);
        if count > exchanges.len() + 8 {
            return Reply::text(410, "asked too often");
        }
        change(index, &Recorded::new(&exchanges[index], &own))
    })
}

/// The provider of a wire, calling an upstream.
pub(super) fn provider(wire: &Wire, url: &str, client: &Client) -> Arc<dyn Provider> {
    let case = wire.case.at(url);
    let mut settings = case.settings();
    if !wire.is_own {
        settings.retain(|name, _| ["apiKey", "baseURL", "name"].contains(&name.as_str()));
    }
    settings.entry("apiKey").or_insert_with(|| "test".into());
    let provider = wire.entry.build(&Settings::from(settings), client).unwrap();
    let (name, _) = case.model();
    let wired = name.rsplit_once('.').and_then(|(_, wired)| provider.wire(wired));
    wired.unwrap_or(provider)
}

/// The same clock and the same ids for every call, so that answers can be compared.
pub(super) fn context() -> Context {
    let count = AtomicUsize::new(0);
    Context::default()
        .with_ids(move || format!("generated-{}", count.fetch_add(1, Ordering::Relaxed)))
        .with_clock(|| Timestamp::from_second(1_770_000_000).unwrap())
}

/// Asks for a streamed answer; the error of the call itself counts as the first item.
pub(super) async fn parts(wire: &Wire, url: &str, client: &Client) -> Vec<Result<StreamPart>> {
    match start(wire, url, client).await {
        Ok(parts) => within(&wire.title(), parts.collect()).await,
        Err(error) => vec![Err(error)],
    }
}

/// Starts a streamed answer.
pub(super) async fn start(
    wire: &Wire,
    url: &str,
    client: &Client,
) -> Result<aqueduct_spec::BoxStream<'static, Result<StreamPart>>> {
    let case = wire.case.at(url);
    let (_, model) = case.model();
    let model = Stream::model(&*provider(wire, url, client), model)?;
    let call = Stream::from(options::<CallOptions>(&case)?);
    Ok(within(&wire.title(), model.call(call, &context())).await?.stream)
}

/// Asks for a whole answer.
pub(super) async fn whole(wire: &Wire, url: &str, client: &Client) -> Result<Value> {
    let path = wire.case.path();
    let call = async {
        match path {
            "/language-model" => unary::<Generate, CallOptions>(wire, url, client).await,
            "/embedding-model" => unary::<Embed, EmbedOptions>(wire, url, client).await,
            "/image-model" => unary::<GenerateImage, GenerateImageOptions>(wire, url, client).await,
            "/reranking-model" => unary::<Rerank, RerankOptions>(wire, url, client).await,
            "/transcription-model" => {
                unary::<Transcribe, TranscribeOptions>(wire, url, client).await
            }
            "/speech-model" => {
                unary::<GenerateSpeech, GenerateSpeechOptions>(wire, url, client).await
            }
            "/video-model" => unary::<GenerateVideo, GenerateVideoOptions>(wire, url, client).await,
            "/video-model/start" => {
                unary::<StartVideo, GenerateVideoOptions>(wire, url, client).await
            }
            "/video-model/status" => {
                unary::<GetVideoStatus, GetVideoStatusOptions>(wire, url, client).await
            }
            path => panic!("there is no suite for {path}"),
        }
    };
    within(&wire.title(), call).await
}

async fn unary<C, O>(wire: &Wire, url: &str, client: &Client) -> Result<Value>
where
    C: Call + From<O>,
    C::Output: Serialize,
    O: DeserializeOwned,
{
    let case = wire.case.at(url);
    let (_, model) = case.model();
    let model = C::model(&*provider(wire, url, client), model)?;
    let output = model.call(options::<O>(&case)?.into(), &context()).await?;
    serde_json::to_value(&output).map_err(|error| Error::internal(error.to_string()))
}

/// Asks for the whole of an answer that was recorded as a stream.
pub(super) async fn whole_of_stream(
    wire: &Wire,
    url: &str,
    client: &Client,
) -> Result<aqueduct_spec::language::GenerateResult> {
    let case = wire.case.at(url);
    let (_, model) = case.model();
    let model = Generate::model(&*provider(wire, url, client), model)?;
    let call = Generate::from(options::<CallOptions>(&case)?);
    within(&wire.title(), model.call(call, &context())).await
}
