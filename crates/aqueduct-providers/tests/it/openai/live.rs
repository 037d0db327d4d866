//! Live transcripts and translations, against a WebSocket server that plays a script.

use std::time::Duration;

use aqueduct_http::{Client, Timeouts};
use aqueduct_providers::openai::{OpenAi, OpenAiSettings};
use aqueduct_spec::audio::AudioFormat;
use aqueduct_spec::speech_translation::TranslateSpeechOptions;
use aqueduct_spec::transcription_stream::StreamTranscribeOptions;
use aqueduct_spec::{
    AudioInput, Context, Error, ErrorKind, Include, Provider as _, Result, SpeechStream,
    StreamTranscribe, TranslateSpeech, speech_stream::SpeechPart,
};
use aqueduct_testkit::{Peer, PeerMessage, Reply, ScriptedUpstream, ScriptedWebSocket};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

const DELTA: &str = "conversation.item.input_audio_transcription.delta";
const COMPLETED: &str = "conversation.item.input_audio_transcription.completed";

fn openai_at(url: &str, client: Client) -> OpenAi {
    OpenAiSettings::new("sk-secret-1").with_organization("org-1").with_base_url(url).build(&client)
}

fn openai(server: &ScriptedWebSocket) -> OpenAi {
    let client = Client::builder().no_proxy().build().unwrap();
    openai_at(&format!("{}/v1", server.url()), client)
}

fn pcm() -> AudioFormat {
    AudioFormat::pcm(24_000)
}

/// The call, with options as JSON beside the format.
fn call(options: Value, audio: impl Into<AudioInput>) -> StreamTranscribe {
    let mut options = options;
    options["inputAudioFormat"] = json!(pcm());
    let options: StreamTranscribeOptions = serde_json::from_value(options).unwrap();
    StreamTranscribe::new(options, audio)
}

async fn transcribe(openai: &OpenAi, call: StreamTranscribe) -> Result<Vec<Result<Value>>> {
    let model = openai.streaming_transcription_model("gpt-realtime-whisper")?;
    Ok(read(model.call(call, &Context::default()).await?).await)
}

async fn read<P: SpeechPart + Serialize>(answer: SpeechStream<P>) -> Vec<Result<Value>> {
    let parts = answer.stream.map(|part| part.map(|part| serde_json::to_value(part).unwrap()));
    parts.collect().await
}

fn last_error(parts: Vec<Result<Value>>) -> Error {
    parts.into_iter().next_back().unwrap().unwrap_err()
}

/// Waits for the session and for the audio, up to its end.
async fn listen(peer: &mut Peer) -> Vec<Value> {
    let mut seen = vec![peer.json().await];
    while seen.last().unwrap()["type"] != "input_audio_buffer.commit" {
        seen.push(peer.json().await);
    }
    seen
}

#[tokio::test]
async fn audio_goes_up_and_text_comes_down() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        assert_eq!(
            peer.json().await,
            json!({ "type": "session.update", "session": {
                "type": "transcription",
                "audio": { "input": {
                    "format": { "type": "audio/pcm", "rate": 24000 },
                    "transcription":
                        { "model": "gpt-realtime-whisper", "language": "en", "delay": "low" },
                    "turn_detection": null,
                } },
                "include": ["item.input_audio_transcription.logprobs"],
            } })
        );
        peer.send_json(&json!({ "type": "session.updated" })).await;
        let append = peer.json().await;
        assert_eq!(append, json!({ "type": "input_audio_buffer.append", "audio": "AQID" }));
        peer.send_json(&json!({ "type": DELTA, "item_id": "item-1", "delta": "Hel" })).await;
        assert_eq!(peer.json().await["audio"], "BA==");
        assert_eq!(peer.json().await, json!({ "type": "input_audio_buffer.commit" }));
        // OpenAI writes text messages; a server that does not is understood too.
        let delta = json!({ "type": DELTA, "item_id": "item-1", "delta": "lo", "logprobs": [1] });
        peer.send_binary(delta.to_string()).await;
        peer.send_text("no JSON").await;
        let usage = json!({ "type": "duration", "seconds": 1.5 });
        let done = json!({ "type": COMPLETED, "item_id": "item-1", "transcript": "Hello",
            "usage": usage });
        peer.send_json(&done).await;
        assert_eq!(peer.gone().await, Some(1000));
    });
    let options = json!({ "language": "en", "streaming":
        { "delay": "low", "include": ["item.input_audio_transcription.logprobs"] } });
    let audio = AudioInput::new(stream::iter([&[1, 2, 3][..], &[4]].map(Bytes::from_static)));
    let call = call(json!({ "providerOptions": { "openai": options } }), audio);
    let parts = transcribe(&openai(&server), call).await.unwrap();
    let parts: Vec<_> = parts.into_iter().map(Result::unwrap).collect();
    let metadata = json!({ "openai": { "usage": { "type": "duration", "seconds": 1.5 } } });
    assert_eq!(
        parts,
        [
            json!({ "type": "stream-start", "warnings": [] }),
            json!({ "type": "transcript-delta", "delta": "Hel", "id": "item-1" }),
            json!({ "type": "transcript-delta", "delta": "lo", "id": "item-1",
                "providerMetadata": { "openai": { "logprobs": [1] } } }),
            json!({ "type": "transcript-final", "text": "Hello", "id": "item-1" }),
            json!({ "type": "finish", "text": "Hello", "segments": [], "language": "en",
                "durationInSeconds": 1.5, "providerMetadata": metadata }),
        ]
    );
    server.finished(1).await;
    let seen = &server.requests()[0];
    assert_eq!(seen.target, "/v1/realtime?intent=transcription");
    assert_eq!(seen.header("authorization"), "Bearer sk-secret-1");
    assert_eq!(seen.header("openai-organization"), "org-1");
    assert_eq!(seen.header("sec-websocket-protocol"), "", "one way to sign in, not two");
}

#[tokio::test]
async fn the_answer_says_what_was_sent_and_who_answers() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        listen(&mut peer).await;
        peer.send_json(&json!({ "type": COMPLETED, "transcript": "a" })).await;
        peer.gone().await;
    });
    let openai = openai(&server);
    let model = openai.streaming_transcription_model("gpt-realtime-whisper-2026-01-01").unwrap();
    let include = Context::default().with_include(Include::ALL);
    let options = json!({ "prompt": "p", "temperature": 0, "include": null });
    let call = call(json!({ "providerOptions": { "openai": options } }), vec![1]);
    let answer = model.call(call, &include).await.unwrap();
    let sent = answer.request.as_ref().unwrap().body.as_ref().unwrap();
    let model_id = "gpt-realtime-whisper-2026-01-01";
    assert_eq!(sent["session"]["audio"]["input"]["transcription"]["model"], model_id);
    assert_eq!(answer.response.as_ref().unwrap().model_id.as_deref(), Some(model_id));
    let parts = read(answer).await;
    let warnings = parts[0].as_ref().unwrap()["warnings"].as_array().unwrap();
    let features: Vec<_> = warnings.iter().map(|warning| &warning["feature"]).collect();
    assert_eq!(features, ["providerOptions.openai.prompt", "providerOptions.openai.temperature"]);
}

#[tokio::test]
async fn other_models_are_for_files_alone() {
    let server = ScriptedWebSocket::new(|_| async {});
    let openai = openai(&server);
    let model = openai.streaming_transcription_model("whisper-1").unwrap();
    let call = call(json!({}), vec![1]);
    let error = model.call(call.clone(), &Context::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("streaming transcription with whisper-1"), "{error}");
    assert!(!call.audio().is_spent() && server.requests().is_empty());
}

#[tokio::test]
async fn messages_of_the_provider_come_if_asked_for() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        listen(&mut peer).await;
        peer.send_json(&json!({ "type": "x.unknown", "a": null })).await;
        peer.send_json(&json!({ "type": COMPLETED, "transcript": "a" })).await;
        peer.gone().await;
    });
    let call = call(json!({ "includeRawChunks": true }), vec![1]);
    let parts = transcribe(&openai(&server), call).await.unwrap();
    let parts: Vec<_> = parts.into_iter().map(Result::unwrap).collect();
    let raw = json!({ "type": "raw", "rawValue": { "type": "x.unknown", "a": null } });
    assert_eq!(parts[1], raw);
    assert_eq!(parts[2]["rawValue"]["transcript"], "a");
    assert_eq!(parts[3]["type"], "finish");
}

#[tokio::test]
async fn a_refused_handshake_leaves_the_audio_whole() {
    let body = json!({ "error": { "message": "Incorrect API key provided: sk-secret-1",
        "code": "invalid_api_key" } });
    let upstream = ScriptedUpstream::always(Reply::json(401, &body));
    let client = Client::builder().no_proxy().build().unwrap();
    let call = call(json!({}), vec![1]);
    let error = transcribe(&openai_at(&upstream.url(), client), call.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Authentication);
    assert_eq!(error.message(), "Incorrect API key provided: [redacted]");
    assert_eq!(
        (error.provider(), error.model()),
        (Some("openai.transcription"), Some("gpt-realtime-whisper"))
    );
    assert!(!call.audio().is_spent(), "another may still hear it");
}

#[tokio::test]
async fn failures_of_the_session_are_errors() {
    let cases = [
        (
            json!({ "type": "error", "error": { "type": "invalid_request_error",
                "code": "invalid_model", "message": "no such model" } }),
            ErrorKind::InvalidRequest,
            "no such model",
        ),
        (
            json!({ "type": "conversation.item.input_audio_transcription.failed",
                "error": { "type": "server_error", "message": "cannot hear" } }),
            ErrorKind::Provider,
            "cannot hear",
        ),
    ];
    for (event, kind, message) in cases {
        let said = event.clone();
        let server = ScriptedWebSocket::new(move |mut peer| {
            let event = said.clone();
            async move {
                peer.json().await;
                peer.send_json(&event).await;
                peer.close(1008, "").await;
            }
        });
        let parts = transcribe(&openai(&server), call(json!({}), vec![1])).await.unwrap();
        let error = last_error(parts);
        assert_eq!((error.kind(), error.message()), (kind, message));
        assert_eq!(error.provider(), Some("openai.transcription"));
    }
}

#[tokio::test]
async fn an_end_before_the_transcript_is_an_error() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        listen(&mut peer).await;
        peer.close(1011, "overloaded").await;
    });
    let error = last_error(transcribe(&openai(&server), call(json!({}), vec![1])).await.unwrap());
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(error.message().ends_with("with code 1011: overloaded"), "{error}");

    let server = ScriptedWebSocket::new(|mut peer| async move {
        listen(&mut peer).await;
    });
    let error = last_error(transcribe(&openai(&server), call(json!({}), vec![1])).await.unwrap());
    assert_eq!(error.kind(), ErrorKind::Network, "{error:?}");
}

#[tokio::test]
async fn audio_that_fails_is_not_committed() {
    let (seen, mut log) = mpsc::unbounded_channel();
    let server = ScriptedWebSocket::new(move |mut peer| {
        let seen = seen.clone();
        async move {
            loop {
                let message = peer.next().await;
                seen.send(message.clone()).unwrap();
                if message == PeerMessage::Gone {
                    break;
                }
            }
        }
    });
    let failed = Error::new(ErrorKind::Network, "no microphone");
    let audio = AudioInput::fallible(stream::iter([Ok(Bytes::from_static(b"a")), Err(failed)]));
    let parts = transcribe(&openai(&server), call(json!({}), audio)).await.unwrap();
    assert_eq!(last_error(parts).message(), "no microphone");
    server.finished(1).await;
    while let Ok(message) = log.try_recv() {
        assert!(!format!("{message:?}").contains("commit"), "{message:?}");
    }
}

#[tokio::test]
async fn dropping_the_answer_cuts_the_connection_and_frees_the_audio() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        peer.json().await;
        peer.send_json(&json!({ "type": DELTA, "delta": "a" })).await;
        assert_eq!(peer.gone().await, None);
    });
    let (audio, chunks) = mpsc::channel::<Bytes>(1);
    let input = AudioInput::new(stream::unfold(chunks, |mut chunks| async move {
        Some((chunks.recv().await?, chunks))
    }));
    let openai = openai(&server);
    let model = openai.streaming_transcription_model("gpt-realtime-whisper").unwrap();
    let mut answer = model.call(call(json!({}), input), &Context::default()).await.unwrap();
    answer.stream.next().await.unwrap().unwrap();
    assert_eq!(answer.stream.next().await.unwrap().unwrap().tag(), "transcript-delta");
    assert!(!audio.is_closed(), "someone listens");
    drop(answer);
    assert!(audio.is_closed());
    server.finished(1).await;
}

#[tokio::test]
async fn a_server_that_falls_silent_is_not_waited_for_without_end() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        listen(&mut peer).await;
        peer.gone().await;
    });
    let limits = Timeouts::default().with_idle(Duration::from_millis(100));
    let client = Client::builder().no_proxy().timeouts(limits).build().unwrap();
    let openai = openai_at(&server.url(), client);
    let error = last_error(transcribe(&openai, call(json!({}), vec![1])).await.unwrap());
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

fn translation(options: Value, audio: impl Into<AudioInput>) -> TranslateSpeech {
    let mut all = json!({ "inputAudioFormat": pcm(), "targetLanguage": "es" });
    all.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
    let options: TranslateSpeechOptions = serde_json::from_value(all).unwrap();
    TranslateSpeech::new(options, audio)
}

async fn translate(openai: &OpenAi, call: TranslateSpeech) -> Result<Vec<Result<Value>>> {
    let model = openai.speech_translation_model("gpt-realtime-translate")?;
    Ok(read(model.call(call, &Context::default()).await?).await)
}

#[tokio::test]
async fn speech_is_translated() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        assert_eq!(
            peer.json().await,
            json!({ "type": "session.update", "session": { "audio": {
                "input": { "transcription": { "model": "gpt-realtime-whisper" },
                    "noise_reduction": null },
                "output": { "language": "es" },
            } } })
        );
        let append = json!({ "type": "session.input_audio_buffer.append", "audio": "AQID" });
        assert_eq!(peer.json().await, append);
        assert_eq!(peer.json().await, json!({ "type": "session.close" }));
        for event in [
            json!({ "type": "session.created", "session": { "type": "translation" } }),
            json!({ "type": "session.input_transcript.delta", "delta": " The", "elapsed_ms": 600 }),
            json!({ "type": "session.output_audio.delta", "delta": "AQID", "sample_rate": 24000 }),
            json!({ "type": "session.output_audio.delta", "delta": "" }),
            json!({ "type": "session.output_transcript.delta", "delta": "La" }),
            json!({ "type": "error", "error": { "message": "a hiccup" } }),
            json!({ "type": "session.input_transcript.delta", "delta": " fox" }),
            json!({ "type": "session.output_transcript.delta", "delta": " zorra" }),
            json!({ "type": "session.closed" }),
        ] {
            peer.send_json(&event).await;
        }
        assert_eq!(peer.gone().await, Some(1000));
    });
    let options = json!({ "sourceLanguage": "en", "outputAudioFormat": { "type": "audio/pcmu" } });
    let parts = translate(&openai(&server), translation(options, vec![1, 2, 3])).await.unwrap();
    let parts: Vec<_> = parts.into_iter().map(Result::unwrap).collect();
    let warnings = parts[0]["warnings"].as_array().unwrap();
    let features: Vec<_> = warnings.iter().map(|warning| &warning["feature"]).collect();
    assert_eq!(features, ["sourceLanguage", "outputAudioFormat"]);
    let hiccup = json!({ "type": "error", "error": { "message": "a hiccup" } });
    assert_eq!(
        parts[1..],
        [
            json!({ "type": "source-transcript-delta", "delta": " The" }),
            json!({ "type": "audio", "audio": "AQID" }),
            json!({ "type": "output-text-delta", "delta": "La" }),
            json!({ "type": "error", "error": hiccup }),
            json!({ "type": "source-transcript-delta", "delta": " fox" }),
            json!({ "type": "output-text-delta", "delta": " zorra" }),
            json!({ "type": "source-transcript-final", "text": " The fox" }),
            json!({ "type": "output-text-final", "text": "La zorra" }),
            json!({ "type": "finish", "sourceText": " The fox", "outputText": "La zorra" }),
        ]
    );
    server.finished(1).await;
    let target = &server.requests()[0].target;
    assert_eq!(target, "/v1/realtime/translations?model=gpt-realtime-translate");
}

#[tokio::test]
async fn only_audio_that_openai_translates_is_sent() {
    let server = ScriptedWebSocket::new(|_| async {});
    for format in [json!({ "type": "audio/pcm", "rate": 16000 }), json!({ "type": "audio/pcmu" })] {
        let call = translation(json!({ "inputAudioFormat": format }), vec![1]);
        let error = translate(&openai(&server), call).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.param(), Some(&json!("inputAudioFormat")));
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_translation_that_is_closed_early_is_an_error() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        peer.json().await;
        peer.send_json(&json!({ "type": "session.output_transcript.delta", "delta": "La" })).await;
        peer.close(1000, "").await;
    });
    let parts = translate(&openai(&server), translation(json!({}), vec![1])).await.unwrap();
    assert_eq!(parts[1].as_ref().unwrap()["delta"], "La");
    let error = last_error(parts);
    assert!(error.message().ends_with("with code 1000"), "{error}");
    assert_eq!(error.provider(), Some("openai.speech-translation"));
}
