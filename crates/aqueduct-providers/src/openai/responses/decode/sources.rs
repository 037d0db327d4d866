//! Where something in a text was found.

use aqueduct_spec::Context;
use aqueduct_spec::language::{DocumentSource, Source, UrlSource};
use serde_json::Value;

use super::Reading;
use super::wire::Annotation;

/// An annotation as a source; `None` for kinds that are not known.
pub(super) fn source(annotation: &Annotation, reading: &Reading, cx: &Context) -> Option<Source> {
    Some(match annotation {
        Annotation::UrlCitation(it) => {
            let mut source = UrlSource::new(cx.generate_id(), it.url.as_str());
            source.title.clone_from(&it.title);
            source.into()
        }
        Annotation::FileCitation(it) => {
            let metadata = [("index", it.index.map(Value::from))];
            document(annotation, &it.filename, "text/plain", &it.file_id, metadata, reading, cx)
        }
        Annotation::ContainerFileCitation(it) => {
            let metadata = [("containerId", Some(it.container_id.as_str().into()))];
            document(annotation, &it.filename, "text/plain", &it.file_id, metadata, reading, cx)
        }
        Annotation::FilePath(it) => {
            let metadata = [("index", it.index.map(Value::from))];
            let media_type = "application/octet-stream";
            document(annotation, &it.file_id, media_type, &it.file_id, metadata, reading, cx)
        }
        Annotation::Unknown(_) => return None,
    })
}

fn document(
    annotation: &Annotation,
    name: &str,
    media_type: &str,
    file_id: &str,
    [further]: [(&str, Option<Value>); 1],
    reading: &Reading,
    cx: &Context,
) -> Source {
    let mut source = DocumentSource::new(cx.generate_id(), media_type, name);
    source.filename = Some(name.to_owned());
    source.provider_metadata = Some(reading.metadata([
        ("type", Some(annotation.tag().into())),
        ("fileId", Some(file_id.into())),
        further,
    ]));
    source.into()
}

/// An annotation as it is kept in the metadata of its text.
pub(super) fn kept(annotation: &Annotation) -> Value {
    let mut annotation = annotation.clone();
    match &mut annotation {
        Annotation::UrlCitation(it) => it.rest.clear(),
        Annotation::FileCitation(it) => it.rest.clear(),
        Annotation::ContainerFileCitation(it) => it.rest.clear(),
        Annotation::FilePath(it) => it.rest.clear(),
        Annotation::Unknown(_) => {}
    }
    serde_json::to_value(&annotation).unwrap_or_default()
}
