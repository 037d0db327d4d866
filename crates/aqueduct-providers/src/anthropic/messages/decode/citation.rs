//! Where a text comes from.

use aqueduct_spec::language::{
    DocumentSource, FilePart, Message, Prompt, Source, UrlSource, UserPart,
};
use aqueduct_spec::{Context, JsonObject};
use serde_json::Value;

use super::metadata;

/// A document that the answer may cite, by its place among them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CitedDocument {
    pub(super) title: String,
    pub(super) filename: Option<String>,
    pub(super) media_type: String,
}

impl CitedDocument {
    /// The documents of a prompt that are to be cited.
    pub(crate) fn of(prompt: &Prompt) -> Vec<Self> {
        let messages = prompt.iter().filter_map(|message| match message {
            Message::User(message) => Some(&message.content),
            _ => None,
        });
        let files = messages.flatten().filter_map(|part| match part {
            UserPart::File(part) => Some(part),
            _ => None,
        });
        files.filter(|part| is_cited(part)).map(Self::new).collect()
    }

    fn new(part: &FilePart) -> Self {
        Self {
            title: part.filename.clone().unwrap_or_else(|| "Untitled Document".to_owned()),
            filename: part.filename.clone(),
            media_type: part.media_type.clone(),
        }
    }
}

fn is_cited(part: &FilePart) -> bool {
    let citations = || {
        let options = part.provider_options.as_ref()?.get("anthropic")?;
        options.get("citations")?.get("enabled")?.as_bool()
    };
    matches!(part.media_type.as_str(), "application/pdf" | "text/plain")
        && citations() == Some(true)
}

fn kind(citation: &Value) -> Option<&str> {
    citation.get("type").and_then(Value::as_str)
}

/// Whether the text keeps the citation for the next request. Those of documents are made anew from the document.
pub(super) fn is_kept(citation: &Value) -> bool {
    !matches!(kind(citation), Some("page_location" | "char_location"))
}

/// The citation as a source of the answer; `None` for kinds that no source can tell.
pub(super) fn source(
    citation: &Value,
    documents: &[CitedDocument],
    cx: &Context,
) -> Option<Source> {
    let fields: &[(&str, &str)] = match kind(citation)? {
        "web_search_result_location" => return web(citation, cx),
        "page_location" => {
            &[("startPageNumber", "start_page_number"), ("endPageNumber", "end_page_number")]
        }
        "char_location" => {
            &[("startCharIndex", "start_char_index"), ("endCharIndex", "end_char_index")]
        }
        _ => return None,
    };
    let index = citation.get("document_index")?.as_u64()?;
    let document = documents.get(usize::try_from(index).ok()?)?;
    let title = citation.get("document_title").and_then(Value::as_str);
    let mut source = DocumentSource::new(
        cx.generate_id(),
        document.media_type.as_str(),
        title.unwrap_or(&document.title),
    );
    source.filename = document.filename.clone();
    let cited = [("citedText", "cited_text")];
    source.provider_metadata =
        Some(metadata::own(picked(citation, cited.iter().chain(fields)).into()));
    Some(source.into())
}

fn web(citation: &Value, cx: &Context) -> Option<Source> {
    let mut source = UrlSource::new(cx.generate_id(), citation.get("url")?.as_str()?);
    source.title = citation.get("title").and_then(Value::as_str).map(str::to_owned);
    let fields = [("citedText", "cited_text"), ("encryptedIndex", "encrypted_index")];
    source.provider_metadata = Some(metadata::own(picked(citation, fields.iter()).into()));
    Some(source.into())
}

fn picked<'a>(
    citation: &Value,
    fields: impl Iterator<Item = &'a (&'a str, &'a str)>,
) -> JsonObject {
    fields
        .filter_map(|(name, wire_name)| {
            Some(((*name).to_owned(), citation.get(*wire_name)?.clone()))
        })
        .collect()
}
