//! A child process that speaks over its standard streams, a message a line.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio as Pipe;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aqueduct::spec::{BoxFuture, BoxStream};
use aqueduct::{Error, Result};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{Connection, MAX_MESSAGE_BYTES, MessageSender, Transport};
use crate::error::closed;

/// What a child gets to see of this program's environment: credentials of other services stay here.
const INHERITED: [&str; 6] = ["HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER"];

/// How long a child may take to end after its input has ended.
const GRACE: Duration = Duration::from_secs(2);

/// Starts a server as a child process.
///
/// At the end of the connection its input ends, and it is killed if it does not follow within 2 s. What it prints that is no
/// message is left out; a message of over 16 MiB ends the connection.
#[derive(Clone)]
pub struct Stdio {
    command: String,
    arguments: Vec<String>,
    environment: BTreeMap<String, String>,
    directory: Option<PathBuf>,
    is_quiet: bool,
}

impl Stdio {
    /// Names the program. It sees `HOME`, `LOGNAME`, `PATH`, `SHELL`, `TERM` and `USER` of the environment.
    pub fn new(command: impl Into<String>) -> Self {
        Self {
            command: command.into(),
            arguments: Vec::new(),
            environment: BTreeMap::new(),
            directory: None,
            is_quiet: false,
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: Into<String>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Adds a variable to its environment.
    #[must_use]
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// Sets the directory that it works in.
    #[must_use]
    pub fn cwd(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Throws away what it writes to its standard error, which otherwise goes to that of this program.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.is_quiet = true;
        self
    }

    fn start(self) -> Result<Connection> {
        let mut command = Command::new(&self.command);
        command.args(&self.arguments).env_clear().kill_on_drop(true);
        for name in INHERITED {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(&self.environment).stdin(Pipe::piped()).stdout(Pipe::piped());
        command.stderr(if self.is_quiet { Pipe::null() } else { Pipe::inherit() });
        if let Some(directory) = &self.directory {
            command.current_dir(directory);
        }
        let mut child = command.spawn().map_err(|error| {
            let message = format!("cannot start the MCP server '{}': {error}", self.command);
            Error::configuration(message).with_source(error)
        })?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(closed());
        };
        let (lines, written) = mpsc::channel(16);
        // A task of its own, so that a caller who goes away never leaves half a line behind. It ends with the sender.
        tokio::spawn(write(input, written));
        let running = Running { lines: Mutex::new(Some(lines)), child: Mutex::new(Some(child)) };
        Ok(Connection::new(running, read(output)))
    }
}

/// Arguments and variables may hold credentials.
impl std::fmt::Debug for Stdio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stdio").field("command", &self.command).finish_non_exhaustive()
    }
}

impl Transport for Stdio {
    fn open(self: Box<Self>) -> BoxFuture<'static, Result<Connection>> {
        Box::pin(async move { self.start() })
    }
}

struct Running {
    /// Without it the child's input ends.
    lines: Mutex<Option<mpsc::Sender<Vec<u8>>>>,
    child: Mutex<Option<Child>>,
}

impl MessageSender for Running {
    fn send(&self, message: Value) -> BoxFuture<'_, Result<()>> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            let mut line = message.to_string().into_bytes();
            line.push(b'\n');
            lines.ok_or_else(closed)?.send(line).await.map_err(|_| closed())
        })
    }

    fn close(&self) -> BoxFuture<'_, Result<()>> {
        drop(self.lines.lock().unwrap_or_else(PoisonError::into_inner).take());
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner).take();
        Box::pin(async move {
            let Some(mut child) = child else { return Ok(()) };
            if timeout(GRACE, child.wait()).await.is_err() {
                let _already_gone = child.kill().await;
            }
            Ok(())
        })
    }
}

async fn write(mut input: ChildStdin, mut lines: mpsc::Receiver<Vec<u8>>) {
    while let Some(line) = lines.recv().await {
        if input.write_all(&line).await.is_err() || input.flush().await.is_err() {
            return;
        }
    }
}

fn read(output: ChildStdout) -> BoxStream<'static, Value> {
    stream::unfold(BufReader::new(output), |mut output| async move {
        loop {
            let mut line = Vec::new();
            let limit = MAX_MESSAGE_BYTES as u64 + 1;
            let n_bytes = (&mut output).take(limit).read_until(b'\n', &mut line).await.ok()?;
            if n_bytes == 0 || n_bytes > MAX_MESSAGE_BYTES {
                return None;
            }
            // Servers that print to their standard output by mistake are common; such lines are no messages.
            if let Ok(message) = serde_json::from_slice(&line) {
                return Some((message, output));
            }
        }
    })
    .boxed()
}
