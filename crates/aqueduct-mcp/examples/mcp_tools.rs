//! Lists the tools of an MCP server: `cargo run -p aqueduct-mcp --example mcp_tools -- node server.js`.
#![expect(clippy::print_stdout, reason = "an example prints")]

use aqueduct_mcp::{McpClient, Stdio};

#[tokio::main]
async fn main() -> aqueduct::Result<()> {
    let mut words = std::env::args().skip(1);
    let Some(command) = words.next() else {
        println!("usage: mcp_tools COMMAND [ARGUMENTS]");
        return Ok(());
    };
    let client = McpClient::connect(Stdio::new(command).args(words)).name("example").await?;
    for tool in client.tools().await? {
        println!("{}", tool.name());
    }
    client.close().await
}
