//! Live transcripts and realtime, as the gateway protocol has them.

use aqueduct_http::Client;
use aqueduct_providers::gateway::{Gateway, GatewayBuilder, GatewayError, GatewayErrorType};
use aqueduct_spec::audio::AudioFormat;
use aqueduct_spec::realtime::{ClientEvent, ClientSecret, CreateClientSecretOptions};
use aqueduct_spec::transcription_stream::StreamTranscribeOptions;
use aqueduct_spec::{
    AudioInput, Context, Describe as _, Error, ErrorKind, Provider as _, Result, StreamTranscribe,
};
use aqueduct_testkit::{Peer, PeerMessage, Reply, ScriptedUpstream, ScriptedWebSocket};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::upstream::{Answer, Upstream};

fn builder(origin: &str) -> GatewayBuilder {
    let client = Client::builder().no_proxy().build().unwrap();
    Gateway::builder().base_url(format!("{origin}/v4/ai")).client(client).api_key("key-secret-1")
}

fn call(options: Value, audio: impl Into<AudioInput>) -> StreamTranscribe {
    let mut options = options;
    options["inputAudioFormat"] = json!(AudioFormat::pcm(16_000));
    let options: StreamTranscribeOptions = serde_json::from_value(options).unwrap();
    StreamTranscribe::new(options, audio)
}

async fn transcribe(gateway: &Gateway, call: StreamTranscribe) -> Result<Vec<Result<Value>>> {
    let model = gateway.streaming_transcription_model("openai/gpt-realtime-whisper")?;
    let answer = model.call(call, &Context::default()).await?;
    let parts = answer.stream.map(|part| part.map(|part| serde_json::to_value(part).unwrap()));
    Ok(parts.collect().await)
}

/// Waits for the start and the audio; returns the start and the lengths of the frames.
async fn listen(peer: &mut Peer) -> (Value, Vec<usize>) {
    let start = peer.json().await;
    let mut lengths = Vec::new();
    loop {
        match peer.next().await {
            PeerMessage::Binary(bytes) => lengths.push(bytes.len()),
            end => {
                let done = r#"{"type":"transcription-stream.audio-done"}"#.to_owned();
                assert_eq!(end, PeerMessage::Text(done));
                return (start, lengths);
            }
        }
    }
}

/// A gateway that hears everything and then says these parts, and goes.
fn saying(parts: Vec<Value>, code: u16) -> ScriptedWebSocket {
    ScriptedWebSocket::new(move |mut peer| {
        let parts = parts.clone();
        async move {
            listen(&mut peer).await;
            for part in parts {
                peer.send_json(&part).await;
            }
            peer.close(code, "").await;
        }
    })
}

fn finish() -> Value {
    json!({ "type": "finish", "text": "Hello", "segments": [] })
}

#[tokio::test]
async fn the_envelope_goes_up_and_parts_come_down() {
    let parts = [
        json!({ "type": "stream-start", "warnings": [] }),
        json!({ "type": "response-metadata", "timestamp": "2026-01-02T03:04:05.000Z",
            "modelId": "m" }),
        json!({ "type": "transcript-delta", "delta": "Hel", "id": "1" }),
        json!({ "type": "transcript-partial", "text": "Hello", "startSecond": 0,
            "durationInSeconds": 0.5 }),
        json!({ "type": "transcript-final", "text": "Hello", "endSecond": 1, "channelIndex": 0 }),
        finish(),
    ];
    let said = parts.clone();
    let server = ScriptedWebSocket::new(move |mut peer| {
        let said = said.clone();
        async move {
            let (start, lengths) = listen(&mut peer).await;
            assert_eq!(
                start,
                json!({ "type": "transcription-stream.start",
                    "inputAudioFormat": { "type": "audio/pcm", "rate": 16000 },
                    "providerOptions": { "openai": { "language": "en" } } })
            );
            assert_eq!(lengths, [65_536, 65_536, 28_928, 1], "frames of 64 KiB at most");
            for part in said {
                peer.send_json(&part).await;
            }
            assert_eq!(peer.gone().await, Some(1000));
        }
    });
    let gateway = builder(&server.url()).team_id_or_slug("téam").build().unwrap();
    let chunks = [Bytes::from(vec![0; 160_000]), Bytes::new(), Bytes::from_static(b"a")];
    let options = json!({ "providerOptions": { "openai": { "language": "en" } }, "headers": { "x-call": "1" } });
    let call = call(options, AudioInput::new(stream::iter(chunks)));
    let heard = transcribe(&gateway, call).await.unwrap();
    assert_eq!(heard.into_iter().map(Result::unwrap).collect::<Vec<_>>(), parts);
    server.finished(1).await;

    let seen = &server.requests()[0];
    assert_eq!(seen.target, "/v4/ai/transcription-model?ai-model-id=openai%2Fgpt-realtime-whisper");
    assert_eq!(
        seen.header("sec-websocket-protocol"),
        "ai-gateway-transcription.v1, ai-gateway-auth.key-secret-1, ai-gateway-team.dMOpYW0"
    );
    let expected = [
        ("authorization", "Bearer key-secret-1"),
        ("ai-gateway-protocol-version", "0.0.1"),
        ("ai-transcription-model-specification-version", "4"),
        ("ai-model-id", "openai/gpt-realtime-whisper"),
        ("x-call", "1"),
    ];
    for (name, value) in expected {
        assert_eq!(seen.header(name), value, "{name}");
    }
}

#[tokio::test]
async fn who_signs_in_otherwise_says_so_in_the_protocols_too() {
    let cases = [
        (json!({ "authorization": "Bearer other-1" }), ", ai-gateway-auth.other-1"),
        (json!({ "Authorization": "Basic abc" }), ""),
        (
            json!({ "x-vercel-ai-gateway-team": "t" }),
            ", ai-gateway-auth.key-secret-1, ai-gateway-team.dA",
        ),
    ];
    for (headers, expected) in cases {
        let server = saying(vec![finish()], 1000);
        let gateway = builder(&server.url()).build().unwrap();
        let call = call(json!({ "headers": headers }), vec![1]);
        transcribe(&gateway, call).await.unwrap();
        let protocols = format!("ai-gateway-transcription.v1{expected}");
        assert_eq!(server.requests()[0].header("sec-websocket-protocol"), protocols);
    }
}

#[tokio::test]
async fn raw_parts_come_if_asked_for_and_malformed_frames_not_at_all() {
    let parts = vec![
        json!({ "type": "raw", "rawValue": 1 }),
        json!({ "type": "transcript-delta", "delta": 7 }),
        json!("no part"),
        json!({ "type": "transcript-cloud", "text": "t" }),
        finish(),
    ];
    let server = saying(parts, 1000);
    let gateway = builder(&server.url()).build().unwrap();
    let types = |heard: Vec<Result<Value>>| -> Vec<Value> {
        heard.into_iter().map(|part| part.unwrap()["type"].clone()).collect()
    };
    let heard = transcribe(&gateway, call(json!({}), vec![1])).await.unwrap();
    assert_eq!(types(heard), ["transcript-cloud", "finish"]);
    let call = call(json!({ "includeRawChunks": true }), vec![1]);
    let heard = transcribe(&gateway, call).await.unwrap();
    assert_eq!(types(heard), ["raw", "transcript-cloud", "finish"]);
}

fn last_error(parts: Vec<Result<Value>>) -> Error {
    parts.into_iter().next_back().unwrap().unwrap_err()
}

#[tokio::test]
async fn what_the_gateway_reports_is_the_error_once_it_is_gone() {
    let cases = [
        (
            json!({ "message": "m", "type": "rate_limit_exceeded" }),
            ErrorKind::RateLimited,
            "m",
            429,
        ),
        (json!({ "message": "m", "type": "model_not_found" }), ErrorKind::NoSuchModel, "m", 404),
        (json!({ "message": "m", "type": "failed_dependency" }), ErrorKind::Provider, "m", 424),
        (json!({ "message": "m", "type": "something_else" }), ErrorKind::Provider, "m", 0),
        (json!("in words"), ErrorKind::Provider, "in words", 0),
    ];
    for (reported, kind, message, status) in cases {
        let part = json!({ "type": "error", "error": reported });
        let server = saying(vec![part.clone()], 1011);
        let gateway = builder(&server.url()).build().unwrap();
        let heard = transcribe(&gateway, call(json!({}), vec![1])).await.unwrap();
        assert_eq!(heard[0].as_ref().unwrap(), &part);
        let error = last_error(heard);
        assert_eq!((error.kind(), error.message()), (kind, message));
        assert_eq!(error.status().map_or(0, |status| status.as_u16()), status);
        assert_eq!(error.provider(), Some("gateway"));
    }
    let refused = json!({ "message": "no", "type": "authentication_error" });
    let server = saying(vec![json!({ "type": "error", "error": refused })], 1008);
    let gateway = builder(&server.url()).build().unwrap();
    let heard = transcribe(&gateway, call(json!({}), vec![1])).await.unwrap();
    let error = last_error(heard);
    let told = GatewayError::of(&error).unwrap();
    assert_eq!(told.error_type, GatewayErrorType::Authentication);
    assert!(error.message().contains("create another"), "{error}");
}

#[tokio::test]
async fn no_more_audio_is_sent_after_a_reported_error() {
    let (go_on, mut wait) = mpsc::channel::<()>(1);
    let (audio, chunks) = mpsc::channel::<Bytes>(1);
    let server = ScriptedWebSocket::new(move |mut peer| {
        let go_on = go_on.clone();
        async move {
            peer.json().await;
            peer.binary().await;
            peer.send_json(&json!({ "type": "error", "error": { "message": "m" } })).await;
            go_on.send(()).await.unwrap();
            peer.close(1011, "").await;
        }
    });
    let input = AudioInput::new(stream::unfold(chunks, |mut chunks| async move {
        Some((chunks.recv().await?, chunks))
    }));
    let gateway = builder(&server.url()).build().unwrap();
    let model = gateway.streaming_transcription_model("m").unwrap();
    let mut parts = model.call(call(json!({}), input), &Context::default()).await.unwrap().stream;
    audio.send(Bytes::from_static(b"a")).await.unwrap();
    assert_eq!(parts.next().await.unwrap().unwrap().tag(), "error");
    assert!(audio.is_closed(), "nobody listens any more");
    wait.recv().await.unwrap();
    let error = parts.next().await.unwrap().unwrap_err();
    assert_eq!(error.message(), "m");
    assert!(parts.next().await.is_none());
    server.finished(1).await;
}

#[tokio::test]
async fn a_reported_error_is_told_however_the_connection_ends() {
    let server = ScriptedWebSocket::new(|mut peer| async move {
        listen(&mut peer).await;
        let error = json!({ "message": "m", "type": "rate_limit_exceeded" });
        peer.send_json(&json!({ "type": "error", "error": error })).await;
    });
    let gateway = builder(&server.url()).build().unwrap();
    let heard = transcribe(&gateway, call(json!({}), vec![1])).await.unwrap();
    assert_eq!(last_error(heard).kind(), ErrorKind::RateLimited, "not that it broke");
}

#[tokio::test]
async fn an_end_before_the_finish_is_an_error() {
    let server = saying(vec![json!({ "type": "transcript-delta", "delta": "a" })], 1000);
    let gateway = builder(&server.url()).build().unwrap();
    let heard = transcribe(&gateway, call(json!({}), vec![1])).await.unwrap();
    let error = last_error(heard);
    assert_eq!(error.kind(), ErrorKind::Network);
    assert_eq!(error.model(), Some("openai/gpt-realtime-whisper"));
}

#[tokio::test]
async fn a_refused_handshake_is_the_gateways_error() {
    let body = json!({ "error": { "message": "slow down", "type": "rate_limit_exceeded" },
        "generationId": "gen_1" });
    let upstream = ScriptedUpstream::always(Reply::json(429, &body));
    let gateway = builder(&upstream.url()).build().unwrap();
    let call = call(json!({}), vec![1]);
    let error = transcribe(&gateway, call.clone()).await.unwrap_err();
    assert_eq!((error.kind(), error.generation_id()), (ErrorKind::RateLimited, Some("gen_1")));
    assert!(error.is_retryable() && !call.audio().is_spent());
}

#[tokio::test]
async fn realtime_models_make_secrets_and_speak_the_common_events() {
    let answer = json!({ "token": "vcst_1", "expiresAt": 1_700_000_000 });
    let mut upstream = Upstream::new([Answer::json(200, &answer)]).await;
    let gateway = upstream.builder().api_key("k").team_id_or_slug("t").build().unwrap();
    let model = gateway.realtime_model("openai/gpt-realtime").unwrap();
    assert_eq!(model.info().provider, "gateway.realtime");
    let mut options = CreateClientSecretOptions::default();
    options.expires_after_seconds = Some(30);
    let secret = model.create_client_secret(options, &Context::default()).await.unwrap();
    assert_eq!((secret.token.as_str(), secret.expires_at), ("vcst_1", Some(1_700_000_000)));
    let body = upstream.received().await.json();
    assert_eq!(body, json!({ "model": "openai/gpt-realtime", "expiresIn": 30 }));

    let config = model.websocket_config(&ClientSecret::new("vcst_1", "wss://host/x"));
    let protocols = ["ai-gateway-realtime.v1", "ai-gateway-auth.vcst_1", "ai-gateway-team.dA"];
    assert_eq!(
        (config.url.as_str(), &config.protocols[..]),
        ("wss://host/x", &protocols.map(str::to_owned)[..])
    );
    let event = json!({ "type": "input-audio-append", "audio": "AQID" });
    let read: ClientEvent = serde_json::from_value(event.clone()).unwrap();
    assert_eq!(model.encode_client_event(&read).unwrap(), Some(event));
    let frame = json!({ "type": "audio-done", "responseId": "r", "itemId": "i", "raw": null });
    let events = model.decode_server_event(frame.clone()).unwrap();
    assert_eq!(serde_json::to_value(&events).unwrap(), json!([frame]));
    let error = model.decode_server_event(json!({ "type": "audio-done" })).unwrap_err();
    assert_eq!((error.kind(), error.provider()), (ErrorKind::InvalidResponse, Some("gateway")));
}
