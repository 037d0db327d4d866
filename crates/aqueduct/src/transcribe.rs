//! Text from speech: `transcribe`.

use std::fmt;

use aqueduct_http::{Client, Downloader};
use aqueduct_spec::media_type::detect;
use aqueduct_spec::transcription::{TranscribeOptions, TranscribeResult};
use aqueduct_spec::{Data, Result, Transcribe, TranscriptionModel};

use crate::media::{Media, MediaInput};
use crate::model::{IntoModel, ModelSource};
use crate::request::{Shared, awaited, shared_settings};
use crate::telemetry::Operation;

/// Asks for the text of an audio file: bytes, base64, or a URL, which is fetched here.
///
/// ```no_run
/// # async fn example(recording: Vec<u8>) -> aqueduct::Result<()> {
/// let transcript = aqueduct::transcribe("groq/whisper-large-v3", recording).await?;
/// assert!(!transcript.text.is_empty());
/// # Ok(())
/// # }
/// ```
pub fn transcribe<K>(
    model: impl IntoModel<dyn TranscriptionModel, K>,
    audio: impl Into<MediaInput>,
) -> TranscribeRequest {
    TranscribeRequest {
        model: model.into_model(),
        audio: audio.into(),
        downloader: None,
        shared: Shared::default(),
    }
}

/// A request for a transcript.
#[must_use = "a request does nothing unless it is awaited"]
pub struct TranscribeRequest {
    model: ModelSource<dyn TranscriptionModel>,
    audio: MediaInput,
    downloader: Option<Downloader>,
    shared: Shared,
}

shared_settings!(TranscribeRequest with calls);

impl TranscribeRequest {
    /// Sets what downloads audio that is given as a URL. Default: public hosts only, at most 100 MiB.
    pub fn downloader(mut self, downloader: Downloader) -> Self {
        self.downloader = Some(downloader);
        self
    }

    async fn run(mut self) -> Result<TranscribeResult> {
        self.shared.check()?;
        let model = self.model.resolve(self.shared.registry.as_ref())?;
        let audio = match self.audio.read(Some("audio"))? {
            Media::Inline(audio, media_type) => {
                Audio::Here(question(&self.shared, audio, media_type))
            }
            Media::Url(url, said) => Audio::At(url, said),
        };
        let session = match &audio {
            Audio::Here(call) => {
                self.shared.begin(Operation::Transcribe, model.info(), |_| call.clone())
            }
            // What is still to be fetched is known to the call alone.
            Audio::At(..) => self.shared.begin(Operation::Transcribe, model.info(), |_| ()),
        };
        session.watch(listen(&self.shared, &*model, audio, self.downloader)).await
    }
}

/// What is to be heard.
enum Audio {
    Here(Transcribe),
    /// A URL, and the type that was said with it.
    At(String, Option<String>),
}

async fn listen(
    shared: &Shared,
    model: &dyn TranscriptionModel,
    audio: Audio,
    downloader: Option<Downloader>,
) -> Result<TranscribeResult> {
    let call = match audio {
        Audio::Here(call) => call,
        Audio::At(url, said) => {
            let downloader = downloader.unwrap_or_else(|| Downloader::new(&Client::new()));
            let audio = downloader.download(&url).await?.bytes.into();
            let told = detect(&audio, Some("audio")).map(str::to_owned);
            question(shared, audio, said.or(told))
        }
    };
    // A text may be empty: silence has no other transcript.
    shared.call(model, call).await
}

fn question(shared: &Shared, audio: Data, media_type: Option<String>) -> Transcribe {
    let media_type = media_type.unwrap_or_else(|| "audio/wav".to_owned());
    let mut options = TranscribeOptions::new(audio, media_type);
    options.provider_options.clone_from(&shared.provider_options);
    options.headers.clone_from(&shared.headers);
    options.into()
}

awaited!(TranscribeRequest -> TranscribeResult);

/// The audio is the user's and stays out.
impl fmt::Debug for TranscribeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TranscribeRequest").field("model", &self.model).finish_non_exhaustive()
    }
}
