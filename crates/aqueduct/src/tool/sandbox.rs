//! A place where tools read and write files and run programs.
//!
//! Source: <https://ai-sdk.dev/docs/reference/ai-sdk-core/tool> (`experimental_sandbox`, 2026-08).

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use aqueduct_spec::{BoxFuture, BoxStream, Error, Result};
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;

/// A stream of bytes.
pub type ByteStream = BoxStream<'static, Result<Bytes>>;

/// A place where tools read and write files and run programs. It is given to a request with `sandbox` and reaches tools through
/// [`ToolContext::sandbox`](super::ToolContext::sandbox). Dropping a future cancels what it was doing.
pub trait Sandbox: Send + Sync + 'static {
    /// What a model should know about it: the root directory, open ports, its public name.
    fn description(&self) -> &str;

    /// Reads a file; `None` if there is none.
    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<ByteStream>>>;

    /// Writes a file, its directories as well. What was there is replaced.
    fn write<'a>(&'a self, path: &'a str, content: ByteStream) -> BoxFuture<'a, Result<()>>;

    /// Starts a program.
    fn spawn(&self, command: Command) -> BoxFuture<'_, Result<Box<dyn Process>>>;

    /// Reads a file as a whole; `None` if there is none, an error if it is larger than `max_bytes`.
    fn read_bytes<'a>(
        &'a self,
        path: &'a str,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Option<Bytes>>> {
        Box::pin(async move {
            match self.read(path).await? {
                Some(stream) => gather(stream, max_bytes).await.map(Some),
                None => Ok(None),
            }
        })
    }

    /// Reads a text file, or some of its lines, counted from 1; `None` if there is no such file. Bytes that are no UTF-8 are
    /// replaced. Lines past the end are left out.
    fn read_text<'a>(
        &'a self,
        path: &'a str,
        lines: Option<RangeInclusive<usize>>,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Option<String>>> {
        Box::pin(async move {
            let Some(bytes) = self.read_bytes(path, max_bytes).await? else { return Ok(None) };
            let text = String::from_utf8_lossy(&bytes);
            Ok(Some(match lines {
                None => text.into_owned(),
                Some(lines) => some_lines(&text, &lines),
            }))
        })
    }

    /// Runs a program to its end and gathers what it writes, at most `max_bytes` from each of its outputs.
    fn run(&self, command: Command, max_bytes: usize) -> BoxFuture<'_, Result<CommandOutput>> {
        Box::pin(async move {
            let mut process = self.spawn(command).await?;
            let (stdout, stderr) = (process.stdout(), process.stderr());
            let gathered = futures_util::future::try_join(
                gather(stdout, max_bytes),
                gather(stderr, max_bytes),
            );
            let (stdout, stderr) = match gathered.await {
                Ok(outputs) => outputs,
                Err(error) => {
                    process.kill().await?;
                    return Err(error);
                }
            };
            let exit_code = process.wait().await?;
            let text = |bytes: Bytes| String::from_utf8_lossy(&bytes).into_owned();
            Ok(CommandOutput { exit_code, stdout: text(stdout), stderr: text(stderr) })
        })
    }
}

/// A program to run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Command {
    /// The line for the shell.
    pub command: String,
    /// Where to run it. Default: the sandbox's.
    pub working_directory: Option<String>,
    /// Variables of its environment, beside the sandbox's. Secrets are safer here than in the line.
    pub environment: BTreeMap<String, String>,
}

impl Command {
    /// Runs this line.
    pub fn new(command: impl Into<String>) -> Self {
        Self { command: command.into(), ..Self::default() }
    }

    /// Sets where to run it.
    #[must_use]
    pub fn with_working_directory(mut self, path: impl Into<String>) -> Self {
        self.working_directory = Some(path.into());
        self
    }

    /// Adds a variable of its environment.
    #[must_use]
    pub fn with_variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }
}

/// What a program wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CommandOutput {
    /// Its exit code; 0 is success.
    pub exit_code: i32,
    /// What it wrote to its standard output.
    pub stdout: String,
    /// What it wrote to its standard error.
    pub stderr: String,
}

/// A program that runs.
pub trait Process: Send {
    /// What it writes to its standard output; empty if it was taken before.
    fn stdout(&mut self) -> ByteStream;

    /// What it writes to its standard error; empty if it was taken before.
    fn stderr(&mut self) -> ByteStream;

    /// Waits for its end and gives its exit code.
    fn wait(&mut self) -> BoxFuture<'_, Result<i32>>;

    /// Ends it. May be called again.
    fn kill(&mut self) -> BoxFuture<'_, Result<()>>;
}

async fn gather(mut stream: ByteStream, max_bytes: usize) -> Result<Bytes> {
    let mut all = BytesMut::new();
    while let Some(chunk) = stream.try_next().await? {
        if all.len() + chunk.len() > max_bytes {
            let message = format!("more than {max_bytes} bytes: read less of it");
            return Err(Error::new(aqueduct_spec::ErrorKind::TooLarge, message));
        }
        all.extend_from_slice(&chunk);
    }
    Ok(all.freeze())
}

fn some_lines(text: &str, lines: &RangeInclusive<usize>) -> String {
    let first = lines.start().saturating_sub(1);
    let count = lines.end().saturating_sub(first);
    let lines: Vec<_> = text.lines().skip(first).take(count).collect();
    lines.join("\n")
}
