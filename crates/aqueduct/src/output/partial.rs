//! A value of a type, as far as it is there.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use aqueduct_spec::{Error, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A value that will be a `T`, as far as it is there: JSON that may lack fields, and whose last text may be cut short.
///
/// It can be looked into as the JSON it is (`partial["title"]`), and read as any type that what is there fits.
pub struct Partial<T> {
    value: Value,
    whole: PhantomData<fn() -> T>,
}

impl<T> Partial<T> {
    pub(super) fn new(value: Value) -> Self {
        Self { value, whole: PhantomData }
    }

    /// The JSON.
    pub fn into_value(self) -> Value {
        self.value
    }

    /// Reads what is there as another type, such as one whose fields are all optional.
    ///
    /// # Errors
    /// `InvalidResponse` if it does not fit.
    pub fn read<D: DeserializeOwned>(&self) -> Result<D> {
        super::failure::typed(&self.value).map_err(|misfit| {
            Error::invalid_response(format!("what is there does not fit: {misfit}"))
                .with_source(misfit)
        })
    }
}

impl<T: DeserializeOwned> Partial<T> {
    /// The value, if what is there is enough for one. Its last text or number may still grow.
    pub fn fit(&self) -> Option<T> {
        T::deserialize(&self.value).ok()
    }
}

impl<T> Deref for Partial<T> {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.value
    }
}

impl<T> Clone for Partial<T> {
    fn clone(&self) -> Self {
        Self::new(self.value.clone())
    }
}

impl<T> PartialEq for Partial<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> PartialEq<Value> for Partial<T> {
    fn eq(&self, other: &Value) -> bool {
        self.value == *other
    }
}

impl<T> fmt::Debug for Partial<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Partial").field(&self.value).finish()
    }
}
