//! A conversation that began with one provider goes on with another.
//!
//! Whatever the first left in the history, the second takes it or says in a warning that it does not; it never refuses it, and
//! what only the first can read does not reach it.

use std::sync::Arc;

use aqueduct_http::Client;
use aqueduct_providers::{Entry, PROVIDERS, Settings};
use aqueduct_spec::language::{
    AssistantMessage, AssistantPart, CallOptions, Message, StreamPart, ToolMessage, ToolPart,
};
use aqueduct_spec::{Data, LanguageModel, Model, ModelKind, Provider, Result, Stream};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::wire::{WITHOUT, is_preset, wires};
use super::{Findings, client, within};

/// A turn that some provider left behind.
struct Past {
    name: &'static str,
    /// Who can read what is opaque in it, by the key of the metadata; empty if there is nothing opaque.
    from: &'static str,
    assistant: Value,
    tool: Option<Value>,
    /// What is in the history, and what a warning says that tells of its loss: it holds one of these words.
    markers: &'static [(&'static str, &'static [&'static str])],
}

/// Everything that only its maker can read has this in it.
const OPAQUE: &str = "OPAQUE";

const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ";

fn results(id: &str) -> Option<Value> {
    Some(
        json!([{ "type": "tool-result", "toolCallId": id, "toolName": "weather", "output": { "type": "json", "value": { "sky": "MARKED RESULT" } } }]),
    )
}

/// A thought, a text and a call, each with what its maker adds.
fn signed(
    name: &'static str,
    from: &'static str,
    thought: &Value,
    text: &Value,
    call: &Value,
) -> Past {
    let under = |object: &Value| json!({ from: object });
    Past {
        name,
        from,
        assistant: json!([
            { "type": "reasoning", "text": "MARKED THOUGHT", "providerOptions": under(thought) },
            { "type": "text", "text": "MARKED TEXT", "providerOptions": under(text) },
            { "type": "tool-call", "toolCallId": "call_1", "toolName": "weather", "input": { "city": "MARKED CITY" }, "providerOptions": under(call) },
        ]),
        tool: results("call_1"),
        markers: &[
            ("MARKED THOUGHT", &["reasoning", "thinking", "thought"]),
            ("MARKED TEXT", &["text"]),
            ("MARKED CITY", &["tool"]),
            ("MARKED RESULT", &["tool"]),
        ],
    }
}

fn plain(
    name: &'static str,
    assistant: Value,
    markers: &'static [(&'static str, &'static [&'static str])],
) -> Past {
    Past { name, from: "", assistant, tool: None, markers }
}

fn signed_pasts() -> Vec<Past> {
    let item = |id: &str| json!({ "itemId": id });
    let thought = json!({ "itemId": "rs_OPAQUE", "reasoningEncryptedContent": "enc-OPAQUE" });
    let signature = json!({ "thoughtSignature": "sig-OPAQUE" });
    let citations = json!({ "citations": [{ "type": "web_search_result_location", "url": "https://example.com", "title": "t", "encrypted_index": "OPAQUE", "cited_text": "c" }] });
    vec![
        signed("openai", "openai", &thought, &item("msg_OPAQUE"), &item("fc_OPAQUE")),
        signed("azure", "azure", &thought, &item("msg_OPAQUE"), &item("fc_OPAQUE")),
        signed("xai", "xai", &thought, &item("msg_OPAQUE"), &item("fc_OPAQUE")),
        signed(
            "anthropic",
            "anthropic",
            &json!({ "signature": "sig-OPAQUE" }),
            &citations,
            &json!({ "caller": { "type": "code_execution_20250825", "toolId": "OPAQUE" } }),
        ),
        signed("bedrock", "bedrock", &json!({ "signature": "sig-OPAQUE" }), &json!({}), &json!({})),
        signed("google", "google", &signature, &signature, &signature),
        signed("vertex", "vertex", &signature, &signature, &signature),
        signed("a host of the open protocol", "some-host", &json!({}), &json!({}), &signature),
        Past {
            name: "a thought that was blacked out",
            from: "anthropic",
            assistant: json!([
                { "type": "reasoning", "text": "", "providerOptions": { "anthropic": { "redactedData": "OPAQUE" } } },
                { "type": "text", "text": "MARKED TEXT" },
            ]),
            tool: None,
            markers: &[("MARKED TEXT", &["text"])],
        },
        Past {
            name: "a thought in two summaries",
            from: "openai",
            assistant: json!([
                { "type": "reasoning", "text": "MARKED ONE", "providerOptions": { "openai": { "itemId": "rs_OPAQUE", "reasoningEncryptedContent": null } } },
                { "type": "reasoning", "text": "MARKED TWO", "providerOptions": { "openai": { "itemId": "rs_OPAQUE", "reasoningEncryptedContent": "OPAQUE" } } },
                { "type": "text", "text": "MARKED TEXT", "providerOptions": { "openai": { "itemId": "msg_OPAQUE", "phase": "final_answer" } } },
            ]),
            tool: None,
            markers: &[
                ("MARKED ONE", &["reasoning", "thinking", "thought"]),
                ("MARKED TWO", &["reasoning", "thinking", "thought"]),
            ],
        },
    ]
}

fn pasts() -> Vec<Past> {
    const FILE: &[&str] = &["file"];
    const TOOL: &[&str] = &["tool"];
    let file = |data: Value| json!([{ "type": "text", "text": "here" }, { "type": "file", "mediaType": "image/png", "data": data }]);
    let mut all = signed_pasts();
    all.extend([
        plain("an unsigned thought", json!([{ "type": "reasoning", "text": "MARKED THOUGHT" }, { "type": "text", "text": "so" }]), &[("MARKED THOUGHT", &["reasoning", "thinking", "thought"])]),
        plain("a file in bytes", file(json!({ "type": "data", "data": PNG })), &[(PNG, FILE)]),
        plain("a file at a place", file(json!({ "type": "url", "url": "https://example.com/MARKED.png" })), &[("MARKED.png", FILE)]),
        plain("a file that is text", json!([{ "type": "text", "text": "here" }, { "type": "file", "mediaType": "text/plain", "data": { "type": "text", "text": "MARKED FILE" } }]), &[("MARKED FILE", FILE)]),
        Past { from: "nobody", ..plain("a file kept by its maker", file(json!({ "type": "reference", "reference": { "nobody": "file-OPAQUE" } })), &[("file-MARKED", FILE)]) },
        plain("a file of a thought", json!([{ "type": "text", "text": "here" }, { "type": "reasoning-file", "mediaType": "image/png", "data": { "type": "data", "data": PNG } }]), &[(PNG, FILE)]),
        plain("a file of a thought at a place", json!([{ "type": "text", "text": "here" }, { "type": "reasoning-file", "mediaType": "image/png", "data": { "type": "url", "url": "https://example.com/MARKED.png" } }]), &[("MARKED.png", FILE)]),
        Past { from: "nobody", ..plain("a part of its maker's own", json!([{ "type": "text", "text": "here" }, { "type": "custom", "kind": "nobody.thing", "providerOptions": { "nobody": { "itemId": "OPAQUE" } } }]), &[("MARKED CUSTOM", &["custom"])]) },
        plain("a part of the future", json!([{ "type": "text", "text": "here" }, { "type": "hologram", "beam": "MARKED BEAM" }]), &[("MARKED BEAM", &["hologram"])]),
        Past {
            from: "nobody",
            ..plain(
                "a tool that its maker ran",
                json!([
                    { "type": "tool-call", "toolCallId": "srv_1", "toolName": "web_search", "input": { "query": "MARKED QUERY" }, "providerExecuted": true, "providerOptions": { "nobody": { "itemId": "OPAQUE" } } },
                    { "type": "tool-result", "toolCallId": "srv_1", "toolName": "web_search", "output": { "type": "json", "value": { "found": "MARKED FOUND" } }, "providerOptions": { "nobody": { "itemId": "OPAQUE" } } },
                    { "type": "text", "text": "found it" },
                ]),
                &[("MARKED QUERY", TOOL), ("MARKED FOUND", TOOL)],
            )
        },
        Past {
            tool: Some(json!([{ "type": "tool-result", "toolCallId": "call_1", "toolName": "weather", "output": { "type": "content", "value": [
                { "type": "text", "text": "MARKED RESULT" },
                { "type": "file", "mediaType": "image/png", "data": { "type": "data", "data": PNG } },
            ] } }])),
            ..plain("a result with a file", json!([{ "type": "tool-call", "toolCallId": "call_1", "toolName": "weather", "input": {} }]), &[("MARKED RESULT", TOOL), (PNG, TOOL)])
        },
        Past {
            tool: Some(json!([{ "type": "tool-result", "toolCallId": "call_1", "toolName": "weather", "output": { "type": "execution-denied", "reason": "MARKED REASON" } }])),
            ..plain("a call that was not allowed", json!([{ "type": "tool-call", "toolCallId": "call_1", "toolName": "weather", "input": {} }]), &[("MARKED REASON", TOOL)])
        },
        Past {
            tool: Some(json!([{ "type": "tool-result", "toolCallId": "call_1", "toolName": "weather", "output": { "type": "error-text", "value": "MARKED ERROR" } }])),
            ..plain("a call whose input was no object", json!([{ "type": "tool-call", "toolCallId": "call_1", "toolName": "weather", "input": "MARKED INPUT" }]), &[("MARKED ERROR", TOOL), ("MARKED INPUT", TOOL)])
        },
        Past {
            tool: results("call/with:odd|characters.and-a-length-of-more-than-sixty-four-characters-in-all"),
            ..plain("a call with an id of another shape", json!([{ "type": "tool-call", "toolCallId": "call/with:odd|characters.and-a-length-of-more-than-sixty-four-characters-in-all", "toolName": "weather", "input": {} }]), &[("MARKED RESULT", TOOL)])
        },
        plain("nothing at all", json!([]), &[]),
        plain("an empty text", json!([{ "type": "text", "text": "" }]), &[]),
    ]);
    all
}

impl Past {
    fn prompt(&self) -> Vec<Message> {
        let mut prompt = vec![Message::system("Be kind."), Message::user("What is the weather?")];
        let content: Vec<AssistantPart> = serde_json::from_value(self.assistant.clone()).unwrap();
        prompt.push(AssistantMessage::new(content).into());
        if let Some(tool) = &self.tool {
            let content: Vec<ToolPart> = serde_json::from_value(tool.clone()).unwrap();
            prompt.push(ToolMessage::new(content).into());
            prompt.push(Message::assistant("It is so."));
        }
        prompt.push(Message::user("And tomorrow?"));
        prompt
    }
}

const THOUGHTS: &[&str] = &["MARKED THOUGHT", "MARKED ONE", "MARKED TWO"];

/// Compatible hosts of Gemini take its signatures in a field of Google's name, and who else gets one reads past it: the AI SDK
/// hands them on to every compatible host.
const NAMED_FIELD: &str = r#""extra_content":{"google":{"thought_signature":"sig-OPAQUE"}}"#;

/// A provider held to one of its wires.
struct Next {
    entry: &'static Entry,
    wire: Option<&'static str>,
    model: String,
}

/// Wires that hold a conversation. The old completions hold one text.
const WIRES: &[&str] = &["chat", "responses", "messages"];

fn nexts() -> Vec<Next> {
    let recorded = wires(ModelKind::Language, false);
    let streamed = wires(ModelKind::Language, true);
    let mut nexts = Vec::new();
    for entry in PROVIDERS.iter().filter(|entry| entry.kinds.contains(&ModelKind::Language)) {
        // Hosts that are a line of a table encode as the provider does whose table it is.
        if WITHOUT.iter().any(|(id, _)| *id == entry.id) || is_preset(entry) {
            continue;
        }
        let own = recorded.iter().chain(&streamed).find(|wire| wire.entry.id == entry.id);
        let model = own.map_or("model-1", |wire| wire.case.model().1).to_owned();
        nexts.push(Next { entry, wire: None, model: model.clone() });
        let provider = entry.build(&settings("http://127.0.0.1:9"), &client()).unwrap();
        let string = |provider: &dyn Provider| {
            provider.language_model(&model).unwrap().info().provider.clone()
        };
        let usual = string(&*provider);
        let differs =
            |wire: &&&str| provider.wire(wire).is_some_and(|wired| string(&*wired) != usual);
        for wire in WIRES.iter().filter(differs) {
            nexts.push(Next { entry, wire: Some(wire), model: model.clone() });
        }
    }
    nexts
}

fn settings(url: &str) -> Settings {
    Settings::new()
        .with("name", "test-host")
        .with("apiKey", "test")
        .with("baseURL", format!("{url}/v1"))
        .with("url", format!("{url}/v1"))
}

impl Next {
    fn title(&self) -> String {
        format!("{}{}", self.entry.id, self.wire.map(|wire| format!(".{wire}")).unwrap_or_default())
    }

    fn model(&self, url: &str, client: &Client) -> Arc<dyn LanguageModel> {
        let provider = self.entry.build(&settings(url), client).unwrap();
        let wired: Option<Arc<dyn Provider>> = self.wire.and_then(|wire| provider.wire(wire));
        wired.unwrap_or(provider).language_model(&self.model).unwrap()
    }

    /// The body that goes to the vendor, and the warnings.
    async fn encode(&self, prompt: Vec<Message>, client: &Client) -> Result<(String, Vec<String>)> {
        // Some read the first event before they give the stream away.
        let start = json!({ "type": "message_start", "message": { "id": "m", "role": "assistant", "content": [], "usage": {} } });
        let event = format!("data: {start}\n\n");
        let upstream = ScriptedUpstream::always(
            Reply::new(200).header("content-type", "text/event-stream").chunk(event),
        );
        let model = self.model(&upstream.url(), client);
        let call = Stream::from(CallOptions::new(prompt));
        let cx = aqueduct_spec::Context::default();
        let answer = within(&self.title(), Model::<Stream>::call(&*model, call, &cx)).await;
        let Some(request) = upstream.requests().pop() else {
            return Err(answer
                .err()
                .unwrap_or_else(|| panic!("{}: nothing was sent", self.title())));
        };
        let body = String::from_utf8(request.body.to_vec()).unwrap();
        let parts: Vec<_> = match answer {
            Ok(answer) => answer.stream.collect().await,
            Err(error) => panic!("{}: tells no warnings: {error:?}", self.title()),
        };
        let warnings = parts.iter().find_map(|part| match part {
            Ok(StreamPart::StreamStart(start)) => Some(&start.warnings),
            _ => None,
        });
        let warnings = warnings.unwrap_or_else(|| panic!("{}: no start", self.title()));
        Ok((body, warnings.iter().map(|it| serde_json::to_string(it).unwrap()).collect()))
    }

    /// Whether it can read what a provider left behind under this key.
    fn reads(&self, from: &str) -> bool {
        const SAME: &[(&str, &[&str])] = &[
            ("openai", &["openai", "azure"]),
            ("azure", &["azure", "openai"]),
            ("anthropic", &["anthropic", "minimax", "anthropic-aws", "google-vertex-anthropic"]),
            ("google", &["google", "vertex", "google-vertex"]),
            ("vertex", &["google", "vertex", "google-vertex"]),
            ("bedrock", &["amazon-bedrock"]),
        ];
        let same = SAME.iter().find(|(key, _)| *key == from);
        self.entry.id == from || same.is_some_and(|(_, ids)| ids.contains(&self.entry.id))
    }

    /// Whether a thing may be left out without a word.
    fn may_leave_out(&self, marker: &str) -> bool {
        // The vendor says that thoughts of earlier turns are to be left out.
        self.entry.id == "deepseek" && THOUGHTS.contains(&marker)
    }
}

#[tokio::test]
async fn nothing_is_refused_leaked_or_lost_in_silence() {
    let (client, mut findings, mut count) = (client(), Findings::default(), 0);
    for next in nexts() {
        for past in pasts() {
            count += 1;
            let what = format!("{} after {}", next.title(), past.name);
            let (body, warnings) = match next.encode(past.prompt(), &client).await {
                Ok(sent) => sent,
                Err(error) => {
                    findings.check(false, || format!("{what}: refused: {}", error.message()));
                    continue;
                }
            };
            if !past.from.is_empty() && !next.reads(past.from) {
                let body = body.replace(NAMED_FIELD, "");
                let at = body.find(OPAQUE);
                findings.check(at.is_none(), || {
                    let around: String =
                        body[at.unwrap().saturating_sub(80)..].chars().take(120).collect();
                    format!("{what}: what is opaque leaks: {around}")
                });
            }
            let dangles = body.contains("MARKED QUERY") && !body.contains("MARKED FOUND");
            findings.check(!dangles, || format!("{what}: a call that nobody will answer is sent"));
            for (marker, words) in past.markers {
                let base64 = Data::from(marker.as_bytes().to_vec()).to_base64();
                let is_carried = body.contains(marker) || body.contains(&base64);
                let is_told = warnings
                    .iter()
                    .any(|text| words.iter().any(|word| text.to_lowercase().contains(word)));
                findings.check(
                    is_carried
                        || is_told
                        || next.may_leave_out(marker)
                        || (next.reads(past.from) && !past.from.is_empty()),
                    || {
                        format!(
                            "{what}: '{}' is lost in silence: {warnings:?}",
                            &marker[..marker.len().min(20)]
                        )
                    },
                );
            }
        }
    }
    findings.report(count);
}
