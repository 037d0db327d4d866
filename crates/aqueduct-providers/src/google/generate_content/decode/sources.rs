//! What an answer rests on.

use aqueduct_spec::Context;
use aqueduct_spec::language::{DocumentSource, Source, UrlSource};
use serde_json::Value;

/// The sources that grounding names.
pub(super) fn sources(grounding: Option<&Value>, cx: &Context) -> Vec<Source> {
    let chunks = grounding.and_then(|it| it.get("groundingChunks")).and_then(Value::as_array);
    chunks.into_iter().flatten().filter_map(|chunk| source(chunk, cx)).collect()
}

fn source(chunk: &Value, cx: &Context) -> Option<Source> {
    let kind = |name: &str| chunk.get(name).filter(|value| value.is_object());
    if let Some(web) = kind("web") {
        return Some(url(text(web, "uri")?, web, cx));
    }
    // The page is to be named, not the picture.
    if let Some(image) = kind("image") {
        return Some(url(text(image, "sourceUri")?, image, cx));
    }
    if let Some(context) = kind("retrievedContext") {
        return retrieved(context, cx);
    }
    let maps = kind("maps")?;
    Some(url(text(maps, "uri")?, maps, cx))
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn url(address: &str, of: &Value, cx: &Context) -> Source {
    let mut source = UrlSource::new(cx.generate_id(), address);
    source.title = of.get("title").and_then(Value::as_str).map(str::to_owned);
    source.into()
}

fn retrieved(context: &Value, cx: &Context) -> Option<Source> {
    let (media_type, path) = match text(context, "uri") {
        Some(uri) if uri.starts_with("http://") || uri.starts_with("https://") => {
            return Some(url(uri, context, cx));
        }
        Some(uri) => (media_type(uri), uri),
        None => ("application/octet-stream", text(context, "fileSearchStore")?),
    };
    let title = context.get("title").and_then(Value::as_str).unwrap_or("Unknown Document");
    let mut source = DocumentSource::new(cx.generate_id(), media_type, title);
    source.filename = path.rsplit('/').next().map(str::to_owned);
    Some(source.into())
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("pdf") => "application/pdf",
        Some("txt") => "text/plain",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("doc") => "application/msword",
        Some("md" | "markdown") => "text/markdown",
        _ => "application/octet-stream",
    }
}
