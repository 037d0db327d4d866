//! Lets a model use the tools of an MCP server: `cargo run -p aqueduct-mcp --example mcp_tools -- node server.js`. Without a
//! model's key the simulator is in its place, which only says that it is there.
#![expect(clippy::print_stdout, reason = "an example prints")]

use aqueduct::{generate_text, step_count_is};
use aqueduct_mcp::{McpClient, Stdio};

#[tokio::main]
async fn main() -> aqueduct::Result<()> {
    let mut words = std::env::args().skip(1);
    let Some(command) = words.next() else {
        println!("usage: mcp_tools COMMAND [ARGUMENTS]");
        return Ok(());
    };
    let client = McpClient::connect(Stdio::new(command).args(words)).name("example").await?;
    let tools = client.tools().await?;
    for tool in &tools {
        println!("{}", tool.name());
    }
    let answer = generate_text("simulator/echo")
        .instructions(client.instructions().unwrap_or("Use the tools."))
        .prompt("What can you do?")
        .tools(tools)
        .stop_when(step_count_is(5))
        .await?;
    println!("{}", answer.text());
    client.close().await
}
