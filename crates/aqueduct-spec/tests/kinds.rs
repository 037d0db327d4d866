//! The kinds of V4 beyond language models: what is read is written back unchanged, and `null` where gateways send it is
//! taken as absent.

use aqueduct_spec::batch::{
    BatchItem, BatchState, BatchStatus, StartBatchOptions, StartBatchResult,
};
use aqueduct_spec::files::{UploadFileOptions, UploadFileResult};
use aqueduct_spec::realtime::{ClientEvent, ClientSecret, ServerEvent};
use aqueduct_spec::skills::{UploadSkillOptions, UploadSkillResult};
use aqueduct_spec::speech_translation::{SpeechTranslationPart, TranslateSpeechOptions};
use aqueduct_spec::transcription_stream::{
    StreamTranscribeOptions, TranscriptionFrame, TranscriptionStreamPart,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[expect(
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "a test helper outside #[test]"
)]
fn round_trip<T: DeserializeOwned + Serialize>(value: Value) -> T {
    let typed: T = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(serde_json::to_value(&typed).unwrap(), value);
    typed
}

#[test]
fn batches() {
    round_trip::<StartBatchOptions>(json!({
        "requests": [{"id": "a", "options": {
            "prompt": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
            "maxOutputTokens": 5, "temperature": 1, "reasoning": "low",
        }}],
        "providerOptions": {"gateway": {"idempotencyKey": "k"}},
    }));
    let started: StartBatchResult = round_trip(json!({
        "batchId": "b1", "warnings": [{"requestId": "a", "warning": {"type": "other", "message": "m"}}],
        "status": "pending", "rawStatus": "in_progress",
        "requestCounts": {"total": 3, "pending": 1, "completed": 1, "failed": 1},
        "createdAt": "2026-01-01T00:00:00Z", "expiresAt": "2026-01-02T00:00:00Z",
        "providerMetadata": {"openai": {"outputFileId": "f"}}, "later": 1,
    }));
    assert_eq!((started.batch_id.as_str(), started.status.state), ("b1", BatchState::Pending));
    round_trip::<BatchStatus>(json!({
        "status": "failed", "error": {"message": "m", "type": "t", "code": 3, "statusCode": 400},
    }));
}

#[test]
fn null_and_half_counts_of_a_batch_are_absent() {
    let status: StartBatchResult = serde_json::from_value(json!({
        "batchId": "b", "status": "completed", "warnings": null, "rawStatus": null, "error": null, "createdAt": null,
        "expiresAt": null, "providerMetadata": null,
        "requestCounts": {"total": 3, "pending": null, "completed": 1, "failed": 1},
    }))
    .unwrap();
    assert_eq!(
        serde_json::to_value(&status).unwrap(),
        json!({"batchId": "b", "warnings": [], "status": "completed"})
    );
    assert!(serde_json::from_value::<BatchStatus>(json!({"status": "so-so"})).is_err());
}

#[test]
fn every_batch_item() {
    let error = json!({"message": "m", "code": "c"});
    for item in [
        json!({"status": "succeeded", "id": "1", "result": {"content": [], "finishReason": {"unified": "stop"},
               "usage": {"inputTokens": {}, "outputTokens": {}}, "warnings": []}}),
        json!({"status": "failed", "id": "1", "error": error, "providerMetadata": {"p": {}}}),
        json!({"status": "cancelled", "id": "1"}),
        json!({"status": "cancelled", "id": "1", "error": error}),
        json!({"status": "expired", "id": "1", "error": error, "providerMetadata": {"p": {}}}),
    ] {
        assert_eq!(round_trip::<BatchItem>(item).id(), "1");
    }
    let later: BatchItem = round_trip(json!({"status": "postponed", "id": "2"}));
    assert!(matches!(&later, BatchItem::Unknown(_)) && later.id() == "2");
    assert!(serde_json::from_value::<BatchItem>(json!({"status": "failed", "id": "1"})).is_err());
}

#[test]
fn files_and_skills() {
    round_trip::<UploadFileOptions>(json!({
        "data": {"type": "data", "data": "aGk="}, "mediaType": "application/pdf", "filename": "a.pdf", "providerOptions": {"openai": {}},
    }));
    round_trip::<UploadFileResult>(json!({
        "providerReference": {"openai": "file-1"}, "warnings": [], "mediaType": "application/pdf", "filename": "a.pdf",
        "providerMetadata": {"openai": {"bytes": 3}},
    }));
    round_trip::<UploadSkillOptions>(json!({
        "files": [{"path": "SKILL.md", "data": {"type": "text", "text": "# x"}}], "displayTitle": "X",
    }));
    round_trip::<UploadSkillResult>(json!({
        "providerReference": {"anthropic": "skill_1"}, "warnings": [], "displayTitle": "X", "name": "x", "description": "d",
        "latestVersion": "1",
    }));
}

#[test]
fn every_part_of_a_transcription_stream() {
    round_trip::<StreamTranscribeOptions>(json!({
        "inputAudioFormat": {"type": "audio/pcm", "rate": 16000}, "providerOptions": {"p": {}}, "includeRawChunks": true,
    }));
    for part in [
        json!({"type": "stream-start", "warnings": []}),
        json!({"type": "transcript-delta", "delta": "a", "id": "1", "providerMetadata": {"p": {}}}),
        json!({"type": "transcript-partial", "text": "a", "id": "1", "startSecond": 1, "durationInSeconds": 0.5, "channelIndex": 0}),
        json!({"type": "transcript-final", "text": "a", "startSecond": 1, "endSecond": 2.5}),
        json!({"type": "response-metadata", "timestamp": "2026-02-11T00:46:38.000Z", "modelId": "m", "headers": {"a": "b"}, "body": null}),
        json!({"type": "finish", "text": "a", "segments": [{"text": "a", "startSecond": 0, "endSecond": 1}], "language": "en", "durationInSeconds": 1}),
        json!({"type": "raw", "rawValue": null}),
        json!({"type": "error", "error": {"message": "m"}}),
        json!({"type": "later"}),
    ] {
        let known = part["type"] != "later";
        let typed: TranscriptionStreamPart = round_trip(part);
        assert_eq!(!matches!(typed, TranscriptionStreamPart::Unknown(_)), known);
    }
}

#[test]
fn frames_of_a_transcription_over_a_websocket() {
    let start = json!({"type": "transcription-stream.start", "inputAudioFormat": {"type": "audio/pcm", "rate": 16000}, "providerOptions": {"p": {}}, "includeRawChunks": false});
    let read: TranscriptionFrame = round_trip(start.clone());
    let TranscriptionFrame::Start(frame) = &read else { panic!("the start is {read:?}") };
    assert_eq!(frame.input_audio_format.rate, Some(16000));
    let done: TranscriptionFrame = round_trip(json!({"type": "transcription-stream.audio-done"}));
    assert!(matches!(done, TranscriptionFrame::AudioDone(_)));
    let later: TranscriptionFrame = round_trip(json!({"type": "transcription-stream.pause"}));
    assert!(matches!(later, TranscriptionFrame::Unknown(_)), "passed over, not refused");
    for (name, wrong) in [
        ("inputAudioFormat", json!({})),
        ("providerOptions", json!(7)),
        ("includeRawChunks", json!("yes")),
        ("type", json!(1)),
    ] {
        let mut frame = start.clone();
        frame[name] = wrong;
        let error = serde_json::from_value::<TranscriptionFrame>(frame).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn every_part_of_a_speech_translation() {
    round_trip::<TranslateSpeechOptions>(json!({
        "inputAudioFormat": {"type": "audio/pcm"}, "targetLanguage": "fr", "sourceLanguage": "en",
        "outputAudioFormat": {"type": "audio/pcmu", "rate": 8000},
    }));
    for part in [
        json!({"type": "stream-start", "warnings": []}),
        json!({"type": "audio", "audio": "aGk=", "id": "1"}),
        json!({"type": "output-text-delta", "delta": "a"}),
        json!({"type": "output-text-final", "text": "a", "id": "1"}),
        json!({"type": "source-transcript-delta", "delta": "a", "id": "1"}),
        json!({"type": "source-transcript-partial", "text": "a", "startSecond": 0, "endSecond": 1.5, "channelIndex": 1}),
        json!({"type": "source-transcript-final", "text": "a", "id": "1"}),
        json!({"type": "response-metadata", "modelId": "m"}),
        json!({"type": "finish", "sourceText": "a", "outputText": "b", "durationInSeconds": 2,
               "usage": {"inputAudioSeconds": 2, "inputAudioTokens": 1, "outputAudioTokens": 1, "inputTextTokens": 1, "outputTextTokens": 1}}),
        json!({"type": "raw", "rawValue": 1}),
        json!({"type": "error", "error": "e"}),
    ] {
        let typed: SpeechTranslationPart = round_trip(part);
        assert!(!matches!(typed, SpeechTranslationPart::Unknown(_)));
    }
}

#[test]
fn every_event_of_a_realtime_client() {
    for event in [
        json!({"type": "session-update", "config": {
            "instructions": "i", "voice": "v", "outputModalities": ["text", "audio"],
            "inputAudioFormat": {"type": "audio/pcm", "rate": 24000}, "inputAudioTranscription": {"model": "m", "language": "en", "prompt": "p"},
            "outputAudioTranscription": {}, "outputAudioFormat": {"type": "audio/pcm"},
            "turnDetection": {"type": "server-vad", "threshold": 0.5, "silenceDurationMs": 500, "prefixPaddingMs": 300},
            "tools": [{"type": "function", "name": "t", "parameters": {}, "description": "d"}], "providerOptions": {"gateway": {"user": "u"}},
        }}),
        json!({"type": "session-update", "config": {"turnDetection": null}}),
        json!({"type": "session-update", "config": {}}),
        json!({"type": "input-audio-append", "audio": "aGk="}),
        json!({"type": "input-audio-commit"}),
        json!({"type": "input-audio-clear"}),
        json!({"type": "conversation-item-create", "item": {"type": "text-message", "role": "user", "text": "t"}}),
        json!({"type": "conversation-item-create", "item": {"type": "audio-message", "role": "user", "audio": "aGk="}}),
        json!({"type": "conversation-item-create", "item": {"type": "function-call-output", "callId": "1", "output": "{}", "name": "t"}}),
        json!({"type": "conversation-item-truncate", "itemId": "1", "contentIndex": 0, "audioEndMs": 1500}),
        json!({"type": "response-create", "options": {"modalities": ["text"], "instructions": "i", "metadata": {"a": 1}}}),
        json!({"type": "response-create"}),
        json!({"type": "response-cancel"}),
    ] {
        let typed: ClientEvent = round_trip(event);
        assert!(!matches!(typed, ClientEvent::Unknown(_)));
    }
}

#[test]
fn every_event_of_a_realtime_server() {
    let ids = r#""responseId": "r", "itemId": "i""#;
    let events = [
        (r#""type": "session-created", "sessionId": "s""#, ""),
        (r#""type": "session-updated""#, ""),
        (r#""type": "speech-started", "itemId": "i""#, ""),
        (r#""type": "speech-stopped""#, ""),
        (r#""type": "audio-committed", "itemId": "i", "previousItemId": "h""#, ""),
        (r#""type": "conversation-item-added", "itemId": "i", "item": {"a": 1}"#, ""),
        (r#""type": "input-transcription-completed", "itemId": "i", "transcript": "t""#, ""),
        (r#""type": "response-created", "responseId": "r""#, ""),
        (r#""type": "response-done", "responseId": "r", "status": "completed""#, ""),
        (r#""type": "output-item-added""#, ids),
        (r#""type": "output-item-done""#, ids),
        (r#""type": "content-part-added""#, ids),
        (r#""type": "content-part-done""#, ids),
        (r#""type": "audio-delta", "delta": "aGk=""#, ids),
        (r#""type": "audio-done""#, ids),
        (r#""type": "audio-transcript-delta", "delta": "d""#, ids),
        (r#""type": "audio-transcript-done", "transcript": "t""#, ids),
        (r#""type": "text-delta", "delta": "d""#, ids),
        (r#""type": "text-done""#, ids),
        (r#""type": "function-call-arguments-delta", "callId": "c", "delta": "{""#, ids),
        (
            r#""type": "function-call-arguments-done", "callId": "c", "name": "n", "arguments": "{}""#,
            ids,
        ),
        (r#""type": "error", "message": "m", "code": "c""#, ""),
        (r#""type": "custom", "rawType": "rate_limits.updated""#, ""),
    ];
    assert_eq!(events.len(), 23);
    for (fields, ids) in events {
        let comma = if ids.is_empty() { "" } else { "," };
        let event = format!(r#"{{{fields}{comma}{ids}, "raw": {{"verbatim": null}}}}"#);
        let typed: ServerEvent = round_trip(serde_json::from_str(&event).unwrap());
        assert!(!matches!(typed, ServerEvent::Unknown(_)), "{event}");
    }
}

#[test]
fn a_client_secret_does_not_show() {
    let secret: ClientSecret =
        round_trip(json!({"token": "vcst_1", "url": "wss://e.com", "expiresAt": 1}));
    assert!(!format!("{secret:?}").contains("vcst_1"));
}

#[test]
fn whole_numbers_have_no_fraction() {
    round_trip::<aqueduct_spec::speech::GenerateSpeechOptions>(json!({"text": "t", "speed": 1}));
    round_trip::<aqueduct_spec::video::GenerateVideoOptions>(
        json!({"n": 1, "duration": 8, "fps": 24}),
    );
    round_trip::<aqueduct_spec::transcription::TranscribeResult>(json!({
        "text": "t", "segments": [{"text": "t", "startSecond": 0, "endSecond": 1}], "warnings": [], "durationInSeconds": 1,
    }));
    round_trip::<aqueduct_spec::reranking::RerankResult>(
        json!({"ranking": [{"index": 0, "relevanceScore": 1}]}),
    );
}

#[test]
fn null_is_taken_as_absent() {
    let image: aqueduct_spec::image::GenerateImageResult =
        serde_json::from_value(json!({"images": [], "warnings": null, "usage": null})).unwrap();
    assert!(image.warnings.is_empty() && image.usage.is_none());
    let answer: aqueduct_spec::language::GenerateResult = serde_json::from_value(
        json!({"warnings": null, "content": null, "finishReason": null, "usage": null}),
    )
    .unwrap();
    assert_eq!(answer, aqueduct_spec::language::GenerateResult::default());
    let finish: aqueduct_spec::language::StreamPart = serde_json::from_value(
        json!({"type": "finish", "finishReason": null, "usage": {"inputTokens": null, "outputTokens": {"total": null}}}),
    )
    .unwrap();
    assert_eq!(finish, aqueduct_spec::language::Finish::default().into());
}
