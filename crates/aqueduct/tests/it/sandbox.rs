//! A sandbox reaches the tools that work in it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aqueduct::spec::{BoxFuture, Result};
use aqueduct::text::StepChanges;
use aqueduct::tool::{ByteStream, Command, Process, Sandbox};
use aqueduct::{ErrorKind, Tool, ToolContext, generate_text, step_count_is};
use aqueduct_testkit::{MockLanguageModel, Turn};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;

/// Files in memory; a command's output is the command itself.
#[derive(Default)]
struct Memory(Mutex<BTreeMap<String, Vec<u8>>>);

fn bytes(content: Vec<u8>) -> ByteStream {
    stream::iter([Ok(content.into())]).boxed()
}

impl Sandbox for Memory {
    fn description(&self) -> &str {
        "files in memory"
    }

    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, Result<Option<ByteStream>>> {
        let content = self.0.lock().unwrap().get(path).cloned();
        Box::pin(async move { Ok(content.map(bytes)) })
    }

    fn write<'a>(&'a self, path: &'a str, content: ByteStream) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let chunks: Vec<_> = content.try_collect().await?;
            self.0.lock().unwrap().insert(path.to_owned(), chunks.concat());
            Ok(())
        })
    }

    fn spawn(&self, command: Command) -> BoxFuture<'_, Result<Box<dyn Process>>> {
        Box::pin(async move { Ok(Box::new(Echo(command.command)) as Box<dyn Process>) })
    }
}

struct Echo(String);

impl Process for Echo {
    fn stdout(&mut self) -> ByteStream {
        bytes(self.0.clone().into_bytes())
    }

    fn stderr(&mut self) -> ByteStream {
        stream::empty().boxed()
    }

    fn wait(&mut self) -> BoxFuture<'_, Result<i32>> {
        Box::pin(async { Ok(0) })
    }

    fn kill(&mut self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

fn cat() -> Tool {
    Tool::new("cat")
        .execute(|_, cx: ToolContext| async move { cx.sandbox()?.read_text("/a", None, 99).await })
}

async fn with(content: &str) -> Arc<Memory> {
    let memory = Arc::new(Memory::default());
    memory.write("/a", bytes(content.into())).await.unwrap();
    memory
}

#[tokio::test]
async fn tools_work_in_it_and_a_step_may_have_another() {
    let call = |id| Turn::tool_call(id, "cat", &json!({}));
    let model = MockLanguageModel::answers([call("a"), call("b"), call("c")]);
    let (one, two) = (with("one").await, with("two").await);
    let answer = generate_text(model)
        .prompt("go")
        .tool(cat())
        .sandbox(one)
        .stop_when(step_count_is(3))
        .prepare_step(move |plan| {
            let two = Arc::clone(&two);
            async move { (plan.step_number == 1).then(|| StepChanges::new().sandbox(two)) }
        })
        .await
        .unwrap();
    let outputs: Vec<_> = answer.tool_results().map(|result| result.output.clone()).collect();
    assert_eq!(outputs, ["one", "two", "one"]);
}

#[tokio::test]
async fn reads_lines_and_no_more_than_asked_for() {
    let memory = with("a\nb\nc\nd").await;
    let lines = |lines| memory.read_text("/a", Some(lines), 99);
    assert_eq!(lines(2..=3).await.unwrap().unwrap(), "b\nc");
    assert_eq!(lines(4..=99).await.unwrap().unwrap(), "d");
    assert_eq!(lines(9..=99).await.unwrap().unwrap(), "");
    assert_eq!(memory.read_text("/b", None, 99).await.unwrap(), None);
    let error = memory.read_bytes("/a", 3).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let output = memory.run(Command::new("ls"), 99).await.unwrap();
    assert_eq!((output.exit_code, output.stdout.as_str()), (0, "ls"));
    assert!(memory.run(Command::new("ls"), 1).await.is_err());
}

#[tokio::test]
async fn a_tool_without_one_says_so() {
    let error = cat().call(json!({}), ToolContext::new("a", [])).await.unwrap_err();
    assert_eq!(error.message, "the request has no sandbox");
}
