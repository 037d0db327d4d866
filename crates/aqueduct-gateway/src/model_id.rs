//! Names of models: `provider/model`, where the provider may name its wire: `groq.chat/…`.

/// The provider that a model id names, without its wire and by its own id.
pub(crate) fn provider_of(model_id: &str) -> &str {
    let name = model_id.split('/').next().unwrap_or_default();
    let name = name.split('.').next().unwrap_or_default();
    aqueduct_providers::find(name).map_or(name, |entry| entry.id)
}

#[cfg(test)]
mod tests {
    use super::provider_of;

    #[test]
    fn finds_the_provider() {
        assert_eq!(provider_of("groq.chat/a/b"), "groq");
        assert_eq!(provider_of("mine/a.b"), "mine");
        assert_eq!(provider_of("alias"), "alias");
    }
}
