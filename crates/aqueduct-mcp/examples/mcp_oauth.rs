//! Lists the tools of a server that wants to know the user: `cargo run -p aqueduct-mcp --example mcp_oauth -- URL`.
#![expect(clippy::print_stdout, reason = "an example prints")]

use aqueduct::{Error, ErrorKind, Result};
use aqueduct_mcp::{McpClient, OAuth, StreamableHttp};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<()> {
    let Some(url) = std::env::args().nth(1) else {
        println!("usage: mcp_oauth URL");
        return Ok(());
    };
    let listener = TcpListener::bind("127.0.0.1:8090").await.map_err(network)?;
    let oauth = OAuth::builder(&url, "http://127.0.0.1:8090/callback").build()?;
    let connect = || McpClient::connect(StreamableHttp::new(&url).oauth(&oauth));
    let client = match connect().await {
        Err(error) if error.kind() == ErrorKind::Authentication => {
            println!("open {}", oauth.authorize().await?);
            oauth.finish(&came_back(&listener).await?).await?;
            connect().await?
        }
        connected => connected?,
    };
    for tool in client.list_tools().await? {
        println!("{}", tool.name);
    }
    client.close().await
}

/// The URL that the browser comes back to. A program with a web server has a route for this.
async fn came_back(listener: &TcpListener) -> Result<String> {
    let (stream, _) = listener.accept().await.map_err(network)?;
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await.map_err(network)?;
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\nYou may close this.";
    stream.write_all(answer.as_bytes()).await.map_err(network)?;
    let path = line.split_whitespace().nth(1).unwrap_or_default();
    Ok(format!("http://127.0.0.1:8090{path}"))
}

fn network(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Network, "the browser did not come back").with_source(error)
}
