//! Video models: videos from a prompt or from images, at once or as a job that is asked after.

use serde_json::Value;

use crate::data::Data;
use crate::json::{nullish, plain_number, shape, tagged};
use crate::language::{Headers, ResponseInfo};
use crate::metadata::{ProviderMetadata, ProviderOptions};
use crate::model::{call, kind};
use crate::warning::Warning;

shape! {
    /// What to film.
    GenerateVideoOptions {
        /// How many videos.
        #[serde(default = "one")]
        n: u32,
    } {
        /// What to film, in words.
        prompt: String,
        /// Width to height: `16:9`, or `adaptive`.
        aspect_ratio: String,
        /// Width and height in pixels: `1280x720`.
        resolution: String,
        /// How long, in seconds.
        #[serde(with = "plain_number")]
        duration: f64,
        /// Frames a second.
        #[serde(with = "plain_number")]
        fps: f64,
        /// The start of the random numbers.
        seed: i64,
        /// An image to start from.
        image: VideoFile,
        /// The first or last frame.
        frame_images: Vec<FrameImage>,
        /// Pictures or videos to follow.
        input_references: Vec<VideoFile>,
        /// Whether to make sound too.
        generate_audio: bool,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
        /// Headers to send along.
        headers: Headers,
        /// Where the provider reports the end of a job; only for [`StartVideo`].
        webhook_url: String,
    }
}

fn one() -> u32 {
    1
}

tagged! {
    /// An image or video to work from.
    pub enum VideoFile by "type" {
        /// The file itself.
        File(InlineVideoFile) = "file",
        /// Where it can be fetched.
        Url(VideoFileUrl) = "url",
    }
}

shape! {
    /// An image or video.
    InlineVideoFile {
        /// The media type.
        media_type: String,
        /// The content.
        data: Data,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// Where an image or video can be fetched.
    VideoFileUrl {
        /// The URL.
        url: String,
    } {
        /// The media type.
        media_type: String,
        /// Options that only some providers know.
        provider_options: ProviderOptions,
    }
}
shape! {
    /// A frame of the video that is given.
    FrameImage {
        /// The image.
        image: VideoFile,
        /// Which frame it is: `first_frame` or `last_frame`.
        frame_type: String,
    } {}
}

tagged! {
    /// A video that was made.
    pub enum Video by "type" {
        /// Where it can be fetched.
        Url(UrlVideo) = "url",
        /// The video itself.
        Base64(InlineVideo) = "base64",
    }
}

shape! {
    /// Where a video can be fetched.
    UrlVideo {
        /// The URL.
        url: String,
        /// The media type.
        media_type: String,
    } {}
}
shape! {
    /// A video.
    InlineVideo {
        /// The content.
        data: Data,
        /// The media type.
        media_type: String,
    } {}
}
shape! {
    /// The videos of a call.
    GenerateVideoResult {
        /// The videos.
        videos: Vec<Video>,
        /// What could not be done as asked.
        #[serde(default, deserialize_with = "nullish")]
        warnings: Vec<Warning>,
    } {
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
        /// What came back.
        response: ResponseInfo,
    }
}
shape! {
    /// A job that was started.
    StartVideoResult {
        /// The job, in the provider's words; give it to [`GetVideoStatus`] as it is.
        operation: Value,
        /// What could not be done as asked.
        #[serde(default, deserialize_with = "nullish")]
        warnings: Vec<Warning>,
    } {
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
        /// What came back.
        response: ResponseInfo,
    }
}
shape! {
    /// Which job to ask after.
    GetVideoStatusOptions {
        /// The job, as [`StartVideo`] gave it.
        operation: Value,
    } {
        /// Options that only some providers know.
        provider_options: ProviderOptions,
        /// Headers to send along.
        headers: Headers,
    }
}

tagged! {
    /// How a job stands.
    pub enum VideoStatus by "status" {
        /// It is not done.
        Pending(PendingVideo) = "pending",
        /// It is done.
        Completed(GenerateVideoResult) = "completed",
        /// It failed.
        Error(FailedVideo) = "error",
        /// It was given up.
        Cancelled(CancelledVideo) = "cancelled",
    }
}

shape! {
    /// A job that is not done.
    #[derive(Default)]
    PendingVideo {} {
        /// What could not be done as asked.
        warnings: Vec<Warning>,
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
        /// What came back.
        response: ResponseInfo,
    }
}
shape! {
    /// A job that failed.
    FailedVideo {
        /// Why.
        error: String,
    } {
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
        /// What came back.
        response: ResponseInfo,
    }
}
shape! {
    /// A job that was given up.
    #[derive(Default)]
    CancelledVideo {} {
        /// What else the provider said.
        provider_metadata: ProviderMetadata,
        /// What came back.
        response: ResponseInfo,
    }
}

impl VideoStatus {
    fn annotate(&mut self, metadata: ProviderMetadata) {
        let place = match self {
            Self::Pending(status) => &mut status.provider_metadata,
            Self::Completed(status) => &mut status.provider_metadata,
            Self::Error(status) => &mut status.provider_metadata,
            Self::Cancelled(status) => &mut status.provider_metadata,
            Self::Unknown(_) => return,
        };
        place.get_or_insert_default().merge(metadata);
    }
}

call! {
    /// Asks for videos and waits for them.
    pub struct GenerateVideo(GenerateVideoOptions) -> GenerateVideoResult;
    kind: Video, operation: "generate_video", model: video_model,
    annotate: |output, metadata| output.provider_metadata.get_or_insert_default().merge(metadata)
}

call! {
    /// Starts a job that makes videos.
    pub struct StartVideo(GenerateVideoOptions) -> StartVideoResult;
    kind: Video, operation: "start_video", model: video_model,
    annotate: |output, metadata| output.provider_metadata.get_or_insert_default().merge(metadata)
}

call! {
    /// Asks after a job.
    pub struct GetVideoStatus(GetVideoStatusOptions) -> VideoStatus;
    kind: Video, operation: "get_video_status", model: video_model,
    annotate: VideoStatus::annotate
}

kind! {
    /// A model that makes videos.
    VideoModel = GenerateVideo, StartVideo, GetVideoStatus
}
