//! `POST /audio/speech`: speech from text.

use std::sync::Arc;

use aqueduct_spec::language::{RequestInfo, ResponseInfo};
use aqueduct_spec::speech::{GenerateSpeechOptions, GenerateSpeechResult};
use aqueduct_spec::{Context, Data, ModelInfo, Result, Warning};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::exchange::body;
use super::settings::Config;
use crate::file_answer::read_file;
use crate::model_calls::model_calls;
use crate::openai_compatible::{Plain, check};

/// The forms of audio that the API makes.
const FORMATS: &[&str] = &["mp3", "opus", "aac", "flac", "wav", "pcm"];

/// A model behind `POST /audio/speech`.
#[derive(Debug)]
pub(super) struct SpeechModel {
    info: ModelInfo,
    config: Arc<Config>,
}

/// The body of a request.
///
/// Source: <https://platform.openai.com/docs/api-reference/audio/createSpeech> (2026-11).
#[derive(Debug, Serialize)]
struct Request<'a> {
    model: &'a str,
    input: &'a str,
    voice: &'a str,
    response_format: &'a str,
    #[serde(with = "crate::number", skip_serializing_if = "Option::is_none")]
    speed: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<&'a str>,
}

impl SpeechModel {
    pub(super) fn new(config: &Arc<Config>, model_id: &str) -> Self {
        let info = ModelInfo::new(config.provider_string("speech"), model_id);
        Self { info, config: Arc::clone(config) }
    }

    async fn generate(
        &self,
        call: &GenerateSpeechOptions,
        cx: &Context,
    ) -> Result<GenerateSpeechResult> {
        let now = cx.now();
        let mut warnings = Vec::new();
        let format = call.output_format.as_deref().unwrap_or("mp3");
        let is_known = FORMATS.contains(&format);
        if !is_known && !format.is_empty() {
            let details = format!("Unsupported output format: {format}. Using mp3 instead.");
            warnings.push(Warning::unsupported_because("outputFormat", details));
        }
        if let Some(language) = call.language.as_deref().filter(|it| !it.is_empty()) {
            let details = format!(
                "OpenAI speech models do not support language selection. Language parameter \
                 \"{language}\" was ignored."
            );
            warnings.push(Warning::unsupported_because("language", details));
        }
        // Read to tell what is wrong with them: what they can say, the call itself says.
        let options = call.provider_options.as_ref().map(|it| it.typed("openai")).transpose()?;
        let _: Option<SpeechOptions> = options.flatten();
        let request = Request {
            model: &self.info.model_id,
            input: &call.text,
            voice: call.voice.as_deref().unwrap_or("alloy"),
            response_format: if is_known { format } else { "mp3" },
            speed: call.speed,
            instructions: call.instructions.as_deref(),
        };
        let bytes = body(&request)?;
        let headers = call.headers.as_ref();
        let response =
            self.config.send("/audio/speech", &self.info.model_id, headers, &bytes).await?;
        let response = check(response, &Plain).await?;
        let mut info = ResponseInfo::default().with_headers(response.headers());
        info.timestamp = Some(now);
        info.model_id = Some(self.info.model_id.clone());
        let mut result =
            GenerateSpeechResult::new(Data::Bytes(read_file(response).await?), warnings);
        // As text, the way the AI SDK keeps the body of such a call.
        let sent = cx
            .include
            .request_body
            .then(|| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        result.request = Some(RequestInfo::new(sent));
        result.response = Some(info);
        Ok(result)
    }
}

/// Options under `openai`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SpeechOptions {
    instructions: Option<String>,
    speed: Option<f64>,
}

model_calls!(SpeechModel: GenerateSpeech => generate -> GenerateSpeechResult);
