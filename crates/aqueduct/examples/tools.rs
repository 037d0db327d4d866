//! A model that calls a tool and answers with what it learned: `cargo run --example tools`.

use std::io::Write as _;

use aqueduct::{Tool, generate_text, step_count_is};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
struct City {
    /// The city's name in English.
    name: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The simulator's model `tools` calls the first tool, then answers with its result.
    let model = std::env::args().nth(1).unwrap_or_else(|| "simulator/tools".to_owned());

    let weather = Tool::new("weather")
        .description("Tells the weather in a city")
        .input::<City>()
        .execute(|city, _| async move { format!("sunny in {}, 21 °C", city.name) });

    let answer = generate_text(&model)
        .prompt("What is the weather in Rome?")
        .tool(weather)
        .stop_when(step_count_is(5))
        .await?;

    let mut out = std::io::stdout();
    for step in answer.steps() {
        for call in step.tool_calls() {
            writeln!(out, "step {}: {} {}", step.step_number, call.tool_name, call.input)?;
        }
    }
    writeln!(out, "{}", answer.text())?;
    Ok(())
}
