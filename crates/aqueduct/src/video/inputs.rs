//! What to film, for all requests that say so.

use aqueduct_spec::video::{
    FrameImage, GenerateVideoOptions, InlineVideoFile, VideoFile, VideoFileUrl,
};
use aqueduct_spec::{Error, Result, Warning};

use crate::media::{Media, MediaInput};
use crate::request::Shared;

/// What to film, unread.
#[derive(Debug)]
pub(super) struct Inputs {
    pub(super) options: GenerateVideoOptions,
    pub(super) image: Option<MediaInput>,
    pub(super) frames: Vec<(&'static str, MediaInput)>,
    pub(super) references: Vec<MediaInput>,
    pub(super) max_videos_per_call: Option<usize>,
}

impl Inputs {
    pub(super) fn new() -> Self {
        Self {
            options: GenerateVideoOptions::new(1_u32),
            image: None,
            frames: Vec::new(),
            references: Vec::new(),
            max_videos_per_call: None,
        }
    }

    /// Reads what was given. Frames win over references, a first frame over the image.
    pub(super) fn read(self, shared: &Shared) -> Result<(GenerateVideoOptions, Vec<Warning>)> {
        let mut options = self.options;
        let mut warnings = Vec::new();
        let mut frames = Vec::new();
        for (frame, image) in self.frames {
            frames.push(FrameImage::new(file(image, Some("image"))?, frame));
        }
        let references = self.references.into_iter().map(|reference| file(reference, None));
        let references = references.collect::<Result<Vec<_>>>()?;
        let first = frames.iter().find(|frame| frame.frame_type == "first_frame");
        if self.image.is_some() && first.is_some() {
            warnings.push(Warning::other(
                "the image was left out: the first frame that was given takes its place",
            ));
        }
        if !frames.is_empty() && !references.is_empty() {
            warnings.push(Warning::other(
                "the input references were left out: they cannot be combined with frames",
            ));
        }
        options.image = match (first, self.image) {
            (Some(first), _) => Some(first.image.clone()),
            (None, image) => image.map(|image| file(image, Some("image"))).transpose()?,
        };
        options.input_references =
            (frames.is_empty() && !references.is_empty()).then_some(references);
        options.frame_images = (!frames.is_empty()).then_some(frames);
        let is_empty = options.prompt.is_none()
            && options.image.is_none()
            && options.frame_images.is_none()
            && options.input_references.is_none();
        if is_empty {
            return Err(Error::invalid_prompt("a prompt or an image must be given"));
        }
        options.provider_options.clone_from(&shared.provider_options);
        options.headers.clone_from(&shared.headers);
        Ok((options, warnings))
    }
}

fn file(input: MediaInput, family: Option<&str>) -> Result<VideoFile> {
    Ok(match input.read(family)? {
        Media::Url(url, media_type) => {
            let mut file = VideoFileUrl::new(url);
            file.media_type = media_type;
            file.into()
        }
        Media::Inline(data, media_type) => {
            InlineVideoFile::new(media_type.unwrap_or_else(|| "image/png".to_owned()), data).into()
        }
    })
}

/// Declares the settings of what to film, kept in the field `inputs`.
macro_rules! video_settings {
    ($request:ident) => {
        impl $request {
            /// Sets what to film, in words.
            pub fn prompt(mut self, prompt: impl Into<String>) -> Self {
                self.inputs.options.prompt = Some(prompt.into());
                self
            }

            /// Sets an image to start from.
            pub fn image(mut self, image: impl Into<$crate::media::MediaInput>) -> Self {
                self.inputs.image = Some(image.into());
                self
            }

            /// Sets the first frame. It takes the place of the image.
            pub fn first_frame(mut self, image: impl Into<$crate::media::MediaInput>) -> Self {
                self.inputs.frames.push(("first_frame", image.into()));
                self
            }

            /// Sets the last frame.
            pub fn last_frame(mut self, image: impl Into<$crate::media::MediaInput>) -> Self {
                self.inputs.frames.push(("last_frame", image.into()));
                self
            }

            /// Adds pictures or videos to follow; they cannot be combined with frames.
            pub fn input_references(
                mut self,
                references: impl IntoIterator<Item = impl Into<$crate::media::MediaInput>>,
            ) -> Self {
                self.inputs.references.extend(references.into_iter().map(Into::into));
                self
            }

            /// Sets how many videos. Default: 1.
            pub fn n(mut self, videos: u32) -> Self {
                self.inputs.options.n = videos;
                self
            }

            /// Sets how many videos one call makes at most. Default: what is known of the model.
            pub fn max_videos_per_call(mut self, videos: usize) -> Self {
                self.inputs.max_videos_per_call = Some(videos);
                self
            }

            /// Sets width to height: `16:9`, or `adaptive`.
            pub fn aspect_ratio(mut self, ratio: impl Into<String>) -> Self {
                self.inputs.options.aspect_ratio = Some(ratio.into());
                self
            }

            /// Sets width and height in pixels: `1280x720`.
            pub fn resolution(mut self, resolution: impl Into<String>) -> Self {
                self.inputs.options.resolution = Some(resolution.into());
                self
            }

            /// Sets how long, in seconds.
            pub fn duration(mut self, seconds: f64) -> Self {
                self.inputs.options.duration = Some(seconds);
                self
            }

            /// Sets the frames a second.
            pub fn fps(mut self, frames: f64) -> Self {
                self.inputs.options.fps = Some(frames);
                self
            }

            /// Sets the start of the random numbers.
            pub fn seed(mut self, seed: i64) -> Self {
                self.inputs.options.seed = Some(seed);
                self
            }

            /// Sets whether to make sound too.
            pub fn generate_audio(mut self, audio: bool) -> Self {
                self.inputs.options.generate_audio = Some(audio);
                self
            }
        }
    };
}
pub(super) use video_settings;
