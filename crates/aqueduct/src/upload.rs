//! Files and skills kept at a provider: `upload_file`, `upload_skill`.

use std::fmt;
use std::sync::Arc;

use aqueduct_spec::files::{Files, UploadFileOptions, UploadFileResult};
use aqueduct_spec::media_type::detect;
use aqueduct_spec::skills::{SkillFile, Skills, UploadSkillOptions, UploadSkillResult};
use aqueduct_spec::{Data, FileData, Provider, Result};

use crate::model::{ByName, ByReference, ByValue};
use crate::registry::Registry;
use crate::request::{Shared, awaited, shared_settings};
use crate::telemetry::Operation;

/// How much of a file is looked at to tell text from bytes.
const LOOKED_AT_BYTES: usize = 512;

/// A provider's place for something, or the name of the provider.
pub enum Place<P: ?Sized> {
    /// The place, or why there is none.
    Found(Result<Arc<P>>),
    /// The provider's name, as in `openai`; a registry finds it.
    Of(String),
}

/// What may be given as a place for files or skills: the place itself, a reference to its provider, or the provider's name.
///
/// The marker `K` tells them apart and is always inferred.
pub trait IntoPlace<P: ?Sized, K> {
    /// Returns the place or the provider's name.
    fn into_place(self) -> Place<P>;
}

macro_rules! place {
    ($place:ident by $method:ident) => {
        impl IntoPlace<dyn $place, ByName> for &str {
            fn into_place(self) -> Place<dyn $place> {
                Place::Of(self.to_owned())
            }
        }

        impl<P: Provider + ?Sized> IntoPlace<dyn $place, ByReference> for &P {
            fn into_place(self) -> Place<dyn $place> {
                Place::Found(self.$method())
            }
        }

        impl IntoPlace<dyn $place, ByValue> for Arc<dyn $place> {
            fn into_place(self) -> Place<dyn $place> {
                Place::Found(Ok(self))
            }
        }

        impl Place<dyn $place> {
            fn resolve(self, registry: Option<&Registry>) -> Result<Arc<dyn $place>> {
                match self {
                    Self::Found(place) => place,
                    Self::Of(name) => match registry {
                        Some(registry) => registry.provider(&name)?.$method(),
                        None => Registry::from_process().provider(&name)?.$method(),
                    },
                }
            }
        }
    };
}

place!(Files by files);
place!(Skills by skills);

/// Asks a provider to keep a file, so that prompts can name it instead of sending it again.
pub fn upload_file<K>(
    place: impl IntoPlace<dyn Files, K>,
    data: impl Into<UploadData>,
) -> UploadFileRequest {
    UploadFileRequest {
        place: place.into_place(),
        options: UploadFileOptions::new(data.into().0, ""),
        shared: Shared::default(),
    }
}

/// Asks a provider to keep a skill: a folder of instructions and files that its models can use.
pub fn upload_skill<K>(place: impl IntoPlace<dyn Skills, K>) -> UploadSkillRequest {
    UploadSkillRequest {
        place: place.into_place(),
        options: UploadSkillOptions::default(),
        shared: Shared::default(),
    }
}

/// The content of an upload: bytes, or text as it is.
#[derive(Debug, Clone)]
pub struct UploadData(FileData);

impl From<FileData> for UploadData {
    fn from(data: FileData) -> Self {
        Self(data)
    }
}

impl From<Data> for UploadData {
    fn from(data: Data) -> Self {
        Self(FileData::data(data))
    }
}

impl From<Vec<u8>> for UploadData {
    fn from(bytes: Vec<u8>) -> Self {
        Self(FileData::data(bytes))
    }
}

impl From<&str> for UploadData {
    fn from(text: &str) -> Self {
        Self(FileData::text(text))
    }
}

impl From<String> for UploadData {
    fn from(text: String) -> Self {
        Self(FileData::text(text))
    }
}

/// A request to keep a file.
#[must_use = "a request does nothing unless it is awaited"]
pub struct UploadFileRequest {
    place: Place<dyn Files>,
    options: UploadFileOptions,
    shared: Shared,
}

shared_settings!(UploadFileRequest);

impl UploadFileRequest {
    /// Says what it is. Default: what its content tells, else `text/plain` or `application/octet-stream`.
    pub fn media_type(mut self, media_type: impl Into<String>) -> Self {
        self.options.media_type = media_type.into();
        self
    }

    /// Sets the file's name.
    pub fn filename(mut self, name: impl Into<String>) -> Self {
        self.options.filename = Some(name.into());
        self
    }

    async fn run(mut self) -> Result<UploadFileResult> {
        self.shared.check()?;
        let place = self.place.resolve(self.shared.registry.as_ref())?;
        if self.options.media_type.is_empty() {
            media_type(&self.options.data).clone_into(&mut self.options.media_type);
        }
        self.options.provider_options = self.shared.provider_options.take();
        self.shared.max_retries = 0;
        let (operation, options) = (Operation::UploadFile, self.options);
        let session = self.shared.begin_at(operation, place.provider(), None, |_| options.clone());
        let send = place.upload_file(options.clone(), &self.shared.context);
        session.watch(self.shared.hand_over(operation, place.provider(), &options, send)).await
    }
}

awaited!(UploadFileRequest -> UploadFileResult);

/// A request to keep a skill.
#[must_use = "a request does nothing unless it is awaited"]
pub struct UploadSkillRequest {
    place: Place<dyn Skills>,
    options: UploadSkillOptions,
    shared: Shared,
}

shared_settings!(UploadSkillRequest);

impl UploadSkillRequest {
    /// Adds a file at its path in the skill's folder.
    pub fn file(mut self, path: impl Into<String>, data: impl Into<UploadData>) -> Self {
        self.options.files.push(SkillFile::new(path, data.into().0));
        self
    }

    /// Sets what to call it before a person.
    pub fn display_title(mut self, title: impl Into<String>) -> Self {
        self.options.display_title = Some(title.into());
        self
    }

    async fn run(mut self) -> Result<UploadSkillResult> {
        self.shared.check()?;
        let place = self.place.resolve(self.shared.registry.as_ref())?;
        self.options.provider_options = self.shared.provider_options.take();
        self.shared.max_retries = 0;
        let (operation, options) = (Operation::UploadSkill, self.options);
        let session = self.shared.begin_at(operation, place.provider(), None, |_| options.clone());
        let send = place.upload_skill(options.clone(), &self.shared.context);
        session.watch(self.shared.hand_over(operation, place.provider(), &options, send)).await
    }
}

awaited!(UploadSkillRequest -> UploadSkillResult);

fn media_type(data: &FileData) -> &'static str {
    match data {
        FileData::Text(_) => "text/plain",
        FileData::Data(inline) => detect(&inline.data, None).unwrap_or_else(|| {
            let start = inline.data.first_bytes(LOOKED_AT_BYTES);
            let is_text = |byte: &u8| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r');
            if !start.is_empty() && start.iter().all(is_text) {
                "text/plain"
            } else {
                "application/octet-stream"
            }
        }),
        _ => "application/octet-stream",
    }
}

impl<P: ?Sized> fmt::Debug for Place<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(_) => f.write_str("Found"),
            Self::Of(name) => f.debug_tuple("Of").field(name).finish(),
        }
    }
}

/// The content is the user's and stays out.
impl fmt::Debug for UploadFileRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadFileRequest").field("place", &self.place).finish_non_exhaustive()
    }
}

/// The content is the user's and stays out.
impl fmt::Debug for UploadSkillRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadSkillRequest").field("place", &self.place).finish_non_exhaustive()
    }
}
