//! Realtime: client secrets, and the events in both directions.

use std::sync::Arc;

use aqueduct_spec::realtime::{
    ClientEvent, ClientSecret, CreateClientSecretOptions, SessionConfig,
};
use aqueduct_spec::{Context, Describe as _, ErrorKind, Provider as _, RealtimeModel};
use aqueduct_testkit::{Reply, ScriptedUpstream};
use serde_json::{Value, json};

use super::openai;

fn model(upstream: &ScriptedUpstream) -> Arc<dyn RealtimeModel> {
    openai(upstream).realtime_model("gpt-realtime").unwrap()
}

fn offline() -> Arc<dyn RealtimeModel> {
    model(&ScriptedUpstream::always(Reply::text(500, "nobody asks")))
}

fn session(config: Value) -> Value {
    let config: SessionConfig = serde_json::from_value(config).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { offline().encode_session_config(&config).unwrap() })
}

#[tokio::test]
async fn a_secret_opens_a_session() {
    let answer = json!({ "value": "ek_1", "expires_at": 123, "session": {} });
    let upstream = ScriptedUpstream::always(Reply::json(200, &answer));
    let model = model(&upstream);
    assert_eq!(model.info().provider, "openai.realtime");
    let mut options = CreateClientSecretOptions::default();
    options.expires_after_seconds = Some(60);
    let mut config = SessionConfig::default();
    config.voice = Some("marin".to_owned());
    options.session_config = Some(config);
    let secret = model.create_client_secret(options, &Context::default()).await.unwrap();
    assert_eq!((secret.token.as_str(), secret.expires_at), ("ek_1", Some(123)));
    let host = upstream.url().replace("http", "ws");
    assert_eq!(secret.url, format!("{host}/realtime?model=gpt-realtime"));
    let config = model.websocket_config(&secret);
    assert_eq!(config.url, secret.url);
    assert_eq!(config.protocols, ["realtime", "openai-insecure-api-key.ek_1"]);
    assert!(!format!("{secret:?} {config:?}").contains("ek_1"));

    let bare = model.create_client_secret(Default::default(), &Context::default()).await;
    assert!(bare.is_ok());
    let [first, second] = &upstream.requests()[..] else { panic!("two requests") };
    assert_eq!(first.target, "/realtime/client_secrets");
    assert_eq!(first.header("authorization"), "Bearer sk-secret");
    assert_eq!(
        first.json(),
        json!({
            "session": { "type": "realtime", "model": "gpt-realtime",
                "audio": { "output": { "voice": "marin" } } },
            "expires_after": { "anchor": "created_at", "seconds": 60 },
        })
    );
    assert_eq!(
        second.json(),
        json!({ "session": { "type": "realtime", "model": "gpt-realtime" } })
    );
}

#[tokio::test]
async fn a_secret_that_is_refused_is_an_error() {
    let body = json!({ "error": { "message": "no credit", "code": "insufficient_quota" } });
    let upstream = ScriptedUpstream::always(Reply::json(429, &body));
    let model = model(&upstream);
    let error = model.create_client_secret(Default::default(), &Context::default()).await;
    let error = error.unwrap_err();
    assert_eq!(error.message(), "no credit");
    assert_eq!(error.provider(), Some("openai.realtime"));
}

/// OpenAI's type and fields, the common type and fields.
const EVENTS: &str = r#"
session.created | {"session":{"id":"s"}} | session-created | {"sessionId":"s"}
session.updated | {} | session-updated | {}
input_audio_buffer.speech_started | {"item_id":"i"} | speech-started | {"itemId":"i"}
input_audio_buffer.speech_stopped | {"item_id":"i"} | speech-stopped | {"itemId":"i"}
input_audio_buffer.committed | {"item_id":"i","previous_item_id":"p"} | audio-committed | {"itemId":"i","previousItemId":"p"}
input_audio_buffer.committed | {"item_id":"i","previous_item_id":null} | audio-committed | {"itemId":"i"}
conversation.item.added | {"item":{"id":"i","x":1}} | conversation-item-added | {"itemId":"i","item":{"id":"i","x":1}}
conversation.item.input_audio_transcription.completed | {"item_id":"i","transcript":"t"} | input-transcription-completed | {"itemId":"i","transcript":"t"}
response.created | {"response":{"id":"r"}} | response-created | {"responseId":"r"}
response.done | {"response":{"id":"r","status":"cancelled"}} | response-done | {"responseId":"r","status":"cancelled"}
response.done | {"response_id":"r"} | response-done | {"responseId":"r","status":"completed"}
response.output_item.added | {"response_id":"r","item":{"id":"i"}} | output-item-added | {"responseId":"r","itemId":"i"}
response.output_item.done | {"response_id":"r","item_id":"i"} | output-item-done | {"responseId":"r","itemId":"i"}
response.content_part.added | {"response_id":"r","item_id":"i"} | content-part-added | {"responseId":"r","itemId":"i"}
response.content_part.done | {"response_id":"r","item_id":"i"} | content-part-done | {"responseId":"r","itemId":"i"}
response.output_audio.delta | {"response_id":"r","item_id":"i","delta":"AQID"} | audio-delta | {"responseId":"r","itemId":"i","delta":"AQID"}
response.output_audio.done | {"response_id":"r","item_id":"i"} | audio-done | {"responseId":"r","itemId":"i"}
response.output_audio_transcript.delta | {"response_id":"r","item_id":"i","delta":"d"} | audio-transcript-delta | {"responseId":"r","itemId":"i","delta":"d"}
response.output_audio_transcript.done | {"response_id":"r","item_id":"i","transcript":"t"} | audio-transcript-done | {"responseId":"r","itemId":"i","transcript":"t"}
response.output_text.delta | {"response_id":"r","item_id":"i","delta":"d"} | text-delta | {"responseId":"r","itemId":"i","delta":"d"}
response.output_text.done | {"response_id":"r","item_id":"i","text":"t"} | text-done | {"responseId":"r","itemId":"i","text":"t"}
response.function_call_arguments.delta | {"response_id":"r","item_id":"i","call_id":"c","delta":"{"} | function-call-arguments-delta | {"responseId":"r","itemId":"i","callId":"c","delta":"{"}
response.function_call_arguments.done | {"response_id":"r","item_id":"i","call_id":"c","name":"n","arguments":"{}"} | function-call-arguments-done | {"responseId":"r","itemId":"i","callId":"c","name":"n","arguments":"{}"}
error | {"error":{"message":"m","code":"c","type":"t"}} | error | {"message":"m","code":"c"}
error | {"message":"m"} | error | {"message":"m"}
error | {} | error | {"message":"Unknown error"}
rate_limits.updated | {"rate_limits":[]} | custom | {"rawType":"rate_limits.updated"}
"#;

#[tokio::test]
async fn every_event_of_the_server_has_its_common_form() {
    let model = offline();
    let with = |object: Value, fields: &str| {
        let mut object = object;
        let fields: serde_json::Map<_, _> = serde_json::from_str(fields).unwrap();
        object.as_object_mut().unwrap().extend(fields);
        object
    };
    for line in EVENTS.trim().lines() {
        let cells: Vec<_> = line.split(" | ").collect();
        let [kind, fields, name, common] = cells[..] else { panic!("four cells: {line}") };
        let frame = with(json!({ "type": kind, "event_id": "e" }), fields);
        let events = model.decode_server_event(frame.clone()).unwrap();
        let expected = with(json!({ "type": name, "raw": frame }), common);
        assert_eq!(serde_json::to_value(&events).unwrap(), json!([expected]), "{kind}");
    }
    assert_eq!(model.health_check_response(&json!({ "type": "ping" })), None);
    for wrong in [json!("text"), json!({ "no": "type" }), json!({ "type": "error", "message": 1 })]
    {
        let error = model.decode_server_event(wrong).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    }
}

#[tokio::test]
async fn every_event_of_the_client_has_openais_form() {
    let item = |item: Value| json!({ "item": item });
    let cases = [
        (
            json!({ "type": "session-update", "config": { "instructions": "Be brief." } }),
            json!({ "type": "session.update", "session": { "type": "realtime",
                "model": "gpt-realtime", "instructions": "Be brief." } }),
        ),
        (
            json!({ "type": "input-audio-append", "audio": "AQID" }),
            json!({ "type": "input_audio_buffer.append", "audio": "AQID" }),
        ),
        (json!({ "type": "input-audio-commit" }), json!({ "type": "input_audio_buffer.commit" })),
        (json!({ "type": "input-audio-clear" }), json!({ "type": "input_audio_buffer.clear" })),
        (
            json!({ "type": "conversation-item-create",
                "item": { "type": "text-message", "role": "user", "text": "t" } }),
            item(json!({ "type": "message", "role": "user",
                "content": [{ "type": "input_text", "text": "t" }] })),
        ),
        (
            json!({ "type": "conversation-item-create",
                "item": { "type": "audio-message", "role": "user", "audio": "AQID" } }),
            item(json!({ "type": "message", "role": "user",
                "content": [{ "type": "input_audio", "audio": "AQID" }] })),
        ),
        (
            json!({ "type": "conversation-item-create", "item":
                { "type": "function-call-output", "callId": "c", "name": "n", "output": "1" } }),
            item(json!({ "type": "function_call_output", "call_id": "c", "output": "1" })),
        ),
        (
            json!({ "type": "conversation-item-truncate", "itemId": "i", "contentIndex": 0,
                "audioEndMs": 1500 }),
            json!({ "type": "conversation.item.truncate", "item_id": "i", "content_index": 0,
                "audio_end_ms": 1500 }),
        ),
        (json!({ "type": "response-create" }), json!({ "type": "response.create" })),
        (
            json!({ "type": "response-create", "options":
                { "modalities": ["text"], "instructions": "i", "metadata": { "a": "b" } } }),
            json!({ "type": "response.create", "response": { "output_modalities": ["text"],
                "instructions": "i", "metadata": { "a": "b" } } }),
        ),
        (json!({ "type": "response-cancel" }), json!({ "type": "response.cancel" })),
    ];
    let model = offline();
    for (event, expected) in cases {
        let mut expected = expected;
        if expected.get("item").is_some() {
            expected["type"] = json!("conversation.item.create");
        }
        let read: ClientEvent = serde_json::from_value(event.clone()).unwrap();
        assert_eq!(model.encode_client_event(&read).unwrap(), Some(expected), "{event}");
    }
    let unknown: ClientEvent = serde_json::from_value(json!({ "type": "hum" })).unwrap();
    assert_eq!(model.encode_client_event(&unknown).unwrap(), None);
}

#[test]
fn a_whole_session() {
    let tool = json!({ "type": "function", "name": "weather", "description": "d",
        "parameters": { "type": "object" } });
    let detection = json!({ "type": "server-vad", "threshold": 0.5, "silenceDurationMs": 500,
        "prefixPaddingMs": 300 });
    assert_eq!(
        session(json!({
            "instructions": "i",
            "voice": "marin",
            "outputModalities": ["audio"],
            "inputAudioFormat": { "type": "audio/pcm", "rate": 24000 },
            "inputAudioTranscription": { "language": "en", "prompt": "p" },
            "outputAudioFormat": { "type": "audio/pcmu" },
            "turnDetection": detection,
            "tools": [tool],
            "providerOptions": { "tracing": "auto", "openai": { "truncation": "disabled" } },
        })),
        json!({
            "type": "realtime",
            "model": "gpt-realtime",
            "instructions": "i",
            "output_modalities": ["audio"],
            "audio": {
                "input": {
                    "format": { "type": "audio/pcm", "rate": 24000 },
                    "turn_detection": { "type": "server_vad", "threshold": 0.5,
                        "silence_duration_ms": 500, "prefix_padding_ms": 300 },
                    "transcription":
                        { "model": "gpt-realtime-whisper", "language": "en", "prompt": "p" },
                },
                "output": { "format": { "type": "audio/pcmu" }, "voice": "marin" },
            },
            "tools": [tool],
            "tool_choice": "auto",
            "tracing": "auto",
            "truncation": "disabled",
        })
    );
}

#[test]
fn who_tells_the_end_of_a_turn() {
    let detection = |config: Value| session(config)["audio"]["input"].clone();
    let off = json!({ "turn_detection": null });
    assert_eq!(detection(json!({ "turnDetection": null })), off, "the caller");
    assert_eq!(detection(json!({ "turnDetection": { "type": "disabled" } })), off);
    let semantic = json!({ "turn_detection": { "type": "semantic_vad" } });
    assert_eq!(detection(json!({ "turnDetection": { "type": "semantic-vad" } })), semantic);
    assert_eq!(
        session(json!({ "tools": [] })),
        json!({ "type": "realtime", "model": "gpt-realtime" })
    );
    let transcription = json!({ "transcription": { "model": "whisper-1" } });
    let config = json!({ "inputAudioTranscription": { "model": "whisper-1" } });
    assert_eq!(detection(config), transcription);
}

#[test]
fn a_secret_does_not_show() {
    let secret = ClientSecret::new("ek_1", "wss://host/realtime?model=m&key=1");
    let config = aqueduct_spec::realtime::WebSocketConfig::new(&secret.url, ["p.ek_1"]);
    assert_eq!(
        format!("{config:?}"),
        "WebSocketConfig { url: \"wss://host/realtime\", protocols: 1 }"
    );
}
