//! What a program asks for: one entry a verb.

/// Declares the verbs once: the variant, and the name that logs and spans know it by.
macro_rules! operations {
    ($($(#[$doc:meta])* $operation:ident = $name:literal,)*) => {
        /// What is asked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Operation {
            $($(#[$doc])* $operation,)*
        }

        impl Operation {
            /// The name of the verb, as in `generate_text`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$operation => $name,)*
                }
            }
        }
    };
}

operations! {
    /// A whole text.
    GenerateText = "generate_text",
    /// A text in parts.
    StreamText = "stream_text",
    /// The vector of one text.
    Embed = "embed",
    /// The vectors of texts.
    EmbedMany = "embed_many",
    /// An order of documents.
    Rerank = "rerank",
    /// Images.
    GenerateImage = "generate_image",
    /// Speech.
    GenerateSpeech = "generate_speech",
    /// A transcript.
    Transcribe = "transcribe",
    /// A transcript of speech that goes on.
    StreamTranscribe = "stream_transcribe",
    /// A translation of speech that goes on.
    StreamTranslate = "stream_translate",
    /// Videos.
    GenerateVideo = "generate_video",
    /// A job that makes videos.
    StartVideo = "start_video",
    /// How such a job stands.
    VideoStatus = "video_status",
    /// A file to be kept by the provider.
    UploadFile = "upload_file",
    /// A skill to be kept by the provider.
    UploadSkill = "upload_skill",
    /// A batch of requests for text.
    StartTextBatch = "start_text_batch",
    /// How a batch stands.
    BatchStatus = "batch_status",
    /// The answers of a batch.
    BatchResults = "batch_results",
}
