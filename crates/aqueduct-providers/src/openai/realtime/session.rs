//! The settings of a session as OpenAI has them.

use aqueduct_spec::JsonObject;
use aqueduct_spec::audio::AudioFormat;
use aqueduct_spec::json::number;
use aqueduct_spec::realtime::{AudioTranscription, RealtimeTool, SessionConfig, TurnDetection};
use serde_json::{Value, json};

/// What writes down the user's speech unless another model is named.
const TRANSCRIBER: &str = "gpt-realtime-whisper";

/// Writes the settings of a session with a model. OpenAI writes down what it says itself in any case.
pub(super) fn encode(config: &SessionConfig, model: &str) -> Value {
    let mut session = object(json!({ "type": "realtime", "model": model }));
    set(&mut session, "instructions", config.instructions.as_deref());
    set(&mut session, "output_modalities", config.output_modalities.clone());
    let mut audio = JsonObject::new();
    let (input, output) = (input(config), output(config));
    set(&mut audio, "input", (!input.is_empty()).then_some(input));
    set(&mut audio, "output", (!output.is_empty()).then_some(output));
    set(&mut session, "audio", (!audio.is_empty()).then_some(audio));
    if let Some(tools) = config.tools.as_ref().filter(|tools| !tools.is_empty()) {
        session.insert("tools".to_owned(), tools.iter().map(tool).collect());
        session.insert("tool_choice".to_owned(), "auto".into());
    }
    for (name, value) in config.provider_options.iter().flatten() {
        match value {
            Value::Object(own) if name == "openai" => session.extend(own.clone()),
            value => drop(session.insert(name.clone(), value.clone())),
        }
    }
    Value::Object(session)
}

fn input(config: &SessionConfig) -> JsonObject {
    let mut input = JsonObject::new();
    set(&mut input, "format", config.input_audio_format.as_ref().map(format));
    if let Some(detection) = &config.turn_detection {
        let detection = detection.as_ref().and_then(turn_detection);
        input.insert("turn_detection".to_owned(), detection.unwrap_or(Value::Null));
    }
    set(&mut input, "transcription", config.input_audio_transcription.as_ref().map(transcription));
    input
}

fn output(config: &SessionConfig) -> JsonObject {
    let mut output = JsonObject::new();
    set(&mut output, "format", config.output_audio_format.as_ref().map(format));
    set(&mut output, "voice", config.voice.as_deref());
    output
}

fn format(format: &AudioFormat) -> JsonObject {
    let mut written = object(json!({ "type": format.media_type }));
    set(&mut written, "rate", format.rate);
    written
}

/// How the end of a turn is found; `None` if the caller tells it.
fn turn_detection(detection: &TurnDetection) -> Option<Value> {
    let kind = match detection.mode.as_str() {
        "disabled" => return None,
        "server-vad" => "server_vad",
        _ => "semantic_vad",
    };
    let mut written = object(json!({ "type": kind }));
    set(&mut written, "threshold", detection.threshold.map(number));
    set(&mut written, "silence_duration_ms", detection.silence_duration_ms.map(number));
    set(&mut written, "prefix_padding_ms", detection.prefix_padding_ms.map(number));
    Some(Value::Object(written))
}

fn transcription(transcription: &AudioTranscription) -> JsonObject {
    let model = transcription.model.as_deref().unwrap_or(TRANSCRIBER);
    let mut written = object(json!({ "model": model }));
    set(&mut written, "language", transcription.language.as_deref());
    set(&mut written, "prompt", transcription.prompt.as_deref());
    written
}

/// A function has the same shape here; what is not known yet is passed on as it is.
fn tool(tool: &RealtimeTool) -> Value {
    serde_json::to_value(tool).unwrap_or_default()
}

fn set(object: &mut JsonObject, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object.insert(name.to_owned(), value.into());
    }
}

fn object(value: Value) -> JsonObject {
    match value {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    }
}
