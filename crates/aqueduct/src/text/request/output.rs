//! The form of the answer.

use std::future::IntoFuture;
use std::marker::PhantomData;

use aqueduct_spec::{BoxFuture, Result};

use super::{Streamed, TextRequest, Whole};
use crate::output::{OutputKind, OutputResult, OutputStream};

impl<M, O> TextRequest<M, O> {
    /// Asks for an answer of a certain form: an object of a type, a list, a choice, any JSON. What is awaited then reads it.
    ///
    /// ```no_run
    /// use schemars::JsonSchema;
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize, JsonSchema)]
    /// struct Recipe {
    ///     title: String,
    ///     ingredients: Vec<String>,
    /// }
    ///
    /// # async fn example() -> aqueduct::Result<()> {
    /// use aqueduct::{Output, generate_text};
    ///
    /// let answer = generate_text("openai/gpt-5-mini")
    ///     .prompt("A recipe for lasagna.")
    ///     .output(Output::object::<Recipe>())
    ///     .await?;
    /// let recipe = answer.output()?;
    /// # let _ = (recipe.title, recipe.ingredients);
    /// # Ok(())
    /// # }
    /// ```
    pub fn output<K: OutputKind>(mut self, kind: K) -> TextRequest<M, K> {
        self.parts.settings.response_format = Some(kind.response_format());
        TextRequest { parts: self.parts, output: kind, mode: PhantomData }
    }
}

impl<M, K: OutputKind> TextRequest<M, K> {
    /// Gives the answer in parts. Nothing is done before the stream is polled; whatever is wrong with the request is the
    /// stream's first item.
    pub fn stream(self) -> OutputStream<K> {
        let (request, kind) = self.split();
        OutputStream::new(request.stream(), kind)
    }

    /// The request as if it were for any text, and the form.
    fn split(self) -> (TextRequest<M>, K) {
        (TextRequest { parts: self.parts, output: (), mode: PhantomData }, self.output)
    }
}

impl<K: OutputKind> IntoFuture for TextRequest<Whole, K> {
    type Output = Result<OutputResult<K>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let (request, kind) = self.split();
        Box::pin(async move { Ok(OutputResult::whole(request.await?, kind)) })
    }
}

impl<K: OutputKind> IntoFuture for TextRequest<Streamed, K> {
    type Output = Result<OutputStream<K>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let (request, kind) = self.split();
        Box::pin(async move { Ok(OutputStream::new(request.await?, kind)) })
    }
}
