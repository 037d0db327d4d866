//! A call, and the one that follows it.

use std::sync::{Arc, Mutex};

use aqueduct::message::{AssistantPart, ToolPart};
use aqueduct::spec::language::{
    CallOptions, GenerateResult, StreamResult, Tool as SpecTool, ToolApprovalResponsePart,
    ToolMessage, ToolResultOutput, ToolResultPart,
};
use aqueduct::spec::{
    BoxFuture, Context, Describe, Generate, LanguageModel, Model, ModelInfo, Result, Stream,
};
use aqueduct::{Message, Tool, generate_text, stream_text};
use aqueduct_http::Client;
use aqueduct_providers::{Settings, find};
use aqueduct_testkit::{RecordedRequest, Reply, ScriptedUpstream};
use serde_json::json;

use super::case::{Case, reply};

/// A model that is called as it was when its answer was recorded; only the prompt is new.
struct AsRecorded {
    inner: Arc<dyn LanguageModel>,
    options: CallOptions,
}

impl AsRecorded {
    fn options(&self, call: &CallOptions) -> CallOptions {
        let mut options = self.options.clone();
        options.prompt.clone_from(&call.prompt);
        options
    }
}

impl Describe for AsRecorded {
    fn info(&self) -> &ModelInfo {
        self.inner.info()
    }
}

impl Model<Generate> for AsRecorded {
    fn call<'a>(
        &'a self,
        call: Generate,
        cx: &'a Context,
    ) -> BoxFuture<'a, Result<GenerateResult>> {
        let call = Generate::from(self.options(&call));
        Box::pin(async move { Model::<Generate>::call(&self.inner, call, cx).await })
    }
}

impl Model<Stream> for AsRecorded {
    fn call<'a>(&'a self, call: Stream, cx: &'a Context) -> BoxFuture<'a, Result<StreamResult>> {
        let call = Stream::from(self.options(&call));
        Box::pin(async move { Model::<Stream>::call(&self.inner, call, cx).await })
    }
}

/// The request that followed.
pub(super) struct Next {
    pub(super) request: RecordedRequest,
    /// The same, made of messages that were JSON in between.
    pub(super) again: RecordedRequest,
}

/// Asks what was asked, and goes on with the answer; `None` if there was none.
///
/// # Errors
/// Why the next request was not made.
pub(super) async fn play(case: &Case, client: &Client) -> Result<Option<Next>, String> {
    let replies: Arc<Mutex<Vec<Reply>>> = Arc::default();
    let upstream = {
        let replies = Arc::clone(&replies);
        ScriptedUpstream::new(move |_| {
            let mut replies = replies.lock().unwrap();
            if replies.is_empty() { Reply::new(418) } else { replies.remove(0) }
        })
    };
    let case = case.at(&upstream.url());
    *replies.lock().unwrap() =
        case.exchanges().iter().map(|exchange| reply(&exchange["response"])).collect();
    let Some(model) = model(&case, client) else { return Ok(None) };
    let Some(said) = answer(&model, case.is_stream()).await else { return Ok(None) };
    replies.lock().unwrap().clear();
    let mut messages = vec![Message::user("Hello")];
    messages.extend(said);
    messages.extend(results(&messages));
    messages.push(Message::user("Go on."));
    let json = serde_json::to_string(&messages).unwrap();
    let kept: Vec<Message> = serde_json::from_str(&json).unwrap();
    Ok(Some(Next {
        request: next(&model, messages, &upstream).await?,
        again: next(&model, kept, &upstream).await?,
    }))
}

fn model(case: &Case, client: &Client) -> Option<Arc<AsRecorded>> {
    let entry = find(case.provider())?;
    let mut provider = entry.build(&Settings::from(case.settings()), client).ok()?;
    let (provider_string, id) = case.model();
    if let Some((_, wire)) = provider_string.rsplit_once('.')
        && let Some(wired) = provider.wire(wire)
    {
        provider = wired;
    }
    let inner = provider.language_model(id).ok()?;
    Some(Arc::new(AsRecorded { inner, options: case.options()? }))
}

fn tools(options: &CallOptions) -> Vec<Tool> {
    let tools = options.tools.iter().flatten();
    tools
        .filter_map(|tool| match tool {
            SpecTool::Function(tool) => {
                Some(Tool::new(tool.name.as_str()).schema(tool.input_schema.clone()))
            }
            SpecTool::Provider(tool) => {
                Some(Tool::provider(tool.id.as_str(), tool.name.as_str(), tool.args.clone()))
            }
            _ => None,
        })
        .collect()
}

async fn answer(model: &Arc<AsRecorded>, is_stream: bool) -> Option<Vec<Message>> {
    let tools = tools(&model.options);
    let result = if is_stream {
        stream_text(model).prompt("Hello").tools(tools).max_retries(0).stream().collect().await
    } else {
        generate_text(model).prompt("Hello").tools(tools).max_retries(0).await
    };
    result.ok().map(|result| result.response_messages()).filter(|messages| !messages.is_empty())
}

/// A result for every call that waits for one, and a yes to every question.
fn results(messages: &[Message]) -> Option<Message> {
    let mut parts: Vec<ToolPart> = Vec::new();
    let mut answered = Vec::new();
    for message in messages {
        let Message::Tool(tool) = message else { continue };
        for part in &tool.content {
            if let ToolPart::ToolResult(result) = part {
                answered.push(result.tool_call_id.as_str());
            }
        }
    }
    let said = messages.iter().flat_map(|message| match message {
        Message::Assistant(assistant) => assistant.content.as_slice(),
        _ => &[],
    });
    for part in said {
        match part {
            AssistantPart::ToolCall(call)
                if call.provider_executed != Some(true)
                    && !answered.contains(&call.tool_call_id.as_str()) =>
            {
                let (id, name) = (call.tool_call_id.as_str(), call.tool_name.as_str());
                parts.push(ToolResultPart::new(id, name, output()).into());
            }
            AssistantPart::ToolApprovalRequest(request) => {
                let id = request.approval_id.as_str();
                let mut yes = ToolApprovalResponsePart::new(id, true);
                yes.provider_executed = Some(true);
                parts.push(yes.into());
            }
            _ => {}
        }
    }
    (!parts.is_empty()).then(|| ToolMessage::new(parts).into())
}

/// A result in which every tool that vendors define finds what it looks for.
fn output() -> ToolResultOutput {
    let exit = json!({ "type": "exit", "exitCode": 0 });
    let output = json!([{ "stdout": "sunny", "stderr": "", "outcome": exit }]);
    ToolResultOutput::json(json!({ "status": "completed", "output": output, "tools": [] }))
}

async fn next(
    model: &Arc<AsRecorded>,
    messages: Vec<Message>,
    upstream: &ScriptedUpstream,
) -> Result<RecordedRequest, String> {
    let before = upstream.requests().len();
    let tools = tools(&model.options);
    let result = generate_text(model).messages(messages).tools(tools).max_retries(0).await;
    let requests = upstream.requests();
    requests.get(before).cloned().ok_or_else(|| {
        format!("no next request: {}", result.err().map_or_else(String::new, |it| it.to_string()))
    })
}
