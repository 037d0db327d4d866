//! Calls a tool over HTTP and shows how far it is:
//! `cargo run -p aqueduct-mcp --example mcp_http -- http://127.0.0.1:3001/mcp trigger-long-running-operation '{"duration": 3}'`.
#![expect(clippy::print_stdout, reason = "an example prints")]

use aqueduct::spec::JsonObject;
use aqueduct::{Error, Result};
use aqueduct_mcp::{McpClient, StreamableHttp};

#[tokio::main]
async fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let (Some(url), Some(tool)) = (words.next(), words.next()) else {
        println!("usage: mcp_http URL TOOL [ARGUMENTS]");
        return Ok(());
    };
    let arguments: JsonObject = serde_json::from_str(&words.next().unwrap_or("{}".to_owned()))
        .map_err(|error| Error::invalid_request(format!("the arguments are no JSON: {error}")))?;
    let client = McpClient::connect(StreamableHttp::new(url))
        .on_notification(|method, params| println!("{method}: {params}"))
        .await?;
    let result = client
        .call_tool(tool, arguments)
        .on_progress(|step| println!("{} of {:?}", step.progress, step.total))
        .await?;
    for part in result.content.unwrap_or_default() {
        println!("{part}");
    }
    client.close().await
}
