//! A stream as it comes, part by part: thoughts, text, tools. `cargo run --example streaming`, or with a model of your own.

use std::io::Write as _;

use aqueduct::text::Smoothing;
use aqueduct::{TextStreamPart, Tool, smooth_stream, step_count_is, stream_text};
use futures_util::StreamExt as _;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The simulator's model `tools` calls the first tool, then answers with its result.
    let model = std::env::args().nth(1).unwrap_or_else(|| "simulator/tools".to_owned());
    let tide = Tool::new("tide")
        .description("Tells how high the water stands")
        .execute(|_: Value, _| async { "the water stands 2 m high and falls" });

    // Dropping the stream, here or at any part, ends the call to the provider.
    let mut stream = stream_text(&model)
        .prompt("Can we sail?")
        .tool(tide)
        .stop_when(step_count_is(4))
        .transform(smooth_stream(Smoothing::words()))
        .await?;

    let mut out = std::io::stdout();
    while let Some(part) = stream.next().await {
        match part? {
            TextStreamPart::StartStep(step) => writeln!(out, "step {}", step.step_number)?,
            TextStreamPart::ReasoningDelta(thought) => write!(out, "({})", thought.delta)?,
            TextStreamPart::TextDelta(text) => write!(out, "{}", text.delta)?,
            TextStreamPart::ToolCall(call) => {
                writeln!(out, "calls {} {}", call.tool_name, call.input)?;
            }
            TextStreamPart::ToolResult(result) => writeln!(out, "gets {}", result.output)?,
            // What the provider reports within the stream; a stream that breaks is the error of an item.
            TextStreamPart::Error(error) => writeln!(out, "fails: {error:?}")?,
            _ => {}
        }
        out.flush()?;
    }
    // What was read is not lost: the whole answer is here as well.
    let answer = stream.collect().await?;
    writeln!(
        out,
        "\n{} steps, finished by {:?}",
        answer.steps().len(),
        answer.finish_reason().unified
    )?;
    Ok(())
}
