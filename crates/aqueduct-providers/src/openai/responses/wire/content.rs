//! What messages and results of tools are made of.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shape::{objects, union};

/// The content of a message or of a tool's result: a text, or parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Content {
    /// A text.
    Text(String),
    /// Parts, in order.
    Parts(Vec<ContentPart>),
}

impl Default for Content {
    fn default() -> Self {
        Self::Parts(Vec::new())
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

union! {
    /// A part of a message or of a tool's result.
    ContentPart {
        /// Text for the model.
        InputText(InputText) = "input_text",
        /// An image for the model.
        InputImage(InputImage) = "input_image",
        /// A file for the model.
        InputFile(InputFile) = "input_file",
        /// Text of the model's.
        OutputText(OutputText) = "output_text",
        /// What the model says instead of an answer.
        Refusal(Refusal) = "refusal",
    }
}

objects! {
    /// Text for the model.
    InputText {
        /// The text.
        text: String,
    } {
        /// Where the prompt cache may begin anew.
        prompt_cache_breakpoint: Value,
    }
    /// An image for the model, by one of three names.
    InputImage {} {
        /// Its URL, or its bytes as a `data:` URL.
        image_url: String,
        /// The id of an uploaded file.
        file_id: String,
        /// How closely to look: `low`, `high`, `auto`.
        detail: Value,
        /// Where the prompt cache may begin anew.
        prompt_cache_breakpoint: Value,
    }
    /// A file for the model, by one of three names.
    InputFile {} {
        /// Where it can be fetched.
        file_url: String,
        /// The id of an uploaded file.
        file_id: String,
        /// What to call it.
        filename: String,
        /// Its bytes as a `data:` URL.
        file_data: String,
        /// Where the prompt cache may begin anew.
        prompt_cache_breakpoint: Value,
    }
    /// Text of the model's.
    OutputText {
        /// The text.
        text: String,
    } {
        /// Where it was found.
        annotations: Vec<Annotation>,
        /// How likely the tokens were.
        logprobs: Value,
    }
    /// What the model says instead of an answer.
    Refusal {
        /// The words.
        refusal: String,
    } {}
}

union! {
    /// Where something in a text was found.
    Annotation {
        /// A page.
        UrlCitation(UrlCitation) = "url_citation",
        /// A file that was searched.
        FileCitation(FileCitation) = "file_citation",
        /// A file that the code interpreter made.
        ContainerFileCitation(ContainerFileCitation) = "container_file_citation",
        /// A file.
        FilePath(FilePath) = "file_path",
    }
}

objects! {
    /// A page.
    UrlCitation {
        /// Its URL.
        url: String,
    } {
        /// Its title.
        title: String,
        /// Where in the text the citation begins, in characters.
        start_index: u64,
        /// Where in the text it ends.
        end_index: u64,
    }
    /// A file that was searched.
    FileCitation {
        /// Its id.
        file_id: String,
        /// Its name.
        filename: String,
    } {
        /// Which of the files.
        index: u64,
    }
    /// A file that the code interpreter made.
    ContainerFileCitation {
        /// The container it is in.
        container_id: String,
        /// Its id.
        file_id: String,
        /// Its name.
        filename: String,
    } {
        /// Where in the text the citation begins, in characters.
        start_index: u64,
        /// Where in the text it ends.
        end_index: u64,
    }
    /// A file.
    FilePath {
        /// Its id.
        file_id: String,
    } {
        /// Which of the files.
        index: u64,
    }
}
