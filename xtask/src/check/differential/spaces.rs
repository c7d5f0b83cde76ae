//! What the Rust SDK says to moto, in the way that moto understands.

use aws_sdk_iam::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_iam::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_iam::error::BoxError;

/// Sends a space as `+`. A form may have `+` or `%20` there, but moto checks the signature of a body that
/// it writes anew, as the Python SDK would have.
#[derive(Debug)]
pub struct SpaceAsPlus;

impl Intercept for SpaceAsPlus {
    fn name(&self) -> &'static str {
        "SpaceAsPlus"
    }

    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let Some(form) = request.body().bytes() else { return Ok(()) };
        let form = std::str::from_utf8(form)?.replace("%20", "+");
        request.headers_mut().insert("content-length", form.len().to_string());
        *request.body_mut() = form.into();
        Ok(())
    }
}
