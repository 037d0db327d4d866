//! xAI: responses (the default wire), chat, image, video, speech and transcription; files.
//!
//! Both language wires use shapes of OpenAI's: [`openai::responses`](crate::openai::responses) and the chat of
//! [`openai_compatible`](crate::openai_compatible). What is done with them is xAI's own: tools that run at the host
//! (`xai.web_search`, `xai.x_search`, `xai.code_execution`, `xai.view_image`, `xai.view_x_video`, `xai.file_search`,
//! `xai.image_generation`, `xai.mcp`), citations, reasoning counted beside the answer, the price of a call. Videos are jobs
//! that are asked after.
//!
//! Options are under `xai`, for calls as for files in prompts (`imageDetail`); the metadata is under the same key. Deliberately
//! absent: realtime and streamed transcription, which need WebSockets.
//!
//! Source: <https://docs.x.ai/docs/api-reference> (2026-11).

mod call_settings;
mod chat;
mod error;
mod files;
mod image;
mod options;
mod prompt_file;
mod provider;
mod responses;
mod schema;
mod speech;
mod transcription;
mod usage;
mod video;

use std::sync::Arc;

use aqueduct_spec::ModelKind;

use crate::openai_compatible::HostSettings;
use crate::{ApiKey, Entry};

/// The key of options, metadata and references to files.
const KEY: &str = "xai";

/// xAI.
pub static ENTRY: Entry = Entry {
    id: "xai",
    aliases: &[],
    name: "xAI",
    base_url: "https://api.x.ai/v1",
    base_url_variable: None,
    variables: &[],
    api_key: ApiKey::Variables(&["XAI_API_KEY"]),
    kinds: &[
        ModelKind::Language,
        ModelKind::Image,
        ModelKind::Video,
        ModelKind::Speech,
        ModelKind::Transcription,
    ],
    docs: "https://docs.x.ai",
    build: |settings, client| {
        let settings: HostSettings = settings.typed(ENTRY.id)?;
        Ok(Arc::new(provider::Xai::new(settings.endpoint(&ENTRY, client))))
    },
};
