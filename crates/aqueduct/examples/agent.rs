//! An agent whose tool wants leave before it runs: `cargo run --example agent`.

use std::io::{BufRead as _, Write as _};

use aqueduct::message::{ToolMessage, ToolPart};
use aqueduct::{Message, Tool, ToolLoopAgent};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The simulator's model `tools` calls the first tool, then answers with its result.
    let model = std::env::args().nth(1).unwrap_or_else(|| "simulator/tools".to_owned());

    let remove = Tool::new("remove")
        .description("Removes a file")
        .needs_approval(true)
        .execute(|_: Value, _| async { "removed" });
    let agent =
        ToolLoopAgent::builder(&model).instructions("Keep the disk tidy.").tool(remove).build();

    let mut messages = vec![Message::user("Remove what is not needed.")];
    let mut out = std::io::stdout();
    loop {
        let answer = agent.generate(messages.clone()).await?;
        messages.extend(answer.response_messages());
        let mut answers: Vec<ToolPart> = Vec::new();
        for request in answer.last_step().tool_approval_requests() {
            let call = &request.tool_call;
            write!(out, "may {} run with {}? [y/n] ", call.tool_name, call.input)?;
            out.flush()?;
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line)?;
            let is_yes = line.trim().eq_ignore_ascii_case("y");
            answers.push(
                if is_yes { request.approve() } else { request.deny("the user said no") }.into(),
            );
        }
        if answers.is_empty() {
            writeln!(out, "{}", answer.text())?;
            return Ok(());
        }
        messages.push(ToolMessage::new(answers).into());
    }
}
