//! Images to work from, and what the protocol has no place for.

use aqueduct_http::{Downloader, Multipart};
use aqueduct_spec::image::{GenerateImageOptions, ImageFile};
use aqueduct_spec::{Data, Error, Result, Warning, media_type};
use bytes::Bytes;

/// Warns of what neither path knows.
pub(crate) fn warn_of_unsupported(call: &GenerateImageOptions, warnings: &mut Vec<Warning>) {
    if call.aspect_ratio.is_some() {
        warnings.push(Warning::unsupported_because(
            "aspectRatio",
            "This model does not support aspect ratio. Use `size` instead.",
        ));
    }
    if call.seed.is_some() {
        warnings.push(Warning::unsupported("seed"));
    }
}

/// Adds the images and the mask to a form, the images under `name`.
pub(crate) async fn attach(
    mut form: Multipart,
    name: &str,
    call: &GenerateImageOptions,
    downloader: &Downloader,
) -> Result<Multipart> {
    for file in call.files.iter().flatten() {
        let (media_type, bytes) = content(file, downloader).await?;
        form = form.file(name, "blob", media_type, bytes);
    }
    if let Some(mask) = &call.mask {
        let (media_type, bytes) = content(mask, downloader).await?;
        form = form.file("mask", "blob", media_type, bytes);
    }
    Ok(form)
}

/// What OpenAI's interface calls the images of a call: one by a name, several by that of a list.
pub(crate) fn field_name(call: &GenerateImageOptions) -> &'static str {
    if call.files.as_ref().is_some_and(|files| files.len() > 1) { "image[]" } else { "image" }
}

/// A file with its media type; one that is given by its URL is fetched.
async fn content(file: &ImageFile, downloader: &Downloader) -> Result<(String, Bytes)> {
    match file {
        ImageFile::File(file) => Ok((file.media_type.clone(), file.data.to_bytes()?)),
        ImageFile::Url(file) => {
            let file = downloader.download(&file.url).await?;
            let media_type = file.media_type.or_else(|| {
                let data = Data::from(file.bytes.clone());
                media_type::detect(&data, Some("image")).map(str::to_owned)
            });
            let unknown = || "application/octet-stream".to_owned();
            Ok((media_type.unwrap_or_else(unknown), file.bytes))
        }
        other => Err(Error::unsupported(format_args!("image files of type {}", other.tag()))),
    }
}
