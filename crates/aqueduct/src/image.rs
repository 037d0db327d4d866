//! Images: `generate_image`, from words or from other images.

use std::fmt;

use aqueduct_spec::image::{
    GenerateImageOptions, GenerateImageResult, ImageFile, ImageUrl, ImageUsage, InlineImage,
};
use aqueduct_spec::language::ResponseInfo;
use aqueduct_spec::{Error, GenerateImage, ImageModel, ProviderMetadata, Result, Warning};
use serde_json::Value;

use crate::media::{GeneratedFile, Media, MediaInput, NoOutput};
use crate::model::{IntoModel, ModelSource};
use crate::request::{PARALLEL_CALLS, Shared, all, awaited, shared_settings, split};
use crate::telemetry::Operation;

/// Asks for images.
///
/// ```no_run
/// # async fn example() -> aqueduct::Result<()> {
/// let answer = aqueduct::generate_image("openai/gpt-image-1").prompt("a cat on a bridge").await?;
/// assert_eq!(answer.image().media_type, "image/png");
/// # Ok(())
/// # }
/// ```
pub fn generate_image<K>(model: impl IntoModel<dyn ImageModel, K>) -> GenerateImageRequest {
    GenerateImageRequest {
        model: model.into_model(),
        options: GenerateImageOptions::new(1_u32),
        images: Vec::new(),
        mask: None,
        max_images_per_call: None,
        shared: Shared::default(),
    }
}

/// A request for images.
#[must_use = "a request does nothing unless it is awaited"]
pub struct GenerateImageRequest {
    model: ModelSource<dyn ImageModel>,
    options: GenerateImageOptions,
    images: Vec<MediaInput>,
    mask: Option<MediaInput>,
    max_images_per_call: Option<usize>,
    shared: Shared,
}

/// The images.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ImageAnswer {
    image: GeneratedFile,
    /// The images; there is at least one.
    pub images: Vec<GeneratedFile>,
    /// What all calls used; a count is the sum of those that were given.
    pub usage: ImageUsage,
    /// What could not be done as asked.
    pub warnings: Vec<Warning>,
    /// What else the provider said; under each provider, `images` has one entry an image.
    pub provider_metadata: ProviderMetadata,
    /// What came back, call by call.
    pub responses: Vec<Option<ResponseInfo>>,
}

impl ImageAnswer {
    /// The first image.
    pub fn image(&self) -> &GeneratedFile {
        self.images.first().unwrap_or(&self.image)
    }
}

shared_settings!(GenerateImageRequest with calls);

impl GenerateImageRequest {
    /// Sets what to draw, in words.
    pub fn prompt(mut self, prompt: impl Into<String>) -> Self {
        self.options.prompt = Some(prompt.into());
        self
    }

    /// Adds images to work from.
    pub fn images(mut self, images: impl IntoIterator<Item = impl Into<MediaInput>>) -> Self {
        self.images.extend(images.into_iter().map(Into::into));
        self
    }

    /// Sets what of the image to change.
    pub fn mask(mut self, mask: impl Into<MediaInput>) -> Self {
        self.mask = Some(mask.into());
        self
    }

    /// Sets how many images. Default: 1. More than the model makes in one call are made in several, side by side.
    pub fn n(mut self, images: u32) -> Self {
        self.options.n = images;
        self
    }

    /// Sets how many images one call makes at most. Default: what is known of the model, else 1.
    pub fn max_images_per_call(mut self, images: usize) -> Self {
        self.max_images_per_call = Some(images);
        self
    }

    /// Sets width and height in pixels: `1024x768`.
    pub fn size(mut self, size: impl Into<String>) -> Self {
        self.options.size = Some(size.into());
        self
    }

    /// Sets width to height: `16:9`.
    pub fn aspect_ratio(mut self, ratio: impl Into<String>) -> Self {
        self.options.aspect_ratio = Some(ratio.into());
        self
    }

    /// Sets the start of the random numbers.
    pub fn seed(mut self, seed: i64) -> Self {
        self.options.seed = Some(seed);
        self
    }

    async fn run(mut self) -> Result<ImageAnswer> {
        self.shared.check()?;
        let model = self.model.clone().resolve(self.shared.registry.as_ref())?;
        let mut options = self.options.clone();
        if options.prompt.is_none() && self.images.is_empty() {
            return Err(Error::invalid_prompt("a prompt or images must be given"));
        }
        if !self.images.is_empty() {
            let images = std::mem::take(&mut self.images);
            options.files = Some(images.into_iter().map(file).collect::<Result<_>>()?);
        }
        options.mask = self.mask.take().map(file).transpose()?;
        options.provider_options.clone_from(&self.shared.provider_options);
        options.headers.clone_from(&self.shared.headers);
        let whole = GenerateImage::from(options);
        let session = self.shared.begin(Operation::GenerateImage, model.info(), |_| whole.clone());
        session.watch(self.draw(&*model, whole)).await
    }

    /// Makes the calls. They end when the first one fails.
    async fn draw(&self, model: &dyn ImageModel, whole: GenerateImage) -> Result<ImageAnswer> {
        let info = model.info();
        let limit = self.max_images_per_call.or(info.profile.max_images_per_call);
        let calls = split(whole.n, limit).map(|n| {
            let mut call = whole.clone();
            call.options_mut().n = n;
            self.shared.call(model, call)
        });
        let results = all(calls, PARALLEL_CALLS).await?;
        gather(results).map_err(|responses| NoOutput::error("image", responses, info))
    }
}

awaited!(GenerateImageRequest -> ImageAnswer);

fn file(input: MediaInput) -> Result<ImageFile> {
    Ok(match input.read(Some("image"))? {
        Media::Url(url, _) => ImageUrl::new(url).into(),
        Media::Inline(data, media_type) => {
            InlineImage::new(media_type.unwrap_or_else(|| "image/png".to_owned()), data).into()
        }
    })
}

/// Puts the answers of several calls together.
fn gather(results: Vec<GenerateImageResult>) -> Result<ImageAnswer, Vec<Option<ResponseInfo>>> {
    let mut images = Vec::new();
    let (mut warnings, mut responses) = (Vec::new(), Vec::new());
    let (mut usage, mut provider_metadata) = (ImageUsage::default(), ProviderMetadata::new());
    for result in results {
        images.extend(
            result
                .images
                .into_iter()
                .map(|image| GeneratedFile::detected(image, "image", "image/png")),
        );
        warnings.extend(result.warnings);
        responses.push(result.response);
        if let Some(used) = result.usage {
            add(&mut usage.input_tokens, used.input_tokens);
            add(&mut usage.output_tokens, used.output_tokens);
            add(&mut usage.total_tokens, used.total_tokens);
        }
        if let Some(metadata) = result.provider_metadata {
            merge_lists(&mut provider_metadata, &metadata, "images");
        }
    }
    match images.first().cloned() {
        Some(image) => {
            Ok(ImageAnswer { image, images, usage, warnings, provider_metadata, responses })
        }
        None => Err(responses),
    }
}

fn add(sum: &mut Option<u64>, count: Option<u64>) {
    if let Some(count) = count {
        *sum = Some(sum.unwrap_or(0).saturating_add(count));
    }
}

/// Adds metadata of another call: the lists with an entry a file grow, of all else the last call's wins.
pub(crate) fn merge_lists(into: &mut ProviderMetadata, other: &ProviderMetadata, list: &str) {
    for (provider, mut object) in other.iter().map(|(name, object)| (name, object.clone())) {
        let mine = into.entry(provider);
        if let (Some(Value::Array(before)), Some(Value::Array(now))) =
            (mine.get(list), object.get_mut(list))
        {
            now.splice(0..0, before.iter().cloned());
        }
        mine.extend(object);
    }
}

/// The prompt is the user's and stays out.
impl fmt::Debug for GenerateImageRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GenerateImageRequest").field("model", &self.model).finish_non_exhaustive()
    }
}
