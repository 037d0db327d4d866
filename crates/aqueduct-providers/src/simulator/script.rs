//! What a call asks of the simulator: the script, and where it is found.

use aqueduct_spec::json::from_object;
use aqueduct_spec::language::{StreamPart, UnifiedFinishReason, Usage};
use aqueduct_spec::{Error, JsonObject, ProviderOptions, Result, Warning};
use serde::Deserialize;
use serde_json::Value;

use super::failure::Failure;

/// The script of one answer; the module's page says what each option does.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Script {
    pub(super) text: Option<String>,
    pub(super) reasoning: Option<String>,
    pub(super) tool_calls: Option<Vec<ScriptedCall>>,
    pub(super) parts: Option<Vec<StreamPart>>,
    pub(super) latency_ms: Option<u64>,
    pub(super) first_chunk_delay_ms: Option<u64>,
    pub(super) chunk_delay_ms: Option<u64>,
    pub(super) chunk_size: Option<usize>,
    pub(super) failure: Option<Failure>,
    pub(super) fail_after_chunks: Option<usize>,
    pub(super) stall_after_chunks: Option<usize>,
    pub(super) finish_reason: Option<UnifiedFinishReason>,
    pub(super) usage: Option<Usage>,
    pub(super) warnings: Vec<Warning>,
    pub(super) metadata: Option<JsonObject>,
    pub(super) dimensions: Option<usize>,
    #[serde(flatten)]
    pub(super) unknown: JsonObject,
}

/// A tool call of a script.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScriptedCall {
    pub(super) tool_name: String,
    #[serde(default)]
    pub(super) input: Value,
    pub(super) tool_call_id: Option<String>,
}

impl ScriptedCall {
    /// The input as a model would write it.
    pub(super) fn input_text(&self) -> String {
        match &self.input {
            Value::Null => "{}".to_owned(),
            Value::String(text) => text.clone(),
            value => value.to_string(),
        }
    }
}

impl Script {
    /// Reads the script of a call to the instance `name`: its options over the markers in its text, for the step of a tool
    /// loop that the call is.
    pub(super) fn read(
        name: &str,
        options: Option<&ProviderOptions>,
        markers: &[Marker],
        step: usize,
    ) -> Result<Self> {
        let mut object = JsonObject::new();
        for addressed in [false, true] {
            for marker in markers.iter().filter(|marker| marker.name.is_some() == addressed) {
                if marker.name.as_deref().is_none_or(|wanted| wanted == name) {
                    object.extend(marker.script.clone());
                }
            }
        }
        let own = (name != "simulator").then_some(name);
        for key in ["simulator"].into_iter().chain(own) {
            object
                .extend(options.and_then(|options| options.get(key)).cloned().unwrap_or_default());
        }
        let mut own_step = JsonObject::new();
        if let Some(steps) = object.shift_remove("steps") {
            own_step = step_of(steps, step)?;
        }
        // The user's text, and a marker in it, is there for the whole tool loop: without this it would never end.
        if step > 0 {
            object.shift_remove("toolCalls");
        }
        object.extend(own_step);
        let mut script: Self = from_object(object).map_err(|error| invalid(&error))?;
        let unknown = script
            .unknown
            .keys()
            .map(|key| Warning::unsupported(format!("providerOptions.simulator.{key}")));
        let unknown: Vec<_> = unknown.collect();
        script.warnings.extend(unknown);
        Ok(script)
    }

    /// Fills in what the script leaves open.
    pub(super) fn or(mut self, settings: &Self) -> Self {
        self.latency_ms = self.latency_ms.or(settings.latency_ms);
        self.first_chunk_delay_ms = self.first_chunk_delay_ms.or(settings.first_chunk_delay_ms);
        self.chunk_delay_ms = self.chunk_delay_ms.or(settings.chunk_delay_ms);
        self.chunk_size = self.chunk_size.or(settings.chunk_size);
        self
    }
}

fn step_of(steps: Value, step: usize) -> Result<JsonObject> {
    let Value::Array(mut steps) = steps else { return Err(invalid("'steps' must be a list")) };
    if steps.is_empty() {
        return Ok(JsonObject::new());
    }
    match steps.swap_remove(step.min(steps.len() - 1)) {
        Value::Object(script) => Ok(script),
        _ => Err(invalid("each of 'steps' must be an object")),
    }
}

fn invalid(why: &str) -> Error {
    Error::invalid_request(format!("invalid simulator script: {why}"))
}

/// A script that was found in a text.
#[derive(Debug)]
pub(super) struct Marker {
    /// The instance it is for; all of them if absent.
    name: Option<String>,
    script: JsonObject,
}

const OPEN: &str = "[[simulator";

/// Cuts the markers out of a text: `[[simulator {…}]]`, `[[simulator:name {…}]]`. What only resembles one stays.
///
/// # Errors
/// `InvalidRequest` if a marker begins with an object that is not JSON or does not end: were it left in the text, a test
/// would pass without testing anything.
pub(super) fn take_markers(text: &str) -> Result<(String, Vec<Marker>)> {
    let mut rest = text;
    let mut kept = String::new();
    let mut markers = Vec::new();
    while let Some((before, after)) = rest.split_once(OPEN) {
        kept.push_str(before);
        let Some((name, json)) = head(after) else {
            kept.push_str(OPEN);
            rest = after;
            continue;
        };
        let mut values = serde_json::Deserializer::from_str(json).into_iter::<JsonObject>();
        let script = match values.next() {
            Some(Ok(script)) => script,
            Some(Err(error)) => return Err(invalid(&format!("the marker is not JSON: {error}"))),
            None => return Err(invalid("the marker is empty")),
        };
        let end = json.get(values.byte_offset()..).unwrap_or_default().trim_start();
        rest = end.strip_prefix("]]").ok_or_else(|| invalid("the marker must end with ']]'"))?;
        markers.push(Marker { name, script });
    }
    kept.push_str(rest);
    if !markers.is_empty() {
        kept = kept.trim().to_owned();
    }
    Ok((kept, markers))
}

/// Reads `:name {` up to the brace; `None` if this is no marker.
fn head(after: &str) -> Option<(Option<String>, &str)> {
    let brace = after.find('{')?;
    let (label, json) = after.split_at_checked(brace)?;
    let label = label.trim_end();
    if label.is_empty() {
        return Some((None, json));
    }
    let name = label.strip_prefix(':')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (!name.is_empty() && name.chars().all(plain)).then(|| (Some(name.to_owned()), json))
}
