//! Spans as OpenTelemetry wants them, written to the terminal: `cargo run --example telemetry`.
//!
//! With the layer of `tracing-opentelemetry` in place of the one that writes, they go to any collector.

use aqueduct::telemetry::GenAiSpans;
use aqueduct::{TelemetryOptions, Tool, generate_text, register_telemetry, step_count_is};
use schemars::JsonSchema;
use serde::Deserialize;
use tracing_subscriber::fmt::format::FmtSpan;

#[derive(Deserialize, JsonSchema)]
struct City {
    /// The city's name in English.
    name: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().with_span_events(FmtSpan::CLOSE).init();
    register_telemetry(GenAiSpans::new());

    let model = std::env::args().nth(1).unwrap_or_else(|| "simulator/tools".to_owned());
    let weather = Tool::new("weather")
        .description("Tells the weather in a city")
        .input::<City>()
        .execute(|city, _| async move { format!("sunny in {}, 21 °C", city.name) });

    // Without `record_inputs` and `record_outputs`, nothing of what is said appears.
    generate_text(&model)
        .prompt("What is the weather in Rome?")
        .tool(weather)
        .stop_when(step_count_is(5))
        .telemetry(TelemetryOptions::new().function_id("weather").record_outputs(true))
        .await?;
    Ok(())
}
