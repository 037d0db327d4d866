//! `POST /upload/v1beta/files`: files kept at the vendor for two days.
//!
//! Source: <https://ai.google.dev/api/files> (2026-11).

use std::sync::Arc;
use std::time::Duration;

use aqueduct_spec::data::ProviderReference;
use aqueduct_spec::files::{Files, UploadFileOptions, UploadFileResult};
use aqueduct_spec::{
    BoxFuture, Context, Error, ErrorKind, JsonObject, ProviderMetadata, Result, Warning,
};
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::config::Config;
use super::error;
use super::generate_content::encode;
use crate::upload::content;

const POLL_INTERVAL: Duration = Duration::from_secs(2);

const POLL_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// The vendor's place for files.
#[derive(Debug)]
pub(super) struct GoogleFiles(Arc<Config>);

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    display_name: Option<String>,
    poll_interval_ms: Option<f64>,
    poll_timeout_ms: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct Uploaded {
    file: JsonObject,
}

impl GoogleFiles {
    pub(super) fn new(config: &Arc<Config>) -> Self {
        Self(Arc::clone(config))
    }

    async fn upload(&self, given: UploadFileOptions) -> Result<UploadFileResult> {
        let options: Options = encode::options(given.provider_options.as_ref(), &["google"])?;
        let content = content(&given.data)?;
        let place = self.begin(&given.media_type, content.len(), &options).await?;
        let request = self.0.endpoint.client().request(Method::POST, &place);
        let request = request
            .header("x-goog-upload-offset", "0")
            .header("x-goog-upload-command", "upload, finalize")
            .body(content, "application/octet-stream");
        let mut file = error::json::<Uploaded>(request.send().await?).await?.value.file;
        self.wait(&mut file, &options).await?;
        let mut warnings = Vec::new();
        if given.filename.is_some() {
            warnings.push(Warning::unsupported("filename"));
        }
        let uri = text(&file, "uri")
            .ok_or_else(|| Error::invalid_response("the file that was uploaded has no URI"))?;
        let reference = ProviderReference::from([("google".to_owned(), uri.to_owned())]);
        let mut result = UploadFileResult::new(reference, warnings);
        result.media_type = Some(text(&file, "mimeType").unwrap_or(&given.media_type).to_owned());
        result.provider_metadata = Some(ProviderMetadata::of("google", facts(&file)));
        Ok(result)
    }

    /// Announces a file, and returns where it is to be sent.
    async fn begin(&self, media_type: &str, length: usize, options: &Options) -> Result<String> {
        let base_url = self.0.endpoint.base_url();
        let root = base_url.strip_suffix("/v1beta").unwrap_or(base_url);
        let file = match &options.display_name {
            Some(name) => json!({ "display_name": name }),
            None => json!({}),
        };
        let request = self
            .0
            .endpoint
            .request(Method::POST, &format!("{root}/upload/v1beta/files"), None)
            .header("x-goog-upload-protocol", "resumable")
            .header("x-goog-upload-command", "start")
            .header("x-goog-upload-header-content-length", length.to_string())
            .header("x-goog-upload-header-content-type", media_type)
            .json(&json!({ "file": file }));
        let response = error::check(request.send().await?).await?;
        let place = response.headers().get("x-goog-upload-url");
        place.and_then(|place| place.to_str().ok()).map(str::to_owned).ok_or_else(|| {
            Error::invalid_response("No upload URL returned from initiation request")
        })
    }

    /// Waits until the vendor has looked at the file, which takes a while for videos.
    async fn wait(&self, file: &mut JsonObject, options: &Options) -> Result<()> {
        let interval = milliseconds(options.poll_interval_ms, POLL_INTERVAL)?;
        let timeout = milliseconds(options.poll_timeout_ms, POLL_TIMEOUT)?;
        let start = Instant::now();
        while text(file, "state") == Some("PROCESSING") {
            if start.elapsed() > timeout {
                let message = format!("File processing timed out after {}ms", timeout.as_millis());
                return Err(Error::new(ErrorKind::Timeout, message));
            }
            sleep(interval).await;
            let name = text(file, "name").unwrap_or_default();
            let request = self.0.endpoint.get(&format!("/{name}"), None);
            *file = error::json(request.send().await?).await?.value;
        }
        if text(file, "state") == Some("FAILED") {
            let name = text(file, "name").unwrap_or_default();
            let message = format!("File processing failed for {name}");
            return Err(Error::new(ErrorKind::Provider, message));
        }
        Ok(())
    }
}

fn milliseconds(given: Option<f64>, default: Duration) -> Result<Duration> {
    let Some(given) = given else { return Ok(default) };
    Duration::try_from_secs_f64(given / 1000.0).ok().filter(|it| !it.is_zero()).ok_or_else(|| {
        Error::invalid_request("invalid google provider options: times must be greater than 0")
    })
}

fn text<'a>(file: &'a JsonObject, name: &str) -> Option<&'a str> {
    file.get(name).and_then(Value::as_str)
}

fn facts(file: &JsonObject) -> JsonObject {
    [
        "name",
        "displayName",
        "mimeType",
        "sizeBytes",
        "state",
        "uri",
        "createTime",
        "updateTime",
        "expirationTime",
        "sha256Hash",
    ]
    .into_iter()
    .filter_map(|name| Some((name.to_owned(), file.get(name)?.clone())))
    .collect()
}

impl Files for GoogleFiles {
    fn provider(&self) -> &str {
        &self.0.dialect.provider
    }

    fn upload_file<'a>(
        &'a self,
        options: UploadFileOptions,
        _cx: &'a Context,
    ) -> BoxFuture<'a, Result<UploadFileResult>> {
        Box::pin(async move {
            let result = self.upload(options).await;
            result.map_err(|error| error.with_provider(self.0.dialect.provider.as_str()))
        })
    }
}
