//! An answer with a type, after tools have run: `cargo run --example object_with_tools`, or with a model of your own.

use std::io::Write as _;

use aqueduct::{Output, Tool, generate_text, step_count_is};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, JsonSchema)]
struct Place {
    /// The city's name in English.
    name: String,
}

/// What the tool returns.
#[derive(Serialize)]
struct Weather {
    sky: &'static str,
    celsius: i32,
}

/// What the model is to answer.
#[derive(Debug, Deserialize, JsonSchema)]
struct Advice {
    /// One sentence.
    summary: String,
    umbrella: bool,
    /// What to wear, piece by piece.
    clothes: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The simulator knows nothing of fashion, but it calls the tool and its answer fits the type.
    let model = std::env::args().nth(1).unwrap_or_else(|| "simulator/tools".to_owned());
    let weather = Tool::new("weather")
        .description("Tells the weather in a city")
        .input::<Place>()
        .execute(|place, _| async move {
            Weather { sky: "rain", celsius: i32::try_from(place.name.len()).unwrap_or(20) }
        });

    let answer = generate_text(&model)
        .prompt("I am going to Rome. What do I wear?")
        .tool(weather)
        .stop_when(step_count_is(5))
        .output(Output::object::<Advice>())
        .await?;

    let mut out = std::io::stdout();
    for result in answer.steps().iter().flat_map(|step| step.tool_results()) {
        writeln!(out, "{} said {}", result.tool_name, result.output)?;
    }
    let advice = answer.output()?;
    writeln!(out, "{} umbrella: {}, {:?}", advice.summary, advice.umbrella, advice.clothes)?;
    Ok(())
}
