//! `POST /skills`: skills that OpenAI keeps.
//!
//! Source: <https://platform.openai.com/docs/guides/tools-skills> (2026-11).

use std::sync::Arc;

use aqueduct_http::Multipart;
use aqueduct_spec::data::ProviderReference;
use aqueduct_spec::skills::{Skills as Place, UploadSkillOptions, UploadSkillResult};
use aqueduct_spec::{BoxFuture, Context, JsonObject, ProviderMetadata, Result, Warning};
use serde::Deserialize;
use serde_json::Value;

use super::settings::Config;
use crate::openai_compatible::{Plain, read_json};
use crate::upload::content;

/// OpenAI's place for skills.
#[derive(Debug)]
pub(super) struct Skills {
    provider: String,
    config: Arc<Config>,
}

/// A skill as the host knows it.
#[derive(Debug, Deserialize)]
struct Skill {
    id: String,
    name: Option<String>,
    description: Option<String>,
    default_version: Option<Value>,
    latest_version: Option<String>,
    created_at: Option<Value>,
    updated_at: Option<Value>,
}

impl Skills {
    pub(super) fn new(config: &Arc<Config>) -> Self {
        Self { provider: config.provider_string("skills"), config: Arc::clone(config) }
    }

    async fn upload(&self, options: &UploadSkillOptions) -> Result<UploadSkillResult> {
        let mut warnings = Vec::new();
        if options.display_title.is_some() {
            warnings.push(Warning::unsupported("displayTitle"));
        }
        let mut form = Multipart::new();
        for file in &options.files {
            let content = content(&file.data)?;
            form = form.file("files[]", file.path.as_str(), "application/octet-stream", content);
        }
        let request = self.config.endpoint.post("/skills", None).multipart(&form);
        let skill = read_json::<Skill>(request.send().await?, &Plain).await?.value;
        let facts = [
            ("defaultVersion", skill.default_version),
            ("createdAt", skill.created_at),
            ("updatedAt", skill.updated_at),
        ];
        let facts = facts.into_iter().filter_map(|(name, fact)| {
            Some((name.to_owned(), fact.filter(|fact| !fact.is_null())?))
        });
        let metadata = ProviderMetadata::of("openai", facts.collect::<JsonObject>());
        let reference = ProviderReference::from([("openai".to_owned(), skill.id)]);
        let mut result = UploadSkillResult::new(reference, warnings);
        result.name = skill.name;
        result.description = skill.description;
        result.latest_version = skill.latest_version;
        result.provider_metadata = Some(metadata);
        Ok(result)
    }
}

impl Place for Skills {
    fn provider(&self) -> &str {
        &self.provider
    }

    fn upload_skill<'a>(
        &'a self,
        options: UploadSkillOptions,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<UploadSkillResult>> {
        Box::pin(async move {
            let result = self.upload(&options).await;
            result.map_err(|error| error.with_provider(self.provider.as_str()))
        })
    }
}
