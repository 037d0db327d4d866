//! What an answer rests on.

use aqueduct_spec::Context;
use aqueduct_spec::language::{DocumentSource, Source, UrlSource};
use serde_json::Value;

/// What one source is told apart by.
pub(super) fn key(source: &Source) -> String {
    match source {
        Source::Url(source) => format!("url:{}", source.url),
        Source::Document(source) => {
            format!("doc:{}", source.filename.as_ref().unwrap_or(&source.title))
        }
        _ => String::new(),
    }
}

/// The sources that annotations of a text name, each once.
pub(super) fn of_annotations(annotations: Option<&Value>, cx: &Context) -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    for annotation in annotations.and_then(Value::as_array).into_iter().flatten() {
        let source = match text(annotation, "type") {
            Some("url_citation") => url(annotation, "title", cx),
            Some("place_citation") => url(annotation, "name", cx),
            Some("file_citation") => file(annotation, text(annotation, "file_name"), cx),
            _ => None,
        };
        if let Some(source) = source
            && sources.iter().all(|known| key(known) != key(&source))
        {
            sources.push(source);
        }
    }
    sources
}

/// The sources that the result of one of the vendor's tools names.
pub(super) fn of_result(kind: &str, result: Option<&Value>, cx: &Context) -> Vec<Source> {
    let entries = result.and_then(Value::as_array).into_iter().flatten();
    match kind {
        "url_context_result" => entries
            .filter(|entry| text(entry, "status").is_none_or(|status| status == "success"))
            .filter_map(|entry| url(entry, "", cx))
            .collect(),
        "google_search_result" => entries.filter_map(|entry| url(entry, "title", cx)).collect(),
        "google_maps_result" => entries
            .filter_map(|entry| entry.get("places")?.as_array())
            .flatten()
            .filter_map(|place| url(place, "name", cx))
            .collect(),
        "file_search_result" => {
            entries.filter_map(|entry| file(entry, text(entry, "title"), cx)).collect()
        }
        _ => Vec::new(),
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn url(entry: &Value, title: &str, cx: &Context) -> Option<Source> {
    let address = text(entry, "url").filter(|url| !url.is_empty())?;
    let mut source = UrlSource::new(cx.generate_id(), address);
    source.title = text(entry, title).map(str::to_owned);
    Some(source.into())
}

fn file(entry: &Value, title: Option<&str>, cx: &Context) -> Option<Source> {
    let name = text(entry, "file_name");
    let place = text(entry, "url").or_else(|| text(entry, "document_uri")).or(name);
    let place = place.filter(|place| !place.is_empty())?;
    if place.starts_with("http://") || place.starts_with("https://") {
        let mut source = UrlSource::new(cx.generate_id(), place);
        source.title = title.map(str::to_owned);
        return Some(source.into());
    }
    let filename = name.or_else(|| place.rsplit('/').next().filter(|name| !name.is_empty()));
    let title = title.or(filename).unwrap_or(place);
    let mut source = DocumentSource::new(cx.generate_id(), media_type(place), title);
    source.filename = filename.map(str::to_owned);
    Some(source.into())
}

fn media_type(path: &str) -> &'static str {
    let path = path.to_ascii_lowercase();
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("pdf") => "application/pdf",
        Some("txt") => "text/plain",
        Some("md" | "markdown") => "text/markdown",
        Some("doc") => "application/msword",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _ => "application/octet-stream",
    }
}
