//! Which of the two homes of the API a host is.

/// Which of the two homes of the API a host is, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// The provider string, as in `google.generative-ai`; warnings name it.
    pub(crate) provider: String,
    pub(crate) is_vertex: bool,
}

impl Dialect {
    /// The Gemini API, or Vertex AI if the provider string says so: `google.vertex.chat`.
    pub fn of(provider: impl Into<String>) -> Self {
        let provider = provider.into();
        Self { is_vertex: provider.contains("vertex"), provider }
    }

    /// The keys of options and metadata. Options are read under the first that has any, metadata is written under all.
    pub(crate) fn own_keys(&self) -> &'static [&'static str] {
        if self.is_vertex { &["googleVertex", "vertex"] } else { &["google"] }
    }

    /// The keys that options and metadata are read under: the own ones, then those of the other home, from which a
    /// conversation may come.
    pub(crate) fn keys(&self) -> &'static [&'static str] {
        if self.is_vertex {
            &["googleVertex", "vertex", "google"]
        } else {
            &["google", "googleVertex", "vertex"]
        }
    }

    /// The keys that options of a call are read under.
    pub(crate) fn option_keys(&self) -> &'static [&'static str] {
        if self.is_vertex { self.keys() } else { self.own_keys() }
    }
}
