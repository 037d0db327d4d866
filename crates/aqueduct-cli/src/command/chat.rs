//! `aqueduct chat`: ask a model, through the gateway's router but without a server.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Arc;
use std::time::Duration;

use aqueduct::spec::{JsonObject, Provider};
use aqueduct::text::{TextResult, TextStream};
use aqueduct_gateway::{Gateway, Origin};
use aqueduct_providers::Environment;
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::time::Instant;

use super::{load, router};
use crate::args::Chat;
use crate::failure::Failure;

/// What answers when nothing was named and no model server runs on this machine.
const LAST_RESORT: &str = "simulator/lorem";

pub(crate) async fn run(arguments: Chat, environment: &Environment) -> Result<(), Failure> {
    let prompt = prompt(&arguments).await?;
    let gateway = Gateway::new(load(&arguments.source, environment)?).await?;
    let model_id = match &arguments.model {
        Some(model) => model.clone(),
        None => default_model(&gateway)?,
    };
    let model = router(&gateway)?.language_model(&model_id)?;
    let start = Instant::now();
    let mut request = aqueduct::stream_text(Arc::clone(&model)).prompt(prompt);
    if let Some(system) = &arguments.system {
        request = request.system(system.as_str());
    }
    if let Some(tokens) = arguments.max_output_tokens {
        request = request.max_output_tokens(tokens);
    }
    if let Some(temperature) = arguments.temperature {
        request = request.temperature(temperature);
    }
    // The router retries by itself.
    let mut stream = request.max_retries(0).stream();
    let first = if arguments.json { None } else { print(&mut stream, start).await? };
    let result = stream.collect().await?;
    let took = Took { first, whole: start.elapsed() };
    if arguments.json {
        let object = describe(&model_id, &result, &took);
        let text = serde_json::to_string_pretty(&object)?;
        return writeln!(io::stdout(), "{text}").map_err(|error| Failure::output(&error));
    }
    if !arguments.quiet {
        summarise(&model_id, &result, &took).map_err(|error| Failure::output(&error))?;
    }
    Ok(())
}

struct Took {
    first: Option<Duration>,
    whole: Duration,
}

/// The prompt on the command line, then what comes in through a pipe.
async fn prompt(arguments: &Chat) -> Result<String, Failure> {
    let mut prompt = arguments.prompt.join(" ");
    let piped = !io::stdin().is_terminal();
    if prompt.is_empty() && !piped {
        let _ = writeln!(io::stderr(), "The prompt is read from the terminal; end it with Ctrl-D.");
    }
    if prompt.is_empty() || piped {
        let mut input = String::new();
        tokio::io::stdin()
            .read_to_string(&mut input)
            .await
            .map_err(|error| Failure::new(format!("cannot read the prompt: {error}")))?;
        if !prompt.is_empty() && !input.trim().is_empty() {
            prompt.push_str("\n\n");
        }
        prompt.push_str(input.trim_end());
    }
    if prompt.trim().is_empty() {
        return Err(Failure::new("no prompt: give one as an argument or through standard input"));
    }
    Ok(prompt)
}

/// The first language model of a server on this machine, else the simulator, and says so: nobody is to take the simulator
/// for a model.
fn default_model(gateway: &Gateway) -> Result<String, Failure> {
    // Servers list embedding models beside the others, and tell them apart by name alone.
    let local = gateway
        .models()
        .find(|model| model.origin == Origin::LocalServer && !model.id.contains("embed"))
        .map(|model| model.id.clone());
    let mut err = io::stderr();
    let said = match &local {
        Some(model) => writeln!(err, "No model named (-m); asking {model}, found on this machine."),
        None => writeln!(
            err,
            "No model named (-m) and no model server found on this machine; {LAST_RESORT} answers, which is no language model."
        ),
    };
    said.map_err(|error| Failure::output(&error))?;
    Ok(local.unwrap_or_else(|| LAST_RESORT.to_owned()))
}

/// Prints the text as it arises and returns how long the first of it took.
async fn print(stream: &mut TextStream, start: Instant) -> Result<Option<Duration>, Failure> {
    let mut first = None;
    let mut ends_line = true;
    let mut deltas = stream.text_stream();
    while let Some(delta) = deltas.next().await {
        let delta = delta?;
        first.get_or_insert_with(|| start.elapsed());
        let mut out = io::stdout().lock();
        let written = out.write_all(delta.as_bytes()).and_then(|()| out.flush());
        written.map_err(|error| Failure::output(&error))?;
        ends_line = if delta.is_empty() { ends_line } else { delta.ends_with('\n') };
    }
    if !ends_line {
        writeln!(io::stdout()).map_err(|error| Failure::output(&error))?;
    }
    Ok(first)
}

/// One line about who answered, what it used and how long it took.
fn summarise(model_id: &str, result: &TextResult, took: &Took) -> io::Result<()> {
    let usage = result.total_usage();
    let count =
        |tokens: Option<u64>| tokens.map_or_else(|| "?".to_owned(), |tokens| tokens.to_string());
    let mut line = format!(
        "\n{} · {} tokens in, {} out · {:.2} s",
        answered_by(result).unwrap_or_else(|| model_id.to_owned()),
        count(usage.input_tokens.total),
        count(usage.output_tokens.total),
        took.whole.as_secs_f64(),
    );
    if let Some(first) = took.first {
        line.push_str(&format!(" (first word after {:.2} s)", first.as_secs_f64()));
    }
    let finish = result.finish_reason();
    if finish.unified != aqueduct::spec::language::UnifiedFinishReason::Stop {
        line.push_str(&format!(" · stopped: {}", finish.unified.as_str()));
    }
    let mut err = io::stderr().lock();
    writeln!(err, "{line}")?;
    for warning in result.warnings() {
        let text = serde_json::to_string(warning).unwrap_or_default();
        writeln!(err, "warning: {text}")?;
    }
    Ok(())
}

/// What the router says about who answered in the end.
fn answered_by(result: &TextResult) -> Option<String> {
    let routing = routing(result)?;
    let provider = routing.get("finalProvider").and_then(Value::as_str)?;
    let model = routing.get("resolvedProviderApiModelId").and_then(Value::as_str)?;
    Some(format!("{provider}/{model}"))
}

fn routing(result: &TextResult) -> Option<&JsonObject> {
    result.provider_metadata()?.get("gateway")?.get("routing")?.as_object()
}

fn describe(model_id: &str, result: &TextResult, took: &Took) -> Value {
    let millis = u64::try_from(took.whole.as_millis()).unwrap_or(u64::MAX);
    json!({
        "model": model_id,
        "answeredBy": answered_by(result).unwrap_or_else(|| model_id.to_owned()),
        "text": result.text(),
        "reasoning": result.reasoning_text(),
        "finishReason": result.finish_reason(),
        "usage": result.total_usage(),
        "durationMs": millis,
        "warnings": result.warnings().collect::<Vec<_>>(),
        "providerMetadata": result.provider_metadata(),
    })
}
