//! `POST /v1/skills`: skills kept at the vendor.
//!
//! Source: <https://platform.claude.com/docs/en/build-with-claude/skills-guide> (2026-11).

use std::sync::Arc;

use aqueduct_http::Multipart;
use aqueduct_spec::data::ProviderReference;
use aqueduct_spec::skills::{Skills, UploadSkillOptions, UploadSkillResult};
use aqueduct_spec::{BoxFuture, Context, JsonObject, ProviderMetadata, Result};
use serde::Deserialize;
use serde_json::Value;

use super::config::Config;
use super::error;
use crate::path_segment::path_segment;
use crate::upload::content;

const BETA: &str = "skills-2025-10-02";

/// The vendor's place for skills.
#[derive(Debug)]
pub(super) struct AnthropicSkills {
    config: Arc<Config>,
    provider: String,
}

/// A skill as the vendor knows it.
#[derive(Debug, Deserialize)]
struct Skill {
    id: String,
    display_title: Option<String>,
    name: Option<String>,
    description: Option<String>,
    latest_version: Option<String>,
    source: Option<Value>,
    created_at: Option<Value>,
    updated_at: Option<Value>,
}

/// What a version of a skill says of itself.
#[derive(Debug, Default, Deserialize)]
struct Version {
    name: Option<String>,
    description: Option<String>,
}

impl AnthropicSkills {
    pub(super) fn new(config: &Arc<Config>) -> Self {
        let provider = format!("{}.skills", config.options_name());
        Self { config: Arc::clone(config), provider }
    }

    async fn upload(&self, options: UploadSkillOptions) -> Result<UploadSkillResult> {
        let endpoint = &self.config.endpoint;
        let mut betas = endpoint.betas(None);
        betas.add(BETA);
        let mut form = Multipart::new();
        if let Some(title) = options.display_title {
            form = form.text("display_title", title);
        }
        for file in &options.files {
            let content = content(&file.data)?;
            form = form.file("files[]", file.path.as_str(), "application/octet-stream", content);
        }
        let request = endpoint.post("/skills", None, &betas).multipart(&form);
        let skill = error::json::<Skill>(request.send().await?).await?.value;
        let version = match &skill.latest_version {
            Some(version) => {
                let path = format!(
                    "/skills/{}/versions/{}",
                    path_segment(&skill.id),
                    path_segment(version)
                );
                let response = endpoint.get(&path, None, &betas).send().await?;
                error::json::<Version>(response).await?.value
            }
            None => Version::default(),
        };
        Ok(result(skill, version))
    }
}

fn result(skill: Skill, version: Version) -> UploadSkillResult {
    let mut metadata = JsonObject::new();
    let facts = [
        ("source", skill.source),
        ("createdAt", skill.created_at),
        ("updatedAt", skill.updated_at),
    ];
    for (name, fact) in facts {
        if let Some(fact) = fact.filter(|fact| !fact.is_null()) {
            metadata.insert(name.to_owned(), fact);
        }
    }
    let reference = ProviderReference::from([("anthropic".to_owned(), skill.id)]);
    let mut result = UploadSkillResult::new(reference, Vec::new());
    result.display_title = skill.display_title;
    result.name = version.name.or(skill.name);
    result.description = version.description.or(skill.description);
    result.latest_version = skill.latest_version;
    result.provider_metadata = Some(ProviderMetadata::of("anthropic", metadata));
    result
}

impl Skills for AnthropicSkills {
    fn provider(&self) -> &str {
        &self.provider
    }

    fn upload_skill<'a>(
        &'a self,
        options: UploadSkillOptions,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<UploadSkillResult>> {
        Box::pin(async move {
            let result = self.upload(options).await;
            result.map_err(|error| error.with_provider(self.provider.as_str()))
        })
    }
}
