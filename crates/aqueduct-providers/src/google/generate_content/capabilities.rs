//! What a model can, by its name.

/// What a model can, by its name. Names are open-ended: what is not known to be old has the newest features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Capabilities {
    /// Takes the vendor's tools of Gemini 2.
    pub(crate) tools_of_gemini_2: bool,
    pub(crate) file_search: bool,
    /// Signs its calls, combines functions with the vendor's tools, takes files as results of functions.
    pub(crate) gemini_3: bool,
    /// Fetches files of the web by itself.
    pub(crate) fetches_urls: bool,
    /// Has no system instruction.
    pub(crate) is_gemma: bool,
}

impl Capabilities {
    pub(crate) fn of(model_id: &str) -> Self {
        let id = model_id.to_ascii_lowercase();
        let segments = || id.split('/');
        let is_gemini = segments().any(|name| name.starts_with("gemini-"));
        let is_version = |version: &str| {
            segments().any(|name| {
                name.strip_prefix(version)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
            })
        };
        let is_oldest = is_version("gemini-1")
            || is_version("gemini-robotics-er-1.5")
            || segments()
                .next_back()
                .is_some_and(|it| matches!(it, "gemini-pro" | "gemini-pro-vision"));
        let gemini_3 = is_gemini && !is_oldest && !is_version("gemini-2");
        Self {
            tools_of_gemini_2: (is_gemini && !is_oldest) || id.contains("nano-banana"),
            file_search: is_version("gemini-2.5") || gemini_3,
            gemini_3,
            fetches_urls: is_gemini && !segments().any(|name| name.starts_with("gemini-2.0")),
            is_gemma: id.starts_with("gemma-"),
        }
    }
}

/// Where a model is, below the base URL.
pub(crate) fn path(model_id: &str) -> String {
    if model_id.contains('/') { model_id.to_owned() } else { format!("models/{model_id}") }
}
