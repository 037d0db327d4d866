//! What subjects share: models and tools that do as a script says.

use std::collections::VecDeque;
use std::error::Error as StdError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aqueduct::spec::language::{
    CallOptions, Generate, GenerateResult, Stream, StreamPart, StreamResult, ToolResultOutput,
};
use aqueduct::spec::{
    BoxFuture, Context, Describe, Error, ErrorKind, Model, ModelInfo, Profile, Result, UrlPattern,
};
use aqueduct::tool::ToolApproval;
use aqueduct::{Message, Tool};
use aqueduct_testkit::fold;
use futures_util::{StreamExt as _, future, stream};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Answers for models, whichever of them is asked, and what they were asked.
#[derive(Clone)]
pub(super) struct Script {
    steps: Arc<Mutex<VecDeque<Value>>>,
    calls: Arc<Mutex<Vec<(String, CallOptions)>>>,
    profile: Profile,
}

impl Script {
    pub(super) fn new(steps: Vec<Value>) -> Self {
        Self {
            steps: Arc::new(Mutex::new(steps.into())),
            calls: Arc::default(),
            profile: Profile::default(),
        }
    }

    /// The models fetch all `https` URLs themselves.
    pub(super) fn with_web_files(mut self) -> Self {
        self.profile.supported_urls.insert("*/*".to_owned(), vec![UrlPattern::Https]);
        self
    }

    /// A model that answers from the script.
    pub(super) fn model(&self, id: &str) -> Scripted {
        let info = ModelInfo::new("mock", id).with_profile(self.profile.clone());
        Scripted { script: self.clone(), info }
    }

    /// What the models were asked, each with its name.
    pub(super) fn calls(&self) -> Vec<(String, CallOptions)> {
        self.calls.lock().unwrap().clone()
    }
}

/// A model that answers from a script.
pub(super) struct Scripted {
    script: Script,
    info: ModelInfo,
}

impl Scripted {
    fn take(&self, options: &CallOptions) -> Result<Value> {
        let call = (self.info.model_id.clone(), options.clone());
        self.script.calls.lock().unwrap().push(call);
        let step = self.script.steps.lock().unwrap().pop_front();
        let step = step.ok_or_else(|| Error::internal("the script is over"))?;
        match step.get("error") {
            Some(words) => Err(failure(&step, words.as_str().unwrap())),
            None => Ok(step),
        }
    }
}

/// A model's failure: a text, or what a provider answered.
fn failure(step: &Value, words: &str) -> Error {
    let Some(status) = step["status"].as_u64() else { return Error::internal(words.to_owned()) };
    let status = http::StatusCode::from_u16(u16::try_from(status).unwrap()).unwrap();
    let mut error = Error::new(ErrorKind::Provider, words.to_owned()).with_status(status);
    error = error.with_retryable(step["retryable"].as_bool().unwrap());
    match step["retryAfterMs"].as_u64() {
        Some(ms) => error.with_retry_after(Duration::from_millis(ms)),
        None => error,
    }
}

fn parts(step: &Value) -> Vec<StreamPart> {
    let parts = step.get("parts").unwrap_or(step).as_array().unwrap();
    parts.iter().filter(|part| part.get("hang").is_none()).map(read).collect()
}

fn hangs(step: &Value) -> bool {
    let parts = step.get("parts").unwrap_or(step).as_array().unwrap();
    parts.last().is_some_and(|part| part.get("hang").is_some())
}

/// Reads what a script writes as JSON.
pub(super) fn read<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
}

impl Describe for Scripted {
    fn info(&self) -> &ModelInfo {
        &self.info
    }
}

impl Model<Generate> for Scripted {
    fn call<'a>(&'a self, call: Generate, _: &'a Context) -> BoxFuture<'a, Result<GenerateResult>> {
        Box::pin(async move {
            let step = self.take(&call)?;
            let mut answer = match step.get("answer") {
                Some(answer) => read(answer),
                None => fold(parts(&step).into_iter().map(Ok))?,
            };
            answer.request = step.get("request").map(read);
            if let Some(around) = step.get("response") {
                let response = answer.response.get_or_insert_default();
                response.headers = around.get("headers").map(read);
                response.body = around.get("body").cloned();
            }
            Ok(answer)
        })
    }
}

impl Model<Stream> for Scripted {
    fn call<'a>(&'a self, call: Stream, _: &'a Context) -> BoxFuture<'a, Result<StreamResult>> {
        Box::pin(async move {
            let step = self.take(&call)?;
            let parts = stream::iter(parts(&step).into_iter().map(Ok));
            let mut result = match hangs(&step) {
                true => StreamResult::new(parts.chain(stream::once(future::pending()))),
                false => StreamResult::new(parts),
            };
            result.request = step.get("request").map(read);
            result.response = step.get("response").map(read);
            Ok(result)
        })
    }
}

/// A context whose ids are `id-1`, `id-2`, …
pub(super) fn numbered_ids() -> Context {
    let ids = AtomicUsize::new(0);
    Context::default().with_ids(move || format!("id-{}", ids.fetch_add(1, Ordering::Relaxed) + 1))
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct ToolSpec {
    kind: Option<String>,
    title: Option<String>,
    description: Option<String>,
    metadata: Option<Map<String, Value>>,
    needs_approval: bool,
    execute: Option<Value>,
    typed: bool,
    strict: Option<bool>,
    args: Map<String, Value>,
    /// Whether the provider's results never come in a later step.
    immediate: bool,
    input_schema: Option<Value>,
    input_examples: Vec<Value>,
    provider_options: Option<Value>,
    model_output: Option<Value>,
}

#[derive(Deserialize, JsonSchema)]
struct Place {
    #[expect(dead_code, reason = "only its presence counts")]
    city: String,
}

/// What the function of a tool gives.
fn run(action: &Value, input: Value) -> Result<Value, Box<dyn StdError + Send + Sync>> {
    match action.get("error") {
        Some(error) => Err(error.as_str().unwrap().into()),
        None if action.get("echo").is_some() => Ok(input),
        None => Ok(action["output"].clone()),
    }
}

/// One of several results of a tool.
fn item(item: Value) -> Result<Value, Box<dyn StdError + Send + Sync>> {
    match item.get("error") {
        Some(error) => Err(error.as_str().unwrap().into()),
        None => Ok(item),
    }
}

fn with_function(name: &str, spec: &ToolSpec) -> Tool {
    let schema = spec.input_schema.clone().unwrap_or(json!({ "type": "object" }));
    if spec.kind.as_deref() == Some("provider") {
        let tool = Tool::provider(format!("test.{name}"), name, spec.args.clone());
        return if spec.immediate { tool } else { tool.deferred_results() };
    }
    let Some(action) = spec.execute.clone() else { return Tool::new(name).schema(schema) };
    if let Some(items) = action.get("preliminary") {
        let items = items.as_array().unwrap().clone();
        let results = move |_, _| stream::iter(items.clone().into_iter().map(item));
        return Tool::new(name).schema(schema).execute_stream(results);
    }
    if spec.kind.as_deref() == Some("dynamic") {
        return Tool::dynamic(name, schema, move |input, _| future::ready(run(&action, input)));
    }
    if spec.typed {
        let mut place = Tool::from(Tool::new(name).input::<Place>());
        place = place.execute(move |input, _| future::ready(run(&action, input)));
        return place;
    }
    Tool::new(name).schema(schema).execute(move |input, _| future::ready(run(&action, input)))
}

fn make_tool(name: &str, spec: &Value) -> Tool {
    let spec: ToolSpec = read(spec);
    let mut tool = with_function(name, &spec);
    if let Some(description) = &spec.description {
        tool = tool.description(description);
    }
    if let Some(title) = &spec.title {
        tool = tool.title(title);
    }
    if let Some(metadata) = &spec.metadata {
        tool = tool.metadata(metadata.clone());
    }
    if let Some(strict) = spec.strict {
        tool = tool.strict(strict);
    }
    for example in &spec.input_examples {
        tool = tool.example(read(&example["input"]));
    }
    if let Some(options) = &spec.provider_options {
        tool = tool.provider_options(read(options));
    }
    if let Some(output) = spec.model_output {
        let output: ToolResultOutput = read(&output);
        tool = tool.to_model_output(move |_| output.clone());
    }
    tool.needs_approval(spec.needs_approval)
}

/// The tools of a script, in their order.
pub(super) fn make_tools(specs: &Map<String, Value>) -> Vec<Tool> {
    specs.iter().map(|(name, spec)| make_tool(name, spec)).collect()
}

/// What a rule says.
pub(super) fn approval(rule: &Value) -> ToolApproval {
    let word = rule.as_str().or_else(|| rule["type"].as_str()).unwrap();
    let approval = match word {
        "approved" => ToolApproval::approved(),
        "denied" => ToolApproval::denied(),
        "user-approval" => ToolApproval::user(),
        _ => ToolApproval::NotApplicable,
    };
    match rule["reason"].as_str() {
        Some(reason) => approval.because(reason),
        None => approval,
    }
}

/// Model messages as programs in TypeScript write them, with texts in place of parts and of data.
pub(super) fn read_messages(messages: &Value) -> Vec<Message> {
    let mut messages = messages.as_array().unwrap().clone();
    for message in &mut messages {
        let is_system = message["role"] == "system";
        match &mut message["content"] {
            Value::String(text) if !is_system => {
                message["content"] = json!([{ "type": "text", "text": text }]);
            }
            Value::Array(parts) => parts.iter_mut().for_each(spell_out),
            _ => {}
        }
    }
    read(&messages.into())
}

fn spell_out(part: &mut Value) {
    if let Some(image) = part.get("image").cloned() {
        *part = json!({ "type": "file", "mediaType": "image", "data": image });
    }
    if let Some(data) = part["data"].as_str() {
        let is_url = data.contains(':');
        part["data"] = match is_url {
            true => json!({ "type": "url", "url": data }),
            false => json!({ "type": "data", "data": data }),
        };
    }
}
