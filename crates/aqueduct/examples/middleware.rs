//! Layers around a model: `cargo run --example middleware`, or with a model of your own: `… --example middleware groq/qwen/qwen3-32b`.

use std::io::Write as _;

use aqueduct::generate_text;
use aqueduct::layer::{
    ChangeCall, ExtractJson, ExtractReasoning, Retry, RetryPolicy, WithLayer as _,
    default_instructions,
};
use aqueduct::spec::language::CallOptions;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let model = std::env::args().nth(1).unwrap_or_else(|| "simulator/echo".to_owned());
    let model = aqueduct::Registry::from_process().language_model(&model)?;
    let mut out = std::io::stdout();

    // Each further layer is outside of those before: it sees the call first and the answer last.
    let model = model
        .layer(|model| Retry::new(model, RetryPolicy::default()))
        .layer(|model| ExtractReasoning::new(model, "think"))
        .layer(ExtractJson::new)
        .layer(|model| default_instructions(model, "Think in <think> tags, answer with JSON."))
        .layer(|model| {
            // A layer of one's own: whatever nobody set is set here.
            ChangeCall::new(model, |call: &mut CallOptions| {
                call.max_output_tokens.get_or_insert(1000);
                Ok(())
            })
        });

    // The simulator repeats this, tags and fences too; the layers make of it what it means.
    let prompt = "<think>One and one?</think>\n```json\n{\"sum\": 2}\n```";
    let answer = generate_text(model).prompt(prompt).await?;
    writeln!(out, "thought: {}", answer.reasoning_text().unwrap_or_default())?;
    writeln!(out, "answer:  {}", answer.text())?;
    Ok(())
}
