//! The files of a prompt: fetched where the model cannot, and named by their type.

use std::collections::BTreeMap;

use aqueduct_http::{Client, Download, Downloader};
use aqueduct_spec::language::{
    FilePart, Message, OutputPart, ToolPart, ToolResultOutput, UserPart,
};
use aqueduct_spec::media_type::{detect, is_full, top_level};
use aqueduct_spec::{Error, FileData, Profile, Result};
use futures_util::{StreamExt as _, TryStreamExt as _};

/// How many files are fetched at a time.
const PARALLEL_DOWNLOADS: usize = 8;

/// The files of one request. What was fetched for one step is there for the next, which sends the same messages again.
#[derive(Default)]
pub(crate) struct Files {
    fetched: BTreeMap<String, Download>,
}

impl Files {
    /// Fetches the files that the model does not fetch itself, several at a time, unpacks `data:` URLs, and tells the media
    /// type of files that came without a whole one.
    ///
    /// # Errors
    /// Those of [`Downloader::download`], and `InvalidPrompt` if a file's type is neither given nor to be told.
    pub(crate) async fn resolve(
        &mut self,
        messages: &mut [Message],
        profile: &Profile,
        downloader: Option<&Downloader>,
    ) -> Result<()> {
        let mut wanted: Vec<String> = Vec::new();
        for file in files(messages) {
            if let FileData::Url(url) = &file.data
                && must_fetch(profile, &file.media_type, &url.url)
                && !self.fetched.contains_key(&url.url)
                && !wanted.contains(&url.url)
            {
                wanted.push(url.url.clone());
            }
        }
        self.fetched.extend(fetch(wanted, downloader).await?);
        for file in files(messages) {
            settle(file, profile, &self.fetched)?;
        }
        Ok(())
    }
}

async fn fetch(
    urls: Vec<String>,
    downloader: Option<&Downloader>,
) -> Result<BTreeMap<String, Download>> {
    if urls.is_empty() {
        return Ok(BTreeMap::new());
    }
    let own;
    let downloader = match downloader {
        Some(downloader) => downloader,
        None => {
            own = Downloader::new(&Client::new());
            &own
        }
    };
    let download = async |url: String| -> Result<(String, Download)> {
        let file = downloader.download(&url).await?;
        Ok((url, file))
    };
    futures_util::stream::iter(urls)
        .map(download)
        .buffer_unordered(PARALLEL_DOWNLOADS)
        .try_collect()
        .await
}

/// Whether the file has to be fetched here. `data:` URLs are: that is how they are unpacked.
fn must_fetch(profile: &Profile, media_type: &str, url: &str) -> bool {
    let is_data = url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:"));
    let pattern = match media_type {
        "" => "*/*".to_owned(),
        whole if whole.contains('/') => whole.to_owned(),
        top => format!("{top}/*"),
    };
    is_data || !profile.supports_url(&pattern, url)
}

/// Puts the fetched bytes in place and completes the media type.
fn settle(
    file: &mut FilePart,
    profile: &Profile,
    fetched: &BTreeMap<String, Download>,
) -> Result<()> {
    let mut said = None;
    if let FileData::Url(url) = &file.data
        && must_fetch(profile, &file.media_type, &url.url)
        && let Some(download) = fetched.get(&url.url)
    {
        said.clone_from(&download.media_type);
        file.data = FileData::data(download.bytes.clone());
    }
    if is_full(&file.media_type) {
        return Ok(());
    }
    let told = match &file.data {
        FileData::Data(inline) => {
            let family = Some(top_level(&file.media_type)).filter(|top| !matches!(*top, "" | "*"));
            detect(&inline.data, family).map(str::to_owned)
        }
        FileData::Text(_) => Some("text/plain".to_owned()),
        _ => None,
    };
    if let Some(media_type) = told.or(said) {
        file.media_type = media_type;
    } else if file.media_type.is_empty() {
        return Err(Error::invalid_prompt("a file has no media type, and its content tells none"));
    }
    Ok(())
}

/// All files that a model is shown: the user's, and those in results of tools.
fn files(messages: &mut [Message]) -> impl Iterator<Item = &mut FilePart> {
    messages.iter_mut().flat_map(|message| {
        let found: Vec<&mut FilePart> = match message {
            Message::User(user) => user.content.iter_mut().filter_map(user_file).collect(),
            Message::Tool(tool) => tool.content.iter_mut().flat_map(tool_files).collect(),
            _ => Vec::new(),
        };
        found
    })
}

fn user_file(part: &mut UserPart) -> Option<&mut FilePart> {
    match part {
        UserPart::File(file) => Some(file),
        _ => None,
    }
}

fn tool_files(part: &mut ToolPart) -> Vec<&mut FilePart> {
    let ToolPart::ToolResult(result) = part else { return Vec::new() };
    let ToolResultOutput::Content(output) = &mut result.output else { return Vec::new() };
    output.value.iter_mut().filter_map(output_file).collect()
}

fn output_file(part: &mut OutputPart) -> Option<&mut FilePart> {
    match part {
        OutputPart::File(file) => Some(file),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use aqueduct_spec::UrlPattern;
    use aqueduct_spec::language::UserMessage;

    use super::*;

    const PNG: &str = "iVBORw0KGgoAAAAN";

    async fn resolve(file: FilePart, profile: &Profile) -> Result<FilePart> {
        let message = UserMessage::new(vec![file.into()]).into();
        let mut messages = [message];
        Files::default().resolve(&mut messages, profile, None).await?;
        let file = files(&mut messages).next().unwrap().clone();
        Ok(file)
    }

    #[tokio::test]
    async fn completes_media_types() {
        let profile = Profile::default();
        let file = FilePart::new(FileData::base64(PNG), "image");
        assert_eq!(resolve(file, &profile).await.unwrap().media_type, "image/png");
        let file = FilePart::new(FileData::base64("AAAA"), "image/*");
        assert_eq!(resolve(file, &profile).await.unwrap().media_type, "image/*");
        let file = FilePart::new(FileData::base64("AAAA"), "");
        assert!(resolve(file, &profile).await.is_err());
    }

    #[tokio::test]
    async fn unpacks_data_urls_and_leaves_what_the_model_fetches() {
        let mut profile = Profile::default();
        profile.supported_urls.insert("image/*".to_owned(), vec![UrlPattern::Https]);
        let file = FilePart::new(FileData::url(format!("data:image/png;base64,{PNG}")), "");
        let file = resolve(file, &profile).await.unwrap();
        assert_eq!(file.media_type, "image/png");
        assert!(matches!(file.data, FileData::Data(_)));
        let url = FileData::url("https://example.com/a.png");
        let file = resolve(FilePart::new(url.clone(), "image"), &profile).await.unwrap();
        assert_eq!(file.data, url);
    }

    #[tokio::test]
    async fn refuses_private_hosts() {
        let file = FilePart::new(FileData::url("http://127.0.0.1:1/a.png"), "image/png");
        let error = resolve(file, &Profile::default()).await.unwrap_err();
        assert_eq!(error.kind(), aqueduct_spec::ErrorKind::Forbidden);
    }
}
