//! What the caller's side says, as OpenAI has it.

use aqueduct_spec::json::number;
use aqueduct_spec::realtime::{
    ClientEvent, ConversationItem, ResponseCreate, ResponseCreateOptions,
};
use serde_json::{Map, Value, json};

use super::session;

/// Writes an event; `None` for one that this version does not know.
pub(super) fn client_event(event: &ClientEvent, model: &str) -> Option<Value> {
    Some(match event {
        ClientEvent::SessionUpdate(event) => {
            json!({ "type": "session.update", "session": session::encode(&event.config, model) })
        }
        ClientEvent::InputAudioAppend(event) => {
            json!({ "type": "input_audio_buffer.append", "audio": event.audio.to_base64() })
        }
        ClientEvent::InputAudioCommit(_) => json!({ "type": "input_audio_buffer.commit" }),
        ClientEvent::InputAudioClear(_) => json!({ "type": "input_audio_buffer.clear" }),
        ClientEvent::ConversationItemCreate(event) => {
            json!({ "type": "conversation.item.create", "item": item(&event.item)? })
        }
        ClientEvent::ConversationItemTruncate(event) => json!({
            "type": "conversation.item.truncate",
            "item_id": event.item_id,
            "content_index": event.content_index,
            "audio_end_ms": number(event.audio_end_ms),
        }),
        ClientEvent::ResponseCreate(ResponseCreate { options, .. }) => match options {
            Some(options) => json!({ "type": "response.create", "response": response(options) }),
            None => json!({ "type": "response.create" }),
        },
        ClientEvent::ResponseCancel(_) => json!({ "type": "response.cancel" }),
        _ => return None,
    })
}

fn item(item: &ConversationItem) -> Option<Value> {
    let message = |role: &str, content: Value| json!({ "type": "message", "role": role, "content": [content] });
    Some(match item {
        ConversationItem::TextMessage(item) => {
            message(&item.role, json!({ "type": "input_text", "text": item.text }))
        }
        ConversationItem::AudioMessage(item) => {
            message(&item.role, json!({ "type": "input_audio", "audio": item.audio.to_base64() }))
        }
        ConversationItem::FunctionCallOutput(item) => json!({
            "type": "function_call_output",
            "call_id": item.call_id,
            "output": item.output,
        }),
        _ => return None,
    })
}

fn response(options: &ResponseCreateOptions) -> Map<String, Value> {
    let fields = [
        ("output_modalities", options.modalities.as_ref().map(|modalities| json!(modalities))),
        ("instructions", options.instructions.as_ref().map(|text| json!(text))),
        ("metadata", options.metadata.as_ref().map(|metadata| json!(metadata))),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}
