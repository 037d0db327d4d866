//! Real servers, which run in Node.

use std::net::TcpListener;
use std::process::Stdio as Pipe;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// The path of the reference server's program, if the scripts brought it.
pub(crate) fn everything() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the scripts say where the server is")]
    let path = std::env::var("AQUEDUCT_TEST_MCP_EVERYTHING").ok();
    if path.is_none() {
        #[expect(clippy::print_stderr, reason = "a test that did not run says so")]
        {
            eprintln!("skipped: AQUEDUCT_TEST_MCP_EVERYTHING is not set");
        }
    }
    path
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts a server, which says on its standard error that it listens: the line has `sign` in it.
pub(crate) async fn start(command: Command, sign: &str) -> Child {
    start_and_hear(command, sign).await.0
}

/// The same, with that line.
pub(crate) async fn start_and_hear(mut command: Command, sign: &str) -> (Child, String) {
    let mut server =
        command.stderr(Pipe::piped()).stdout(Pipe::null()).kill_on_drop(true).spawn().unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
    let line = loop {
        let line = lines.next_line().await.unwrap().expect("the server did not start");
        if line.contains(sign) {
            break line;
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (server, line)
}
